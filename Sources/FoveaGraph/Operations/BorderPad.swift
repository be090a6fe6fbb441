public import FoveaCore

/// What a border around an image is made of.
public enum PaddingMode: String, Hashable, Sendable, CaseIterable {
  /// Zeros.
  case zeros
  /// The image mirrored at its edge, which is not repeated: `c b | a b c | b a`.
  case reflect
  /// The number at the edge, again and again: `a a | a b c | c c`.
  case replicate
  /// The other end of the image: `b c | a b c | a b`.
  case circular
}

extension Op {
  /// A border that continues the input, so wide before and after each of its axes.
  ///
  /// - Shapes: any → `before + n + after` along each axis.
  /// - Errors: `.reflect` by as much as an axis has or more.
  public struct BorderPad: Operation {
    public static let name = "border_pad"
    public let before: [Int]
    public let after: [Int]
    /// Not `.zeros`, for which there is `Pad`.
    public let mode: PaddingMode

    public init(before: [Int], after: [Int], mode: PaddingMode) {
      (self.before, self.after, self.mode) = (before, after, mode)
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let x = inputs[0]
      guard before.count == x.rank, after.count == x.rank, (before + after).allSatisfy(Window.sizes.contains),
        mode != .zeros
      else {
        throw ShapeError(
          "\(mode) padding \(before) and \(after) for the shape \(x)",
          fix: "give \(Window.sizes) for each axis, and use Pad for zeros")
      }
      for axis in 0..<x.rank where mode == .reflect && max(before[axis], after[axis]) >= x[axis] {
        throw ShapeError(
          "reflect padding of \(max(before[axis], after[axis])) around \(x[axis]): the edge is not repeated, "
            + "so a reflection has \(x[axis]) − 1 numbers",
          fix: "pad by at most \(x[axis] - 1), or use .replicate or .circular")
      }
      return Shape((0..<x.rank).map { before[$0] + x[$0] + after[$0] })
    }

    /// For each position of the result along an axis of `length` inputs, the input that it repeats.
    package func sources(_ axis: Int, length: Int) -> [Int] {
      (-before[axis]..<(length + after[axis])).map { position in
        switch mode {
        case .zeros, .replicate: min(max(position, 0), length - 1)
        case .reflect: position < 0 ? -position : position < length ? position : 2 * (length - 1) - position
        case .circular: ((position % length) + length) % length
        }
      }
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(BorderPadGradient(of: self, inputShape: inputs[0].shape))]
    }
  }

  /// ∂L/∂x of a border: each number of x gets the sum of the upstream values of its repetitions.
  public struct BorderPadGradient: Operation {
    public static let name = "border_pad_gradient"
    public var forward: BorderPad
    public var inputShape: Shape

    public init(of forward: BorderPad, inputShape: Shape) { (self.forward, self.inputShape) = (forward, inputShape) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      try require("upstream", inputs[0], toBe: forward.outputShape(for: [inputShape]))
      return inputShape
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(forward)]
    }
  }
}
