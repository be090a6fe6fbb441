public import FoveaCore

extension Op {
  /// What a window sees at each of its positions, one row for each ("im2col"): positions of the window outermost,
  /// channels innermost, as in weights `window…×C×O`. Padding is zeros.
  ///
  /// - Shapes: `N×spatial…×C` → `N×output…×(window · C)`.
  /// - Source: Chellapilla, Puri & Simard 2006, "High Performance Convolutional Neural Networks for Document
  ///   Processing", §3.1.
  public struct Patches: Operation {
    public static let name = "patches"
    public var window: Window
    public init(_ window: Window) { self.window = window }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let x = inputs[0]
      guard x.rank == window.rank + 2 else {
        throw ShapeError(
          "patches over \(window.rank) axes take rank \(window.rank + 2), not the shape \(x)",
          fix: "reshape the input to N×spatial…×C")
      }
      let spatial = try window.output(for: Array(x.dimensions[1...window.rank]))
      return Shape([x[0]] + spatial + [saturatingProduct(window.count, x.channels)])
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(PatchesGradient(of: self, inputShape: inputs[0].shape))]
    }
  }

  /// ∂L/∂x of patches ("col2im", fold): every number goes back to where it was taken from, and the sum stays there.
  public struct PatchesGradient: Operation {
    public static let name = "patches_gradient"
    public var forward: Patches
    public var inputShape: Shape

    public init(of forward: Patches, inputShape: Shape) { (self.forward, self.inputShape) = (forward, inputShape) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("upstream", inputs[0], toBe: forward.outputShape(for: [inputShape]))
      return inputShape
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(forward)]
    }
  }
}
