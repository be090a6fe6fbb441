// Functions of one number, as layers of their own; `activation: .relu` says the same within another layer.

/// The rectifier: `max(x, 0)`.
///
/// - Shapes: any → the same.
/// - Source: Nair & Hinton 2010, "Rectified Linear Units Improve Restricted Boltzmann Machines".
public struct ReLU: Layer {
  public static let defaultName = "relu"
  public init() {}
  public func forward(_ x: Value) -> Value { x.applying(Op.ReLU()) }
}

/// The hyperbolic tangent.
///
/// - Shapes: any → the same.
public struct Tanh: Layer {
  public init() {}
  public func forward(_ x: Value) -> Value { x.applying(Op.Tanh()) }
}

/// The logistic function, `1 / (1 + e⁻ˣ)`.
///
/// - Shapes: any → the same.
public struct Sigmoid: Layer {
  public init() {}
  public func forward(_ x: Value) -> Value { x.applying(Op.Sigmoid()) }
}

/// `eˣ / Σ eˣ` over the channels: probabilities. A model that is trained ends before it, because the loss takes scores.
///
/// - Shapes: `…×C` → the same.
public struct Softmax: Layer {
  public init() {}
  public func forward(_ x: Value) -> Value { x.applying(Op.Softmax()) }
}

/// The logarithm of the softmax, `x − log Σ eˣ`, over the channels.
///
/// - Shapes: `…×C` → the same.
public struct LogSoftmax: Layer {
  public init() {}
  public func forward(_ x: Value) -> Value { x.applying(Op.LogSoftmax()) }
}

/// The function at the end of another layer, in that layer's scope: `Conv2D(filters: 32, kernel: 3, activation: .relu)`.
///
/// Any layer can be one; a new activation layer adds a line here, beside the layer.
public struct Activation: Sendable {
  public let layer: any Layer

  public init(_ layer: some Layer) { self.layer = layer }

  public func callAsFunction(_ x: Value) -> Value { layer.forward(x) }

  public static let relu = Activation(ReLU())
  public static let tanh = Activation(Tanh())
  public static let sigmoid = Activation(Sigmoid())
  public static let softmax = Activation(Softmax())
  public static let logSoftmax = Activation(LogSoftmax())
}
