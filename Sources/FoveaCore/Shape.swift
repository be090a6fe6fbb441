/// The sizes of a tensor's dimensions, outermost first: images are `N×H×W×C`, kernels `H×W×I×O`.
///
/// A scalar has the empty shape `[]` and one element.
public struct Shape: Hashable, Sendable {
  public var dimensions: [Int]

  public init(_ dimensions: [Int]) { self.dimensions = dimensions }

  /// The number of dimensions.
  public var rank: Int { dimensions.count }

  /// The number of elements: the product of the dimensions, 1 for a scalar.
  public var count: Int { dimensions.reduce(1, *) }

  public subscript(axis: Int) -> Int {
    get { dimensions[axis] }
    set { dimensions[axis] = newValue }
  }

  /// The innermost dimension: the channels of an image, the units of a dense layer; 1 for a scalar.
  public var channels: Int { dimensions.last ?? 1 }

  /// The distance in elements between neighbours along each axis, when the last axis is contiguous.
  public var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// The shape without the axes in `axes`, or with each of them set to 1 when `keepingAxes`.
  public func reduced(over axes: [Int], keepingAxes: Bool = false) -> Shape {
    keepingAxes
      ? Shape(dimensions.indices.map { axes.contains($0) ? 1 : dimensions[$0] })
      : Shape(dimensions.indices.filter { !axes.contains($0) }.map { dimensions[$0] })
  }

  /// The shape of an element-wise operation on `self` and `other` under NumPy's rule: aligned at the last axis,
  /// a dimension of 1 stretches to the other's. `nil` where two dimensions differ and neither is 1.
  public func broadcast(with other: Shape) -> Shape? {
    let rank = max(self.rank, other.rank)
    var result = [Int](repeating: 1, count: rank)
    for fromEnd in 1..<(rank + 1) {
      let a = fromEnd <= self.rank ? self[self.rank - fromEnd] : 1
      let b = fromEnd <= other.rank ? other[other.rank - fromEnd] : 1
      guard a == b || a == 1 || b == 1 else { return nil }
      result[rank - fromEnd] = a == 1 ? b : a
    }
    return Shape(result)
  }
}

extension Shape: ExpressibleByArrayLiteral, CustomStringConvertible {
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// `28×28×1`; `scalar` for the empty shape.
  public var description: String {
    rank == 0 ? "scalar" : dimensions.map(String.init).joined(separator: "×")
  }
}

extension Shape: Codable {
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([Int].self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(dimensions)
  }
}
