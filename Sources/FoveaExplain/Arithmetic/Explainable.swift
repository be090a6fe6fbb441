package import FoveaCore
package import FoveaGraph

/// An operation that can take one number of its result apart. A new operation joins by conformance, in a file of its
/// own; one without it is explained by what goes into it and what the program says.
package protocol Explainable: Operation {
  /// How the element of the result at `position` comes from elements of the operands.
  func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic
}

/// An input of an operation, of which single elements can be read.
package struct Operand {
  package let index: Int
  package let shape: Shape
  private let read: ([Int]) -> Double

  package init(index: Int, shape: Shape, read: @escaping ([Int]) -> Double) {
    (self.index, self.shape, self.read) = (index, shape, read)
  }

  package subscript(position: [Int]) -> Double { read(position) }

  /// The element as a factor called `name`.
  package func factor(_ name: String, _ position: [Int]) -> Arithmetic.Factor {
    .init(name: name, operand: index, at: position, value: read(position))
  }

  /// Where the element of a result at `position` comes from when this operand stretches to the result.
  package func stretched(to position: [Int]) -> [Int] {
    zip(shape.dimensions, position.suffix(shape.rank)).map { $0 == 1 ? 0 : $1 }
  }
}

extension Shape {
  /// Where the element with this number stands, counted in row-major order.
  package func position(of element: Int) -> [Int] {
    var rest = element
    return dimensions.reversed().map { length in
      defer { rest /= length }
      return rest % length
    }.reversed()
  }

  /// The number of the element at `position`, counted in row-major order.
  package func element(at position: [Int]) -> Int {
    zip(dimensions, position).reduce(0) { $0 * $1.0 + $1.1 }
  }

  /// Every position, in row-major order.
  package var positions: [[Int]] { (0..<count).map(position) }
}
