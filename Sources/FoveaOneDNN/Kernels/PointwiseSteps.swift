import FoveaGraph
internal import CFoveaKernels

/// What a pointwise operation is to the C kernel.
struct StepCode: Sendable {
  let operation: fovea_operation
  var p: Float = 0
  var q: Float = 0
  /// Whether the result is 0, given which operands are: then the kernel may run over the zeros that fill a block.
  var keepsZero: @Sendable (_ operandIsZero: [Bool]) -> Bool = { $0.allSatisfy { $0 } }
}

/// A pointwise operation that this backend runs, alone or as a step of an expression.
protocol OneDNNPointwise: OneDNNKernel, PointwiseOperation {
  var code: StepCode { get }
}

extension Op.Add: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_ADD) } }
extension Op.Subtract: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_SUBTRACT) } }
extension Op.Multiply: OneDNNPointwise {
  var code: StepCode { .init(operation: FOVEA_STEP_MULTIPLY) { $0[0] || $0[1] } }
}
extension Op.Divide: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_DIVIDE) { _ in false } } }
extension Op.Larger: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_LARGER) } }
extension Op.Smaller: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_SMALLER) } }

extension Op.Scale: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_SCALE, p: factor) } }
extension Op.Offset: OneDNNPointwise {
  var code: StepCode { .init(operation: FOVEA_STEP_OFFSET, p: amount) { _ in false } }
}

extension Op.ReLU: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_RELU) } }
extension Op.Tanh: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_TANH) } }
extension Op.Sigmoid: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_SIGMOID) { _ in false } } }
extension Op.ReLUGradient: OneDNNPointwise {
  var code: StepCode { .init(operation: FOVEA_STEP_RELU_GRADIENT) { $0[0] } }
}
extension Op.TanhGradient: OneDNNPointwise {
  var code: StepCode { .init(operation: FOVEA_STEP_TANH_GRADIENT) { $0[0] } }
}
extension Op.SigmoidGradient: OneDNNPointwise {
  var code: StepCode { .init(operation: FOVEA_STEP_SIGMOID_GRADIENT) { $0[0] } }
}

extension Op.Exponential: OneDNNPointwise {
  var code: StepCode { .init(operation: FOVEA_STEP_EXPONENTIAL) { _ in false } }
}
extension Op.ExponentialMinus1: OneDNNPointwise {
  var code: StepCode { .init(operation: FOVEA_STEP_EXPONENTIAL_MINUS_1) }
}
extension Op.Logarithm: OneDNNPointwise {
  var code: StepCode { .init(operation: FOVEA_STEP_LOGARITHM) { _ in false } }
}
extension Op.Softplus: OneDNNPointwise {
  var code: StepCode { .init(operation: FOVEA_STEP_SOFTPLUS) { _ in false } }
}
extension Op.ErrorFunction: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_ERROR_FUNCTION) } }
extension Op.ReciprocalSquareRoot: OneDNNPointwise {
  var code: StepCode { .init(operation: FOVEA_STEP_RECIPROCAL_SQUARE_ROOT, p: epsilon) { _ in false } }
}
extension Op.Power: OneDNNPointwise {
  var code: StepCode {
    switch exponent {
    case 0.5: .init(operation: FOVEA_STEP_SQUARE_ROOT)
    case -0.5: .init(operation: FOVEA_STEP_RECIPROCAL_SQUARE_ROOT) { _ in false }
    case 2: .init(operation: FOVEA_STEP_MULTIPLY)
    default: .init(operation: FOVEA_STEP_POWER, p: exponent) { [exponent] in exponent > 0 && $0[0] }
    }
  }
}

extension Op.Absolute: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_ABSOLUTE) } }
extension Op.Sign: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_SIGN) } }
extension Op.Step: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_STEP) } }
extension Op.Clamp: OneDNNPointwise {
  var code: StepCode {
    .init(operation: FOVEA_STEP_CLAMP, p: lower, q: upper) { [lower, upper] in lower <= 0 && 0 <= upper && $0[0] }
  }
}
extension Op.ClampGradient: OneDNNPointwise {
  var code: StepCode {
    .init(operation: FOVEA_STEP_CLAMP_GRADIENT, p: forward.lower, q: forward.upper) { $0[0] }
  }
}

extension Op.Compare: OneDNNPointwise {
  var code: StepCode {
    switch relation {
    case .equal: .init(operation: FOVEA_STEP_EQUAL) { _ in false }
    case .less: .init(operation: FOVEA_STEP_LESS)
    case .lessOrEqual: .init(operation: FOVEA_STEP_LESS_OR_EQUAL) { _ in false }
    }
  }
}
extension Op.Mask: OneDNNPointwise { var code: StepCode { .init(operation: FOVEA_STEP_MASK) { $0[0] || $0[1] } } }
extension Op.Round: OneDNNPointwise {
  var code: StepCode {
    switch target {
    case .down: .init(operation: FOVEA_STEP_ROUND_DOWN)
    case .up: .init(operation: FOVEA_STEP_ROUND_UP)
    case .towardZero: .init(operation: FOVEA_STEP_ROUND_TOWARD_ZERO)
    case .nearest: .init(operation: FOVEA_STEP_ROUND_NEAREST)
    case .float16: .init(operation: FOVEA_STEP_ROUND_FLOAT16)
    case .bfloat16: .init(operation: FOVEA_STEP_ROUND_BFLOAT16)
    }
  }
}
extension Op.Trigonometric: OneDNNPointwise {
  var code: StepCode {
    switch function {
    case .sine: .init(operation: FOVEA_STEP_SINE)
    case .cosine: .init(operation: FOVEA_STEP_COSINE) { _ in false }
    case .arctangent: .init(operation: FOVEA_STEP_ARCTANGENT)
    }
  }
}
