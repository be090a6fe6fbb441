/// A layer that is written as a list of layers.
///
/// ```swift
/// struct TinyNet: Model {
///   var body: Sequential {
///     Conv2D(filters: 32, kernel: 3, padding: .same, activation: .relu)
///     GlobalAveragePool2D()
///     Dense(10)
///   }
/// }
/// ```
public protocol Model: Layer {
  @LayerBuilder var body: Sequential { get }
}

extension Model {
  public func forward(_ x: Value) -> Value { body.forward(x) }
}

/// Layers one after another.
///
/// - Shapes: each takes what the one before it gives. Parameters: those of the layers.
/// - Errors: those of the layers.
/// - Source: function composition; Keras `Sequential`.
public struct Sequential: Combinator {
  public var layers: [any Layer]

  /// - Parameter layers: in their order.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// - Parameter body: the layers, one on a line.
  public init(@LayerBuilder _ body: () -> Sequential) { self = body() }

  public func forward(_ x: Value) -> Value { layers.reduce(x) { $1($0) } }
}

/// Collects the layers between braces; `if`, `if let`, `switch` and `for` choose and repeat them.
@resultBuilder
public enum LayerBuilder {
  public static func buildExpression(_ layer: some Layer) -> [any Layer] { [layer] }
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
  public static func buildLimitedAvailability(_ part: [any Layer]) -> [any Layer] { part }
  public static func buildFinalResult(_ layers: [any Layer]) -> Sequential { Sequential(layers) }
}
