/// A height and a width: of a kernel, a stride, a dilation. `3` means 3×3.
public struct Size2D: Hashable, Sendable {
  public var height: Int
  public var width: Int

  public init(_ height: Int, _ width: Int) { (self.height, self.width) = (height, width) }

  /// A square.
  public init(_ side: Int) { self.init(side, side) }

  public var sizes: [Int] { [height, width] }
}

extension Size2D: ExpressibleByIntegerLiteral, CustomStringConvertible {
  public init(integerLiteral side: Int) { self.init(side) }

  /// `3×5`.
  public var description: String { "\(height)×\(width)" }
}

extension Window {
  /// A window that slides over height and width.
  package init(_ size: Size2D, strides: Size2D, dilation: Size2D = 1, padding: Padding) {
    self.init(size: size.sizes, strides: strides.sizes, dilations: dilation.sizes, padding: padding)
  }

  /// What it gives on `x` with padding .same, the usual remedy where it does not fit; `nil` if that does not help.
  package func sameSpatial(on x: Shape) -> [Int]? {
    guard x.rank == rank + 2 else { return nil }
    var window = self
    window.padding = .same
    return try? window.output(for: Array(x.dimensions[1...rank]))
  }
}
