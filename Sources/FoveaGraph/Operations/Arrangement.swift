public import FoveaCore

/// An operation that moves elements and computes nothing: any element type, but one for all inputs.
public protocol Arrangement: Operation {}

extension Arrangement {
  public func elementType(for inputs: [ElementType]) throws(ShapeError) -> ElementType {
    if let other = inputs.first(where: { $0 != inputs[0] }) {
      throw ShapeError("\(Self.name) of \(inputs[0]) and \(other)", fix: "give inputs of one element type")
    }
    return inputs[0]
  }
}

extension Op {
  /// Inputs side by side along one axis.
  public struct Concatenate: Arrangement {
    public static let name = "concatenate"
    public let axis: Int
    public init(axis: Int) { self.axis = axis }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      var result = inputs[0]
      guard (0..<result.rank).contains(axis) else {
        throw ShapeError("concatenation along axis \(axis) of \(result)", fix: "use an axis below \(result.rank)")
      }
      for shape in inputs.dropFirst() {
        guard shape.rank == result.rank, (0..<result.rank).allSatisfy({ $0 == axis || shape[$0] == result[$0] }) else {
          throw ShapeError(
            "concatenation of \(inputs.map(\.description).joined(separator: ", ")) along axis \(axis): "
              + "the other axes differ",
            fix: "give every branch the same spatial size, e.g. padding .same and equal strides")
        }
        result[axis] += shape[axis]
      }
      return result
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      var start = [Int](repeating: 0, count: output.rank)
      return inputs.map { input in
        defer { start[axis] += input.shape[axis] }
        return upstream.applying(Slice(from: start, size: input.shape.dimensions))
      }
    }
  }

  /// A rectangular part.
  public struct Slice: Arrangement {
    public static let name = "slice"
    public let start: [Int]
    public let size: [Int]
    public init(from start: [Int], size: [Int]) { (self.start, self.size) = (start, size) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let x = inputs[0]
      guard start.count == x.rank, size.count == x.rank,
        (0..<x.rank).allSatisfy({ start[$0] >= 0 && size[$0] >= 1 && size[$0] <= x[$0] - start[$0] })
      else {
        throw ShapeError("a slice of \(Shape(size)) from \(start) leaves the shape \(x)", fix: "stay inside it")
      }
      return Shape(size)
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      let after = (0..<start.count).map { inputs[0].shape[$0] - start[$0] - size[$0] }
      return [upstream.applying(Pad(before: start, after: after))]
    }
  }

  /// A border of one value around the input, so wide before and after each axis.
  public struct Pad: Operation {
    public static let name = "pad"
    public let before: [Int]
    public let after: [Int]
    public let value: Float

    public init(before: [Int], after: [Int], value: Float = 0) {
      (self.before, self.after, self.value) = (before, after, value)
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      let x = inputs[0]
      guard before.count == x.rank, after.count == x.rank, (before + after).allSatisfy(Window.sizes.contains) else {
        throw ShapeError(
          "padding \(before) and \(after) for the shape \(x)", fix: "give \(Window.sizes) for each axis")
      }
      return Shape((0..<x.rank).map { before[$0] + x[$0] + after[$0] })
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(Slice(from: before, size: inputs[0].shape.dimensions))]
    }
  }

  /// The same elements in row-major order under another shape.
  public struct Reshape: Arrangement {
    public static let name = "reshape"
    public let shape: Shape
    public init(to shape: Shape) { self.shape = shape }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      guard shape.isHoldable, inputs[0].count == shape.count else {
        throw ShapeError(
          "\(inputs[0]) has \(inputs[0].count) elements and cannot be read as \(shape)",
          fix: "use a shape of equal size")
      }
      return shape
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.reshaped(to: inputs[0].shape)]
    }
  }

  /// The axes in another order: axis i of the result is axis `order[i]` of the input.
  public struct Transpose: Arrangement {
    public static let name = "transpose"
    public let order: [Int]
    public init(_ order: [Int]) { self.order = order }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      guard order.sorted() == Array(0..<inputs[0].rank) else {
        throw ShapeError("the order \(order) for the shape \(inputs[0])", fix: "name every axis once")
      }
      return Shape(order.map { inputs[0][$0] })
    }

    package var inverse: Transpose { Transpose(order.indices.map { order.firstIndex(of: $0)! }) }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(inverse)]
    }
  }
}

extension Value {
  /// The same elements under another shape of equal count.
  public func reshaped(to shape: Shape) -> Value {
    shape == self.shape ? self : applying(Op.Reshape(to: shape))
  }
}

/// Values side by side along the last axis: feature maps of one size.
public func concatenate(_ values: Value...) -> Value { concatenate(values) }

/// Values side by side along `axis`, the last one by default.
public func concatenate(_ values: [Value], axis: Int? = nil) -> Value {
  values.count == 1
    ? values[0] : values[0].builder.apply(Op.Concatenate(axis: axis ?? values[0].rank - 1), to: values)
}

/// The matrix product of `M×K` and `K×N`.
public func matmul(_ a: Value, _ b: Value) -> Value { a.applying(Op.MatrixProduct(), b) }
