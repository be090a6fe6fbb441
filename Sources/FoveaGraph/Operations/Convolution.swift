public import FoveaCore

extension Op {
  /// Cross-correlation of images with kernels, as every framework's "convolution":
  /// `y[n, p, o] = Σ x[n, p·stride + k·dilation − before, i] · w[k, i, o]`, summed over window positions k and the
  /// input channels i of o's group.
  ///
  /// - Shapes: `N×spatial…×C`, `window…×C/groups×O` → `N×output…×O`.
  /// - Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", §2.
  public struct Convolution: Operation {
    public static let name = "convolution"
    public var window: Window
    public var groups: Int

    public init(_ window: Window, groups: Int = 1) { (self.window, self.groups) = (window, groups) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let (x, w) = (inputs[0], inputs[1])
      guard x.rank == window.rank + 2 else {
        throw ShapeError(
          "a convolution over \(window.rank) axes takes rank \(window.rank + 2), not the shape \(x)",
          fix: "reshape the input to N×spatial…×C")
      }
      guard w.rank == x.rank, Array(w.dimensions.prefix(window.rank)) == window.size else {
        throw ShapeError("the weights \(w) do not fit the window \(Shape(window.size))", fix: "use window…×I×O weights")
      }
      try Self.check(groups: groups, channels: x.channels, filters: w.channels)
      guard w[w.rank - 2] * groups == x.channels else {
        throw ShapeError(
          "the weights \(w) take \(w[w.rank - 2] * groups) channels, the input has \(x.channels)",
          fix: "use weights for \(x.channels / groups) channels")
      }
      let spatial = try window.output(for: Array(x.dimensions[1...window.rank]))
      return Shape([x[0]] + spatial + [w.channels])
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [
        upstream.applying(ConvolutionInputGradient(of: self, inputShape: inputs[0].shape), inputs[1]),
        upstream.applying(ConvolutionWeightsGradient(of: self, weightsShape: inputs[1].shape), inputs[0]),
      ]
    }

    /// - Errors: groups that do not divide the channels and the filters, with the largest number that does.
    package static func check(groups: Int, channels: Int, filters: Int) throws(ShapeError) {
      guard groups < 1 || channels % groups != 0 || filters % groups != 0 else { return }
      let common = greatestCommonDivisor(channels, filters)
      let divisors = (1...max(common, 1)).lazy.prefix { $0 * $0 <= common }.filter { common % $0 == 0 }
      let best = divisors.flatMap { [$0, common / $0] }.filter { $0 <= max(groups, 1) }.max() ?? 1
      throw ShapeError(
        "\(groups) groups do not divide \(channels) input channels and \(filters) filters",
        fix: "set groups to \(best), which divides both")
    }

    public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
      saturatingProduct(output.count, window.count, inputs[1][inputs[1].rank - 2])
    }
  }

  /// ∂L/∂x of a convolution: `(upstream, w)` → the input's shape. On its own, it is the transposed convolution.
  ///
  /// - Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", §4.
  public struct ConvolutionInputGradient: Operation {
    public static let name = "convolution_input_gradient"
    public var forward: Convolution
    public var inputShape: Shape

    public init(of forward: Convolution, inputShape: Shape) { (self.forward, self.inputShape) = (forward, inputShape) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("upstream", inputs[0], toBe: forward.outputShape(for: [inputShape, inputs[1]]))
      return inputShape
    }

    /// The result is bilinear in `upstream` and w, so its gradients are the other two of the three convolutions.
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [
        upstream.applying(forward, inputs[1]),
        inputs[0].applying(ConvolutionWeightsGradient(of: forward, weightsShape: inputs[1].shape), upstream),
      ]
    }

    public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
      forward.multiplyAdds(inputs: [inputShape, inputs[1]], output: inputs[0])
    }
  }

  /// ∂L/∂w of a convolution: `(upstream, x)` → the weights' shape.
  public struct ConvolutionWeightsGradient: Operation {
    public static let name = "convolution_weights_gradient"
    public var forward: Convolution
    public var weightsShape: Shape

    public init(of forward: Convolution, weightsShape: Shape) {
      (self.forward, self.weightsShape) = (forward, weightsShape)
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("upstream", inputs[0], toBe: forward.outputShape(for: [inputs[1], weightsShape]))
      return weightsShape
    }

    /// Bilinear in `upstream` and x.
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [
        inputs[1].applying(forward, upstream),
        inputs[0].applying(ConvolutionInputGradient(of: forward, inputShape: inputs[1].shape), upstream),
      ]
    }

    public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
      forward.multiplyAdds(inputs: [inputs[1], weightsShape], output: inputs[0])
    }
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
