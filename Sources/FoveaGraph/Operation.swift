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

  /// The element type of the result.
  func elementType(for inputs: [ElementType]) -> ElementType

  /// ∂L/∂input for each input, from `upstream` = ∂L/∂output; `nil` where there is none, as for class labels.
  func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?]

  /// The multiplications with addition of one evaluation.
  func multiplyAdds(inputs: [Shape], output: Shape) -> Int
}

extension Operation {
  public var label: String { Self.name }

  public func elementType(for inputs: [ElementType]) -> ElementType { inputs.first ?? .float32 }

  public func multiplyAdds(inputs: [Shape], output: Shape) -> Int { 0 }

  /// Operations that occur only in gradients have none of their own.
  public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
    preconditionFailure("\(Self.name) has no gradient: second derivatives are not supported")
  }

  package func isEqual(to other: any Operation) -> Bool { (other as? Self) == self }
}

/// The operations, one file each; the namespace also holds their catalogue.
public enum Op {
  /// Every operation. A new one is listed here and nowhere else; the conformance suite walks this list.
  public static let all: [any Operation.Type] = [
    Input.self, Parameter.self, Constant.self,
    Convolution.self, ConvolutionInputGradient.self, ConvolutionWeightsGradient.self,
    MaxPool.self, MaxPoolGradient.self, AveragePool.self, AveragePoolGradient.self,
    MatrixProduct.self,
    Add.self, Subtract.self, Multiply.self, Divide.self, Scale.self, LinearCombination.self,
    ReLU.self, ReLUGradient.self, Tanh.self, TanhGradient.self, Sigmoid.self, SigmoidGradient.self,
    ReciprocalSquareRoot.self,
    Softmax.self, LogSoftmax.self, CrossEntropy.self, CrossEntropyGradient.self,
    BatchNorm.self, BatchMoments.self, BatchNormalize.self, BatchNormReductions.self, BatchNormInputGradient.self,
    Dropout.self,
    Sum.self, Mean.self, Maximum.self, MaximumGradient.self, Broadcast.self,
    Concatenate.self, Slice.self, Pad.self, Reshape.self, Transpose.self,
    Descend.self, SecondMoment.self, AdamDescend.self,
  ]
}
