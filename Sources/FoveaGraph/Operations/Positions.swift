public import FoveaCore

// Numbers of places, which are whole, and come from numbers that are not.

extension Op {
  /// Whole floats as `int32`, or `int32` as floats. Fractions are cut off; what is beyond 32 bits becomes the nearest
  /// end, and what is not a number becomes 0.
  public struct Convert: NotDifferentiable {
    public static let name = "convert"
    public let isToFloat: Bool

    public static let toFloat = Convert(isToFloat: true)
    public static let toInteger = Convert(isToFloat: false)
    private init(isToFloat: Bool) { self.isToFloat = isToFloat }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { inputs[0] }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      guard inputs[0] == (isToFloat ? .int32 : .float32) else {
        throw ShapeError("\(inputs[0]) to \(isToFloat ? "float32" : "int32")", fix: "give the other of the two")
      }
      return isToFloat ? .float32 : .int32
    }
  }

  /// Where the largest or smallest numbers of each row stand, the best first, of equals the first; what is not a number is
  /// larger than all numbers.
  ///
  /// - Shapes: `…×n` → `int32` `…×count`.
  public struct BestPositions: NotDifferentiable {
    public static let name = "best_positions"
    public let count: Int
    public let isLargest: Bool
    public init(count: Int, isLargest: Bool = true) { (self.count, self.isLargest) = (count, isLargest) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let x = try requireRank(1, of: inputs[0])
      guard (1...max(x.channels, 1)).contains(count), x.channels < 1 << 31 else {
        throw ShapeError("the best \(count) of rows of \(x.channels)", fix: "use 1 to \(x.channels)")
      }
      return Shape(x.dimensions.dropLast() + [count])
    }

    public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
      guard inputs[0].isFloatingPoint else {
        throw ShapeError("the best of \(inputs[0])", fix: "give floating-point numbers")
      }
      return .int32
    }
  }
}
