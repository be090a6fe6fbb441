public import FoveaCore

extension Op {
  /// The connectionist temporal classification loss: minus the logarithm of the probability of a label sequence, summed
  /// over all ways to stretch it over time with repetitions and blanks.
  ///
  /// A sequence that does not fit into its time has probability 0, loss +∞ and gradient 0.
  ///
  /// - Shapes: logarithms of probabilities `N×T×classes`; labels `int32` `N×S`, shorter ones filled up with −1; the length
  ///   in time of each example `int32` `N`, at most T → losses `N`.
  /// - Source: Graves et al. 2006, "Connectionist Temporal Classification", §4.1, eq. 5 to 8.
  public struct CTC: Operation {
    public static let name = "ctc"
    /// The class that stands for no label.
    public var blank: Int
    public init(blank: Int = 0) { self.blank = blank }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let (x, labels, lengths) = (inputs[0], inputs[1], inputs[2])
      guard x.rank == 3, labels.rank == 2, labels[0] == x[0], lengths == [x[0]] else {
        throw ShapeError(
          "scores \(x), labels \(labels) and lengths \(lengths)",
          fix: "give scores N×T×classes, labels N×S and lengths N")
      }
      guard (0..<x[2]).contains(blank) else {
        throw ShapeError("the blank is class \(blank) of \(x[2])", fix: "use one of 0..<\(x[2])")
      }
      return [x[0]]
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      guard inputs[0].isFloatingPoint, inputs[1] == .int32, inputs[2] == .int32 else {
        throw ShapeError(
          "scores of \(inputs[0]), labels of \(inputs[1]) and lengths of \(inputs[2])",
          fix: "give floating-point scores, int32 labels and lengths")
      }
      return inputs[0]
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(CTCGradient(of: self), inputs[0], inputs[1], inputs[2]), nil, nil]
    }
  }

  /// `(g, logarithms, labels, lengths)` → −g times the probability that class k stands at time t in the label sequence.
  ///
  /// - Source: Graves et al. 2006, §4.2, eq. 13 and 14.
  public struct CTCGradient: NotDifferentiable {
    public static let name = "ctc_gradient"
    public var forward: CTC
    public init(of forward: CTC) { self.forward = forward }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("upstream", inputs[0], toBe: forward.outputShape(for: Array(inputs.dropFirst())))
      return inputs[1]
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      try forward.elementType(for: Array(inputs.dropFirst()))
    }
  }
}
