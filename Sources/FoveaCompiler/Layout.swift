public import FoveaCore
public import FoveaGraph

/// Where the elements of a tensor lie in memory. The logical order of axes is the graph's; this is the physical one.
public enum Layout: Hashable, Sendable {
  /// The distance in elements between neighbours along each axis.
  case strided([Int])
  /// An arrangement that only one backend understands, such as channels in blocks of 16.
  case native(NativeLayout)

  public static func rowMajor(_ shape: Shape) -> Layout { .strided(shape.rowMajorStrides) }

  /// Whether the elements of `shape` lie in row-major order without gaps; axes of length 1 may have any stride.
  public func isRowMajor(_ shape: Shape) -> Bool {
    guard case .strided(let strides) = self else { return false }
    return zip(shape.dimensions, zip(strides, shape.rowMajorStrides)).allSatisfy { $0 == 1 || $1.0 == $1.1 }
  }

  /// The bytes from the first to the last element.
  public func byteCount(_ shape: Shape, _ type: ElementType) -> Int {
    switch self {
    case .strided(let strides):
      (zip(shape.dimensions, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 } + 1) * type.byteCount
    case .native(let layout): layout.byteCount
    }
  }
}

extension Layout: CustomStringConvertible {
  public var description: String {
    switch self {
    case .strided(let strides): "strides " + strides.map(String.init).joined(separator: ",")
    case .native(let layout): layout.name
    }
  }
}

/// A backend's own description of an arrangement: bytes that it reads back, equal for equal arrangements.
public struct NativeLayout: Hashable, Sendable {
  package let bytes: [UInt8]
  public let byteCount: Int
  /// For listings, e.g. `nChw16c`.
  public let name: String

  package init(bytes: [UInt8], byteCount: Int, name: String) {
    (self.bytes, self.byteCount, self.name) = (bytes, byteCount, name)
  }
}

/// An operation whose result is its input seen differently: no element moves.
package protocol ViewOperation: Operation {
  /// The strides of the result and where it starts, in elements, if `strides` of an input of `shape` allow it.
  func view(of shape: Shape, strides: [Int]) -> (strides: [Int], offset: Int)?
}

extension Op.Reshape: ViewOperation {
  package func view(of shape: Shape, strides: [Int]) -> (strides: [Int], offset: Int)? {
    Layout.strided(strides).isRowMajor(shape) ? (self.shape.rowMajorStrides, 0) : nil
  }
}

extension Op.Transpose: ViewOperation {
  package func view(of shape: Shape, strides: [Int]) -> (strides: [Int], offset: Int)? {
    (order.map { strides[$0] }, 0)
  }
}

extension Op.Slice: ViewOperation {
  package func view(of shape: Shape, strides: [Int]) -> (strides: [Int], offset: Int)? {
    (strides, zip(start, strides).reduce(0) { $0 + $1.0 * $1.1 })
  }
}
