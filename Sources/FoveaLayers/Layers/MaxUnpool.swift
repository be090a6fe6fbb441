public typealias MaxUnpool1D = MaxUnpool<Int>
public typealias MaxUnpool2D = MaxUnpool<Size2D>
public typealias MaxUnpool3D = MaxUnpool<Size3D>

/// Where the largest values under the windows of a max pooling were: what unpooling needs to put them back.
public struct PoolSwitches {
  /// `int32`, one for each pooled value: the position in the input's spatial axes, in row-major order.
  public let positions: Value
  /// The spatial sizes before pooling.
  public let spatialSizes: [Int]
}

extension MaxPool {
  /// The pooled value, and the switches with which `MaxUnpool` puts values back to where the largest ones were.
  ///
  /// ```swift
  /// let (y, switches) = MaxPool2D(2).withSwitches(x)
  /// let z = MaxUnpool2D()(y, switches)
  /// ```
  public func withSwitches(_ x: Value) -> (pooled: Value, switches: PoolSwitches) {
    var switches: Value?
    let pooled = x.builder.layer(named: nil, defaultName: Self.defaultName, kind: Self.kind, input: x) {
      let pooled = forward(x)
      switches =
        (try? window.pooledShape(of: x.shape)) == nil
        // The mistake is reported already; this stands in for the switches.
        ? x.builder.apply(Op.Input(name: "assumed", shape: pooled.shape, elementType: .int32), to: [])
        : x.applying(Op.MaxPoolSwitches(window))
      return pooled
    }
    return (pooled, PoolSwitches(positions: switches ?? x, spatialSizes: x.spatialSizes))
  }
}

/// Puts pooled values back to where the largest values under the windows of a max pooling were; 0 elsewhere.
///
/// It takes two values, so it is called in `forward` rather than listed in a `body`.
///
/// - Shapes: `N×H′×W′×C` and its switches → `N×H×W×C`, as before pooling. No parameters.
/// - Errors: a value of another shape than the switches.
/// - Source: Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", §2.1.
public struct MaxUnpool<Size: SpatialSize>: Sendable {
  public var output: Size?
  public var name: String?

  /// - Parameters:
  ///   - output: the spatial sizes of the result, if they are not those before pooling.
  ///   - name: the layer's name; `max_unpool2d_1` and so on if not given.
  public init(to output: Size? = nil, name: String? = nil) { (self.output, self.name) = (output, name) }

  public static var kind: String { "MaxUnpool\(Size.axes)D" }

  public func callAsFunction(_ x: Value, _ switches: PoolSwitches) -> Value {
    x.builder.layer(named: name, defaultName: snakeCase(Self.kind), kind: Self.kind, input: x) {
      let spatial = output?.sizes ?? switches.spatialSizes
      let target = Shape([x.batch] + spatial + [x.channels])
      if let mistake = x.failingUnlessSpatial(Size.axes, Self.kind, assuming: target) { return mistake }
      return x.applying(Op.MaxUnpool(to: spatial), switches.positions, orAssuming: target)
    }
  }
}
