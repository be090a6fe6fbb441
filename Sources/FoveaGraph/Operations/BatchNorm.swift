public import FoveaCore

// Batch normalisation over `…×C`: every channel on its own, over all other axes. M is their number of elements.
//
// `BatchNorm` is what a layer asks for. A compiler pass splits it into `BatchMoments` and `BatchNormalize`, so that the
// forward, backward and running-average uses of the moments share one computation.

extension Op {
  /// Batch normalisation by the batch's own moments: `scale · (x − μ) / √(σ² + ε) + bias`.
  ///
  /// - Shapes: x `…×C`, scale `C`, bias `C` → x's shape.
  /// - Source: Ioffe & Szegedy 2015, "Batch Normalization", algorithm 1.
  public struct BatchNorm: Operation {
    public static let name = "batch_norm"
    public var epsilon: Float
    public init(epsilon: Float) { self.epsilon = epsilon }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try requireChannels(of: inputs[0], in: inputs[1...])
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let (x, scale) = (inputs[0], inputs[1])
      let moments = x.applying(BatchMoments())
      let sums = upstream.applying(BatchNormReductions(epsilon: epsilon), x, moments)
      return [
        upstream.applying(BatchNormInputGradient(epsilon: epsilon), x, moments, scale, sums),
        sums.row(0), sums.row(1),
      ]
    }
  }

  /// Mean and (biased) variance of every channel: `…×C` → `2×C`.
  public struct BatchMoments: Operation {
    public static let name = "batch_moments"
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      [2, try requireRank(2, of: inputs[0]).channels]
    }

    /// ∂μ/∂x = 1/M, ∂σ²/∂x = 2 (x − μ) / M.
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let x = inputs[0]
      let share = upstream.applying(Scale(1 / Float(x.shape.count / x.channels)))
      return [(x - output.row(0)) * share.row(1).applying(Scale(2)) + share.row(0)]
    }
  }

  /// Normalisation by given moments: `(x, moments 2×C, scale, bias)` → `scale · (x − μ) / √(σ² + ε) + bias`.
  public struct BatchNormalize: Operation {
    public static let name = "batch_normalize"
    public var epsilon: Float
    public init(epsilon: Float) { self.epsilon = epsilon }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("moments", inputs[1], toBe: [2, inputs[0].channels])
      return try requireChannels(of: inputs[0], in: inputs[2...])
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let (x, moments, scale) = (inputs[0], inputs[1], inputs[2])
      let reciprocal = moments.row(1).applying(ReciprocalSquareRoot(epsilon: epsilon))
      let sums = upstream.applying(BatchNormReductions(epsilon: epsilon), x, moments)
      let slope = scale * reciprocal
      let towardsMean = (sums.row(1) * slope).applying(Scale(-1))
      let towardsVariance = (sums.row(0) * slope * reciprocal).applying(Scale(-0.5))
      let rows = [towardsMean, towardsVariance].map { $0.reshaped(to: [1, x.channels]) }
      return [upstream * slope, rows[0].applying(Concatenate(axis: 0), rows[1]), sums.row(0), sums.row(1)]
    }
  }

  /// `(g, x, moments)` → `2×C`: `Σ g·x̂` (∂L/∂scale) and `Σ g` (∂L/∂bias), where `x̂ = (x − μ) / √(σ² + ε)`.
  ///
  /// Rectified, with scale and bias behind the moments, `g` is the gradient of `relu(scale · x̂ + bias)`: it counts where that
  /// is more than 0.
  public struct BatchNormReductions: NotDifferentiable {
    public static let name = "batch_norm_reductions"
    public var epsilon: Float
    public var isRectified: Bool
    public init(epsilon: Float, isRectified: Bool = false) { (self.epsilon, self.isRectified) = (epsilon, isRectified) }

    public var label: String { (isRectified ? "relu_gradient+" : "") + Self.name }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("upstream", inputs[0], toBe: requireRank(2, of: inputs[1]))
      _ = try requireChannels(of: inputs[1], in: inputs[3...])
      return try require("moments", inputs[2], toBe: [2, inputs[1].channels])
    }
  }

  /// `(g, x, moments, scale, sums)` → ∂L/∂x = `scale/√(σ² + ε) · (g − Σg/M − x̂·Σ(g·x̂)/M)`.
  ///
  /// Rectified, with the bias behind the sums, `g` counts as in `BatchNormReductions`.
  ///
  /// - Source: Ioffe & Szegedy 2015, §3, the chain rule through algorithm 1.
  public struct BatchNormInputGradient: NotDifferentiable {
    public static let name = "batch_norm_input_gradient"
    public var epsilon: Float
    public var isRectified: Bool
    public init(epsilon: Float, isRectified: Bool = false) { (self.epsilon, self.isRectified) = (epsilon, isRectified) }

    public var label: String { (isRectified ? "relu_gradient+" : "") + Self.name }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let sums = try BatchNormReductions(epsilon: epsilon).outputShape(for: Array(inputs[..<3]))
      try require("sums", inputs[4], toBe: sums)
      return try requireChannels(of: inputs[1], in: [inputs[3]] + inputs[5...])
    }
  }
}

extension Operation {
  func requireChannels(of x: Shape, in parameters: ArraySlice<Shape>) throws(ShapeError) -> Shape {
    for shape in parameters where shape != [x.channels] {
      throw ShapeError("a parameter \(shape) for \(x.channels) channels", fix: "give one value for each channel")
    }
    return try requireRank(2, of: x)
  }
}

extension Value {
  /// Row `index` of a matrix, as a vector.
  package func row(_ index: Int) -> Value {
    applying(Op.Slice(from: [index, 0], size: [1, shape[1]])).reshaped(to: [shape[1]])
  }
}
