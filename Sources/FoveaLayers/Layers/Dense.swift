/// A fully connected layer: `activation(x · weights + bias)`.
///
/// - Shapes: `N×I` → `N×units`. Parameters: `weights` `I×units`, Glorot uniform; `bias` `units`, zero.
/// - Errors: an input that is not one row for each example, or of whole numbers; units below 1.
/// - Source: Goodfellow, Bengio & Courville 2016, "Deep Learning", §6.1; Rosenblatt 1958, "The Perceptron".
public struct Dense: Layer {
  public var units: Int
  public var bias: Bool
  public var activation: Activation?
  public var initializer: Initializer
  public var biasInitializer: Initializer

  /// - Parameters:
  ///   - units: the numbers of the result.
  ///   - bias: whether a number is added to each of them.
  ///   - activation: applied to the result.
  ///   - initializer: of the weights.
  ///   - biasInitializer: of the bias.
  public init(
    _ units: Int, bias: Bool = true, activation: Activation? = nil, initializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros
  ) {
    (self.units, self.bias, self.activation) = (units, bias, activation)
    (self.initializer, self.biasInitializer) = (initializer, biasInitializer)
  }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessCount(units, "units") ?? x.failingUnlessFloatingPoint(Self.kind) { return mistake }
    guard x.rank == 2 else {
      return x.failing(
        "Dense takes one row of numbers for each example, got \(x.shape.ofExample)",
        fix: x.rank == 4 ? "put Flatten() or GlobalAveragePool2D() before it" : "put Flatten() before it",
        assuming: [x.batch, units])
    }
    var y = matmul(x, x.parameter("weights", shape: [x.channels, units], initializer))
    if bias { y = y + x.parameter("bias", shape: [units], biasInitializer) }
    return activation?(y) ?? y
  }
}
