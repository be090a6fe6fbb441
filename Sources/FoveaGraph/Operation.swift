public import FoveaCore

/// What a node of the graph computes: its attributes, shape rule and gradient together.
///
/// An operation is a plain value; two equal operations on the same inputs give the same result, which is what lets
/// the compiler share them.
public protocol Operation: Hashable, Sendable {
  /// The name in listings and errors, in snake case.
  static var name: String { get }

  /// What this value of the operation is called in listings; `name` unless it stands for several.
  var label: String { get }

  /// The shape of the result, or what does not fit.
  func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape

  /// The element type of the result; by default the first input's.
  ///
  /// - Errors: by default, an input that is not floating-point.
  func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType

  /// Whether it has a gradient: operations that occur only in gradients and optimizer steps have none.
  static var isDifferentiable: Bool { get }

  /// ∂L/∂input for each input, from `upstream` = ∂L/∂output; `nil` where there is none, as for class labels.
  func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?]

  /// The multiplications with addition of one evaluation.
  func multiplyAdds(inputs: [Shape], output: Shape) -> Int
}

extension Operation {
  public var label: String { Self.name }

  public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
    if let other = inputs.first(where: { !$0.isFloatingPoint }) {
      throw ShapeError("\(Self.name) takes floating-point numbers, not \(other)", fix: Value.fixOfIntegers)
    }
    return inputs.first ?? .float32
  }

  public static var isDifferentiable: Bool { true }

  public func multiplyAdds(inputs: [Shape], output: Shape) -> Int { 0 }

  package func isEqual(to other: any Operation) -> Bool { (other as? Self) == self }
}

/// An operation that occurs only in gradients, in updates of parameters or in compiled graphs, or that gives integers.
public protocol NotDifferentiable: Operation {}

extension NotDifferentiable {
  public static var isDifferentiable: Bool { false }

  public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
    preconditionFailure("\(Self.name) has no gradient: `gradients` reports it instead of asking")
  }
}

/// What rules of several operations require.
extension Operation {
  /// `shape`, if it has at least `rank` axes.
  func requireRank(_ rank: Int, of shape: Shape) throws(ShapeError) -> Shape {
    guard shape.rank >= rank else {
      throw ShapeError("\(Self.name) takes rank \(rank) or more, not the shape \(shape)", fix: "add an axis")
    }
    return shape
  }

  /// `shape`, if it is what was expected.
  @discardableResult
  func require(_ name: String, _ shape: Shape, toBe expected: Shape) throws(ShapeError) -> Shape {
    guard shape == expected else {
      throw ShapeError("\(Self.name) got the \(name) \(shape)", fix: "give the shape \(expected)")
    }
    return shape
  }
}

/// The operations, one file each; the namespace also holds their catalogue.
public enum Op {
  /// Every operation. A new one is listed here and nowhere else; the conformance suite walks this list.
  public static let all: [any Operation.Type] = [
    Input.self, Parameter.self, Constant.self,
    Convolution.self, ConvolutionInputGradient.self, ConvolutionWeightsGradient.self,
    MaxPool.self, MaxPoolGradient.self, AveragePool.self, AveragePoolGradient.self, LpPool.self, LpPoolGradient.self,
    MaxPoolSwitches.self, MaxUnpool.self, MaxUnpoolGradient.self,
    SparseMap.self, OneHot.self,
    Patches.self, PatchesGradient.self,
    MatrixProduct.self,
    Add.self, Subtract.self, Multiply.self, Divide.self, Scale.self, LinearCombination.self,
    ReLU.self, ReLUGradient.self, Tanh.self, TanhGradient.self, Sigmoid.self, SigmoidGradient.self,
    ReciprocalSquareRoot.self, Offset.self, Exponential.self, ExponentialMinus1.self, Logarithm.self,
    Softplus.self, Power.self, ErrorFunction.self, Absolute.self, Sign.self, Step.self, Clamp.self, ClampGradient.self,
    Larger.self, Smaller.self, Compare.self, Mask.self, Round.self, Trigonometric.self,
    Convert.self, BestPositions.self,
    Softmax.self, LogSoftmax.self, CrossEntropy.self, CrossEntropyGradient.self,
    BatchNorm.self, BatchMoments.self, BatchNormalize.self, BatchNormReductions.self, BatchNormInputGradient.self,
    GroupNorm.self, GroupNormReductions.self, GroupNormInputGradient.self,
    LocalResponseNorm.self, LocalResponseNormGradient.self,
    Lookup.self, LookupGradient.self, CTC.self, CTCGradient.self,
    Dropout.self, RandomUniform.self,
    Sum.self, Mean.self, Maximum.self, MaximumGradient.self, Broadcast.self,
    Concatenate.self, Slice.self, Pad.self, Reshape.self, Transpose.self,
    Descend.self, SecondMoment.self, AdamDescend.self,
  ]
}
