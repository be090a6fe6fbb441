/// A step of a model: configuration only. Input sizes come from tracing, weights live outside, by path.
///
/// A layer says in `forward` what it computes; to use it, call it like a function.
///
/// ```swift
/// struct Scaled: Layer {
///   func forward(_ x: Value) -> Value { x * x.parameter("scale", shape: [x.channels], .constant(1)) }
/// }
/// ```
public protocol Layer: Sendable {
  /// The name in listings: the name of the type.
  static var kind: String { get }

  /// What an unnamed layer is called, followed by `_1`, `_2`, …: the kind in snake case, e.g. `conv2d`.
  static var defaultName: String { get }

  /// What the layer computes.
  ///
  /// - Errors: a value that does not suit the layer is reported through `Value.failing`.
  func forward(_ x: Value) -> Value

  /// `forward` in a scope of its own, so that parameters get paths such as `conv2d_1.weights`.
  func callAsFunction(_ x: Value) -> Value
}

extension Layer {
  /// The type's name without the types that it is generic over.
  public static var kind: String { String(String(describing: Self.self).prefix { $0 != "<" }) }

  public static var defaultName: String { snakeCase(kind) }

  public func callAsFunction(_ x: Value) -> Value {
    x.builder.layer(named: nil, defaultName: Self.defaultName, kind: Self.kind, input: x) { forward(x) }
  }

  /// The same layer under a name of the user's choice: a part of the path of everything in it.
  public func named(_ name: String) -> Named<Self> { Named(self, name: name) }
}

/// A layer that only arranges other layers: it opens no scope and has no parameters of its own.
public protocol Combinator: Layer {}

extension Combinator {
  public func callAsFunction(_ x: Value) -> Value { forward(x) }
}

/// A layer with a name. A named combinator opens a scope: `Sequential { … }.named("layer1")`.
///
/// - Shapes, parameters: those of the layer, the name at the beginning of their paths.
/// - Errors: those of the layer; an empty name, or one that a neighbour has already.
/// - Source: Keras, the argument `name` of every layer.
public struct Named<Base: Layer>: Combinator {
  public var base: Base
  public var name: String

  /// - Parameters:
  ///   - base: the layer.
  ///   - name: its part of the path.
  public init(_ base: Base, name: String) { (self.base, self.name) = (base, name) }

  public static var kind: String { Base.kind }

  public func forward(_ x: Value) -> Value {
    x.builder.layer(named: name, defaultName: Base.defaultName, kind: Base.kind, input: x) { base.forward(x) }
  }
}

/// `BatchNorm` → `batch_norm`, `Conv2D` → `conv2d`.
func snakeCase(_ name: String) -> String {
  var result = ""
  for character in name {
    if character.isUppercase, result.last?.isLowercase == true { result.append("_") }
    result += character.lowercased()
  }
  return result
}
