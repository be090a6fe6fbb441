public import FoveaCore
public import FoveaGraph

/// What a fused operation does to the result of its base, in this order: add a bias, add a residual, activate.
public struct Epilogue: Hashable, Sendable {
  /// A value for each channel, the input after the base's.
  public var hasBias = false
  /// A tensor of the output's shape, the last input.
  public var hasResidual = false
  /// `relu`, `tanh` or `sigmoid`.
  public var activation: Activation?

  public enum Activation: String, Hashable, Sendable { case relu, tanh, sigmoid }

  package init() {}

  package var isEmpty: Bool { self == Epilogue() }
}

/// An operation that takes an epilogue into its own kernel: the result is in the registers already.
package protocol EpilogueHost: Operation {
  /// The number of its own inputs; those of the epilogue follow.
  var inputCount: Int { get }

  func accepts(_ epilogue: Epilogue) -> Bool
}

extension Op.Convolution: EpilogueHost {
  package var inputCount: Int { 2 }
  package func accepts(_ epilogue: Epilogue) -> Bool { true }
}

extension Op.MatrixProduct: EpilogueHost {
  package var inputCount: Int { 2 }
  package func accepts(_ epilogue: Epilogue) -> Bool { true }
}

extension Op.BatchNormalize: EpilogueHost {
  package var inputCount: Int { 4 }
  package func accepts(_ epilogue: Epilogue) -> Bool {
    !epilogue.hasBias && (epilogue.activation == nil || epilogue.activation == .relu)
  }
}

/// An operation and what follows it, in one kernel.
public struct Fused: NotDifferentiable {
  public static let name = "fused"
  package let base: any EpilogueHost
  public let epilogue: Epilogue

  package init(_ base: any EpilogueHost, _ epilogue: Epilogue) { (self.base, self.epilogue) = (base, epilogue) }

  public var label: String {
    base.label + (epilogue.hasBias ? "+bias" : "") + (epilogue.hasResidual ? "+add" : "")
      + (epilogue.activation.map { "+\($0)" } ?? "")
  }

  /// The inputs of the base, the bias, the residual.
  package func bias<T>(of inputs: [T]) -> T? { epilogue.hasBias ? inputs[base.inputCount] : nil }
  package func residual<T>(of inputs: [T]) -> T? { epilogue.hasResidual ? inputs[inputs.count - 1] : nil }

  public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
    try base.outputShape(for: Array(inputs.prefix(base.inputCount)))
  }

  public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
    base.multiplyAdds(inputs: Array(inputs.prefix(base.inputCount)), output: output)
  }

  public static func == (a: Fused, b: Fused) -> Bool { a.epilogue == b.epilogue && a.base.isEqual(to: b.base) }

  public func hash(into hasher: inout Hasher) {
    base.hash(into: &hasher)
    hasher.combine(epilogue)
  }
}
