// Rectifiers: functions with a bend at 0.

/// The rectifier: `max(x, 0)`.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Nair & Hinton 2010, "Rectified Linear Units Improve Restricted Boltzmann Machines".
public struct ReLU: Layer {
  public static let defaultName = "relu"
  public init() {}
  public func forward(_ x: Value) -> Value { x.positivePart }
}

/// The rectifier with a ceiling: `min(max(x, 0), 6)`, for arithmetic of few bits.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: an input of whole numbers.
/// - Source: Krizhevsky 2010, "Convolutional Deep Belief Networks on CIFAR-10", §2; Sandler et al. 2018, "MobileNetV2".
public struct ReLU6: Layer {
  public static let defaultName = "relu6"
  public init() {}
  public func forward(_ x: Value) -> Value { x.clamped(0, 6) }
}

/// `min(max(x, lower), upper)`: straight between two bounds.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: bounds in the wrong order.
/// - Source: Collobert 2004, "Large Scale Machine Learning", §1.2 (thesis).
public struct HardTanh: Layer {
  public var lower: Float
  public var upper: Float

  /// - Parameters:
  ///   - lower: the smallest result.
  ///   - upper: the largest.
  public init(_ lower: Float = -1, _ upper: Float = 1) { (self.lower, self.upper) = (lower, upper) }

  public func forward(_ x: Value) -> Value {
    guard lower < upper else {
      return x.failing("the bounds are \(lower) and \(upper)", fix: "put the lower one first", assuming: x.shape)
    }
    return x.clamped(lower, upper)
  }
}

/// `x` above 0, `slope · x` below.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: a slope that is not finite.
/// - Source: Maas, Hannun & Ng 2013, "Rectifier Nonlinearities Improve Neural Network Acoustic Models".
public struct LeakyReLU: Layer {
  public static let defaultName = "leaky_relu"
  public var slope: Float

  /// - Parameter slope: below 0.
  public init(slope: Float = 0.01) { self.slope = slope }

  public func forward(_ x: Value) -> Value {
    guard slope.isFinite else { return x.failing("the slope is \(slope)", fix: "use a number", assuming: x.shape) }
    return x.positivePart + slope * x.negativePart
  }
}

/// `x` above 0, `slope · x` below; the slope of each channel is learned.
///
/// - Shapes: `…×C` → the same. Parameters: `slope` `C`, ¼.
/// - Errors: an input of whole numbers.
/// - Source: He et al. 2015, "Delving Deep into Rectifiers", §2.1.
public struct PReLU: Layer {
  public static let defaultName = "prelu"
  public var initial: Float

  /// - Parameter initial: the slope before training.
  public init(initial: Float = 0.25) { self.initial = initial }

  public func forward(_ x: Value) -> Value {
    x.positivePart + x.negativePart * x.parameter("slope", shape: [x.channels], .constant(initial))
  }
}

/// `x` above 0, `slope · x` below; in training, the slope of each number is drawn uniformly from `lower..<upper`, in
/// inference it is their mean.
///
/// - Shapes: any → the same. No parameters.
/// - Errors: bounds in the wrong order, or not finite.
/// - Source: Xu et al. 2015, "Empirical Evaluation of Rectified Activations in Convolutional Network", §3.4.
public struct RandomizedLeakyReLU: Layer {
  public static let defaultName = "rrelu"
  public var lower: Float
  public var upper: Float

  /// - Parameters:
  ///   - lower: the smallest slope.
  ///   - upper: the largest.
  public init(lower: Float = 1 / 8, upper: Float = 1 / 3) { (self.lower, self.upper) = (lower, upper) }

  public func forward(_ x: Value) -> Value {
    guard lower <= upper, lower.isFinite, upper.isFinite else {
      return x.failing(
        "the slopes are \(lower) to \(upper)", fix: "put the lower one first", assuming: x.shape)
    }
    guard x.isTraining else { return LeakyReLU(slope: (lower + upper) / 2).forward(x) }
    let stream = x.builder.randomStream()
    let slopes = x.builder.randomState.applying(Op.RandomUniform(lower, upper, shape: x.shape, stream: stream))
    return x.positivePart + x.negativePart * slopes
  }
}

extension Value {
  /// `max(x, 0)`; the gradient at 0 is 0.
  var positivePart: Value { applying(Op.ReLU()) }

  /// `min(x, 0)`; the gradient at 0 is 1, that of the branch below.
  var negativePart: Value { min(builder.constant(Tensor([Float(0)], shape: [])), self) }
}
