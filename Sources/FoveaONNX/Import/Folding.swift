import FoveaCore
import FoveaFormats
import FoveaGraph

/// Operators on numbers that are known when the model is read: the arithmetic of shapes between a model's layers.
enum Folding {
  /// Takes the numbers of the inputs, `nil` for one that is left out; `nil` where it cannot be done now.
  typealias Fold = @Sendable (NodeContext, [ONNXTensor?]) throws(ImportError) -> ONNXTensor?

  /// What is computed here has at most so many elements, and in all nodes together sixteen times as many.
  static let most = 1 << 20

  static let all: [String: Fold] = [
    "Constant": constant, "ConstantOfShape": constantOfShape, "Range": range, "Cast": cast, "Identity": identity,
    "Add": arithmetic({ $0 &+ $1 }, +), "Sub": arithmetic({ $0 &- $1 }, -), "Mul": arithmetic({ $0 &* $1 }, *),
    "Div": arithmetic({ $1 == 0 || ($0 == .min && $1 == -1) ? 0 : $0 / $1 }, /),
    "Mod": modulo, "Sign": each({ $0.signum() }, { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
    "Round": each({ $0 }, { $0.rounded(.toNearestOrEven) }),
    "Xor": comparison({ ($0 != 0) != ($1 != 0) }, { ($0 != 0) != ($1 != 0) }),
    "Max": arithmetic(max, max), "Min": arithmetic(min, min),
    "Equal": comparison({ $0 == $1 }, { $0 == $1 }), "Less": comparison({ $0 < $1 }, { $0 < $1 }),
    "Greater": comparison({ $0 > $1 }, { $0 > $1 }),
    "LessOrEqual": comparison({ $0 <= $1 }, { $0 <= $1 }), "GreaterOrEqual": comparison({ $0 >= $1 }, { $0 >= $1 }),
    "And": comparison({ $0 != 0 && $1 != 0 }, { $0 != 0 && $1 != 0 }),
    "Or": comparison({ $0 != 0 || $1 != 0 }, { $0 != 0 || $1 != 0 }), "Clip": clip,
    "Neg": each({ 0 &- $0 }, -), "Abs": each({ $0 == .min ? 0 : abs($0) }, abs),
    "Floor": each({ $0 }, { $0.rounded(.down) }), "Ceil": each({ $0 }, { $0.rounded(.up) }),
    "Sqrt": each({ $0 }, { $0.squareRoot() }), "Not": each({ $0 == 0 ? 1 : 0 }, { $0 }),
    "Gather": gather, "Concat": concat, "Slice": slice, "Squeeze": squeeze, "Unsqueeze": unsqueeze,
    "Reshape": reshape, "Transpose": transpose, "Expand": expand, "Tile": tile, "Where": choose, "ReduceProd": product,
  ]

  /// The shape of anything: it is known even where the numbers are not.
  static func shape(_ node: ONNXNode, of shape: Shape) throws(ImportError) -> ONNXTensor {
    if node.type == "Size" { return ONNXTensor([shape.count], shape: []) }
    func bound(_ name: String, _ standard: Int) -> Int {
      guard case .integer(let value)? = node.attributes[name] else { return standard }
      return min(max(value < 0 ? value + shape.rank : value, 0), shape.rank)
    }
    let (start, end) = (bound("start", 0), bound("end", shape.rank))
    return ONNXTensor(Array(shape.dimensions[start..<max(start, end)]))
  }

  /// - Errors: a shape that is negative or too large to be computed now.
  static func check(_ dimensions: [Int]) throws(ImportError) -> Shape {
    let shape = Shape(dimensions)
    guard shape.isHoldable, shape.count <= most else {
      throw ImportError("constants of the shape \(dimensions)", fix: "use at most \(most) elements")
    }
    return shape
  }

  private static func given(_ inputs: [ONNXTensor?], _ index: Int) throws(ImportError) -> ONNXTensor {
    guard index < inputs.count, let input = inputs[index] else {
      throw ImportError("an input is missing", fix: "check the file with onnx.checker")
    }
    return input
  }

  private static func constant(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    switch node.node.attributes.first(where: { $0.key.hasPrefix("value") })?.value {
    case .tensor(let tensor): return tensor
    case .float(let float): return ONNXTensor([float], shape: [])
    case .floats(let floats): return ONNXTensor(floats, shape: [floats.count])
    case .integer(let integer): return ONNXTensor([integer], shape: [])
    case .integers(let integers): return ONNXTensor(integers)
    default: throw .unsupported("a constant of texts or of a sparse tensor")
    }
  }

  private static func constantOfShape(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    let sizes = try given(inputs, 0).integers
    var isInteger = false
    if case .tensor(let value)? = node.node.attributes["value"] { isInteger = value.isInteger }
    // Weights that are all one number are no arithmetic of shapes; what has no elements is nothing but a shape.
    guard isInteger || sizes.count < 2 || sizes.contains(0) else { return nil }
    let shape = try check(sizes)
    guard case .tensor(let value)? = node.node.attributes["value"] else {
      return ONNXTensor([Float](repeating: 0, count: shape.count), shape: shape)
    }
    guard value.shape.count == 1 else { throw ImportError("a value of \(value.shape)", fix: "use one number") }
    return value.picking([Int](repeating: 0, count: shape.count), shape: shape)
  }

  static func range(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    let parts = [try given(inputs, 0), try given(inputs, 1), try given(inputs, 2)]
    guard parts.allSatisfy({ $0.shape.count == 1 }) else {
      throw ImportError("a range between lists", fix: "use one number for start, limit and step")
    }
    let numbers = parts.map { Double($0.isInteger ? Double($0.integers[0]) : Double($0.floats[0])) }
    let count = ((numbers[1] - numbers[0]) / numbers[2]).rounded(.up)
    guard numbers[2] != 0, count.isFinite, count <= Double(most) else {
      throw ImportError("a range from \(numbers[0]) to \(numbers[1]) by \(numbers[2])", fix: "use fewer steps")
    }
    let steps = 0..<max(Int(count), 0)
    guard parts[0].isInteger else {
      return ONNXTensor(steps.map { Float(numbers[0] + Double($0) * numbers[2]) }, shape: [steps.count])
    }
    let (start, step) = (parts[0].integers[0], parts[2].integers[0])
    return ONNXTensor(steps.map { start &+ $0 &* step })
  }

  private static func identity(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    try given(inputs, 0)
  }

  private static func cast(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    try cast(try given(inputs, 0), to: ONNXType(code: Int32(truncatingIfNeeded: try node.integer("to", 1))))
  }

  static func cast(_ input: ONNXTensor, to type: ONNXType) throws(ImportError) -> ONNXTensor {
    guard type.isRead else { throw .unsupported("a cast to ONNX's type \(type.code)") }
    if type.isFloatingPoint {
      let floats = input.floats.map { number in
        switch type.code {
        case 10: Float(Float16(number))
        case 16: Float(BFloat16(number))
        default: number
        }
      }
      return ONNXTensor(shape: input.shape, type: type, content: .floats(Tensor(floats, shape: input.shape)))
    }
    var integers = type == .bool ? input.floats.map { $0 == 0 ? 0 : 1 } : input.integers
    if let range = type.narrowRange {
      let count = range.count
      integers = integers.map { (($0 % count) + 2 * count - range.lowerBound) % count + range.lowerBound }
    }
    return ONNXTensor(shape: input.shape, type: type, content: .integers(integers))
  }

  // MARK: Element by element

  /// For each element of the broadcast shape, the places in both inputs.
  private static func pairs(_ a: Shape, _ b: Shape) throws(ImportError) -> (Shape, [Int], [Int]) {
    guard let shape = a.broadcast(with: b) else {
      throw ImportError("the shapes \(a) and \(b) differ", fix: "make them equal")
    }
    _ = try check(shape.dimensions)
    return (shape, indices(of: a, stretchedTo: shape), indices(of: b, stretchedTo: shape))
  }

  /// For each element of `target`, in row-major order, the place in `shape`, whose axes of 1 are stretched.
  private static func indices(of shape: Shape, stretchedTo target: Shape) -> [Int] {
    let strides = shape.rowMajorStrides
    var indices = [0]
    for axis in 0..<target.rank {
      let own = axis - (target.rank - shape.rank)
      let step = own < 0 || shape[own] == 1 ? 0 : strides[own]
      indices = indices.flatMap { index in (0..<target[axis]).map { index + $0 * step } }
    }
    return indices
  }

  private static func arithmetic(
    _ onIntegers: @escaping @Sendable (Int, Int) -> Int, _ onFloats: @escaping @Sendable (Float, Float) -> Float
  ) -> Fold {
    { node, inputs throws(ImportError) in
      var result = try given(inputs, 0)
      for index in inputs.indices.dropFirst() {
        let next = try given(inputs, index)
        let (shape, first, second) = try pairs(result.shape, next.shape)
        if result.isInteger, next.isInteger {
          let (a, b) = (result.integers, next.integers)
          result.content = .integers(zip(first, second).map { onIntegers(a[$0], b[$1]) })
          result.shape = shape
        } else {
          let (a, b) = (result.floats, next.floats)
          result = ONNXTensor(zip(first, second).map { onFloats(a[$0], b[$1]) }, shape: shape)
        }
      }
      return result
    }
  }

  /// What is left by a division, with the sign of the divisor, or of what is divided.
  private static func modulo(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    if try node.integer("fmod", 0) != 0 {
      return try arithmetic({ $1 == 0 || $1 == -1 ? 0 : $0 % $1 }, { $0.truncatingRemainder(dividingBy: $1) })(
        node, inputs)
    }
    return try arithmetic(
      { $1 == 0 || $1 == -1 ? 0 : (($0 % $1) &+ $1) % $1 }, { $0 - ($0 / $1).rounded(.down) * $1 })(node, inputs)
  }

  /// Between bounds that are inputs, or attributes before version 11; either may be left out.
  private static func clip(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    var result = try given(inputs, 0)
    func bound(_ index: Int, _ name: String) throws(ImportError) -> ONNXTensor? {
      if index < inputs.count, let bound = inputs[index] { return bound }
      return node.node.attributes[name] == nil ? nil : ONNXTensor([try node.float(name, 0)], shape: [])
    }
    if let lower = try bound(1, "min"), let raised = try arithmetic(max, max)(node, [result, lower]) {
      result = raised
    }
    if let upper = try bound(2, "max"), let cut = try arithmetic(min, min)(node, [result, upper]) { result = cut }
    return result
  }

  private static func comparison(
    _ onIntegers: @escaping @Sendable (Int, Int) -> Bool, _ onFloats: @escaping @Sendable (Float, Float) -> Bool
  ) -> Fold {
    { node, inputs throws(ImportError) in
      let (a, b) = (try given(inputs, 0), try given(inputs, 1))
      let (shape, first, second) = try pairs(a.shape, b.shape)
      let truths: [Int]
      if a.isInteger, b.isInteger {
        let (x, y) = (a.integers, b.integers)
        truths = zip(first, second).map { onIntegers(x[$0], y[$1]) ? 1 : 0 }
      } else {
        let (x, y) = (a.floats, b.floats)
        truths = zip(first, second).map { onFloats(x[$0], y[$1]) ? 1 : 0 }
      }
      return ONNXTensor(shape: shape, type: .bool, content: .integers(truths))
    }
  }

  private static func each(
    _ onIntegers: @escaping @Sendable (Int) -> Int, _ onFloats: @escaping @Sendable (Float) -> Float
  ) -> Fold {
    { node, inputs throws(ImportError) in
      let input = try given(inputs, 0)
      guard input.isInteger else { return ONNXTensor(input.floats.map(onFloats), shape: input.shape) }
      return ONNXTensor(shape: input.shape, type: input.type, content: .integers(input.integers.map(onIntegers)))
    }
  }

  private static func choose(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    let (condition, a, b) = (try given(inputs, 0), try given(inputs, 1), try given(inputs, 2))
    guard a.isInteger == b.isInteger else { return nil }
    let (pair, _, _) = try pairs(a.shape, b.shape)
    let (shape, _, _) = try pairs(condition.shape, pair)
    let truths = condition.integers
    let picks = indices(of: condition.shape, stretchedTo: shape).map { truths[$0] != 0 }
    let (first, second) = (indices(of: a.shape, stretchedTo: shape), indices(of: b.shape, stretchedTo: shape))
    guard a.isInteger else {
      let (x, y) = (a.floats, b.floats)
      return ONNXTensor(picks.indices.map { picks[$0] ? x[first[$0]] : y[second[$0]] }, shape: shape)
    }
    let (x, y) = (a.integers, b.integers)
    let chosen = picks.indices.map { picks[$0] ? x[first[$0]] : y[second[$0]] }
    return ONNXTensor(shape: shape, type: a.type, content: .integers(chosen))
  }

  private static func product(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    let input = try given(inputs, 0)
    guard input.isInteger, input.shape.rank == 1 else { return nil }
    let keeps = try node.integer("keepdims", 1) != 0
    return ONNXTensor([input.integers.reduce(1, &*)], shape: keeps ? [1] : [])
  }

  // MARK: Moving elements

  private static func gather(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    let (data, places) = (try given(inputs, 0), try given(inputs, 1))
    let axis = try node.axis(try node.integer("axis", 0), rank: data.shape.rank)
    let length = data.shape[axis]
    var chosen: [Int] = []
    for place in places.integers {
      let index = place < 0 ? place + length : place
      guard (0..<length).contains(index) else { throw ImportError("index \(place) of \(length)", fix: "stay inside") }
      chosen.append(index)
    }
    let sizes = data.shape.dimensions
    let (before, after) = (Array(sizes[..<axis]), Array(sizes[(axis + 1)...]))
    let shape = try check(before + places.shape.dimensions + after)
    let inner = Shape(after).count
    let indices = (0..<Shape(before).count).flatMap { outer in
      chosen.flatMap { index in (0..<inner).map { (outer * length + index) * inner + $0 } }
    }
    return data.picking(indices, shape: shape)
  }

  private static func concat(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    var parts: [ONNXTensor] = []
    for index in inputs.indices { parts.append(try given(inputs, index)) }
    guard parts.allSatisfy({ $0.shape.rank == 1 }), let first = parts.first else { return nil }
    if parts.allSatisfy(\.isInteger) { return ONNXTensor(parts.flatMap(\.integers)) }
    guard !first.isInteger, parts.allSatisfy({ !$0.isInteger }) else { return nil }
    let floats = parts.flatMap(\.floats)
    return ONNXTensor(floats, shape: [floats.count])
  }

  private static func slice(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    var data = try given(inputs, 0)
    for part in try SliceRange.all(of: node, shape: data.shape, allowsNothing: true) {
      let sizes = data.shape.dimensions
      let (before, after) = (Array(sizes[..<part.axis]), Array(sizes[(part.axis + 1)...]))
      let inner = Shape(after).count
      let indices = (0..<Shape(before).count).flatMap { outer in
        part.indices.flatMap { index in (0..<inner).map { (outer * sizes[part.axis] + index) * inner + $0 } }
      }
      data = data.picking(indices, shape: Shape(before + [part.indices.count] + after))
    }
    return data
  }

  private static func squeeze(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    let data = try given(inputs, 0)
    return data.reshaped(to: try node.squeezed(data.shape))
  }

  private static func unsqueeze(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    let data = try given(inputs, 0)
    return data.reshaped(to: try node.unsqueezed(data.shape))
  }

  private static func reshape(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    let data = try given(inputs, 0)
    return data.reshaped(to: try node.reshaped(data.shape, isBatch: false))
  }

  private static func transpose(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    let data = try given(inputs, 0)
    guard data.shape.rank > 1 else { return data }
    let order = try node.order(rank: data.shape.rank)
    let (target, strides) = (Shape(order.map { data.shape[$0] }), data.shape.rowMajorStrides)
    var indices = [0]
    for (axis, source) in order.enumerated() {
      indices = indices.flatMap { index in (0..<target[axis]).map { index + $0 * strides[source] } }
    }
    return data.picking(indices, shape: target)
  }

  private static func expand(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    let data = try given(inputs, 0)
    let wanted = try check(try given(inputs, 1).integers)
    let (shape, indices, _) = try pairs(data.shape, wanted)
    return data.picking(indices, shape: shape)
  }

  private static func tile(_ node: NodeContext, _ inputs: [ONNXTensor?]) throws(ImportError) -> ONNXTensor? {
    let (data, repeats) = (try given(inputs, 0), try given(inputs, 1).integers)
    guard data.shape.rank == 1, repeats.count == 1 else { return nil }
    let shape = try check([saturatingProduct(data.shape[0], max(repeats[0], 0))])
    return data.picking((0..<shape.count).map { $0 % data.shape[0] }, shape: shape)
  }
}
