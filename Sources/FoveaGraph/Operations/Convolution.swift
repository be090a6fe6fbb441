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
      guard groups >= 1, x.channels % groups == 0, w.channels % groups == 0 else {
        throw ShapeError(
          "\(groups) groups do not divide \(x.channels) input channels and \(w.channels) filters",
          fix: "set groups to \(commonDivisor(of: x.channels, and: w.channels)), which divides both")
      }
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

    /// The largest number up to `groups` that divides both.
    private func commonDivisor(of a: Int, and b: Int) -> Int {
      stride(from: min(groups, a, b), to: 1, by: -1).first { a % $0 == 0 && b % $0 == 0 } ?? 1
    }

    public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
      saturatingProduct(output.count, window.count, inputs[1][inputs[1].rank - 2])
    }
  }

  /// ∂L/∂x of a convolution: `(upstream, w)` → the input's shape.
  public struct ConvolutionInputGradient: NotDifferentiable {
    public static let name = "convolution_input_gradient"
    public var forward: Convolution
    public var inputShape: Shape

    public init(of forward: Convolution, inputShape: Shape) { (self.forward, self.inputShape) = (forward, inputShape) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("upstream", inputs[0], toBe: forward.outputShape(for: [inputShape, inputs[1]]))
      return inputShape
    }

    public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
      forward.multiplyAdds(inputs: [inputShape, inputs[1]], output: inputs[0])
    }
  }

  /// ∂L/∂w of a convolution: `(upstream, x)` → the weights' shape.
  public struct ConvolutionWeightsGradient: NotDifferentiable {
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

    public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
      forward.multiplyAdds(inputs: [inputs[1], weightsShape], output: inputs[0])
    }
  }
}
