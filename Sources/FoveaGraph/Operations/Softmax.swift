public import FoveaCore

extension Op {
  /// `eˣ / Σ eˣ` along the last axis, shifted by the largest x, so that no exponential overflows.
  ///
  /// - Source: Goodfellow, Bengio & Courville 2016, "Deep Learning", eq. 6.29.
  public struct Softmax: Operation {
    public static let name = "softmax"
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try requireRank(1, of: inputs[0])
    }

    /// y · (g − Σ g·y).
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let projection = (upstream * output).applying(Sum(over: [output.rank - 1], keepingAxes: true))
      return [output * (upstream - projection)]
    }
  }

  /// The logarithm of the softmax along the last axis, `x − log Σ eˣ`.
  public struct LogSoftmax: Operation {
    public static let name = "log_softmax"
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try requireRank(1, of: inputs[0])
    }

    /// g − softmax(x) · Σ g.
    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let total = upstream.applying(Sum(over: [output.rank - 1], keepingAxes: true))
      return [upstream - inputs[0].applying(Softmax()) * total]
    }
  }
}
