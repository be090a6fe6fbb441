import FoveaCore
import FoveaGraph

/// What a slice takes of one axis.
struct SliceRange {
  let axis: Int
  let start: Int
  let step: Int
  let count: Int

  var indices: [Int] { (0..<count).map { start + $0 * step } }

  /// The parts of a Slice node, one for each axis that it names.
  static func all(of node: NodeContext, shape: Shape, allowsNothing: Bool) throws(ImportError) -> [SliceRange] {
    guard let starts = try node.integers("starts", orInput: 1), let ends = try node.integers("ends", orInput: 2) else {
      throw ImportError("a slice without starts and ends", fix: "check the file with onnx.checker")
    }
    let axes = try node.axes(try node.integers("axes", orInput: 3) ?? Array(starts.indices), rank: shape.rank)
    let steps = node.has(4) ? try node.known(4).integers : starts.map { _ in 1 }
    guard starts.count == ends.count, axes.count == starts.count, steps.count == starts.count else {
      throw ImportError("\(starts.count) starts, \(ends.count) ends, \(axes.count) axes", fix: "give one for each axis")
    }
    var ranges: [SliceRange] = []
    for index in starts.indices {
      let (length, step) = (shape[axes[index]], steps[index])
      guard step != 0, step.magnitude <= 1 << 40 else { throw ImportError("a step of \(step)", fix: "use 1") }
      func bound(_ value: Int, _ range: ClosedRange<Int>) -> Int {
        min(max(value < 0 ? value + length : value, range.lowerBound), range.upperBound)
      }
      let start = bound(starts[index], step > 0 ? 0...length : 0...max(length - 1, 0))
      let end = bound(ends[index], step > 0 ? 0...length : -1...length)
      let room = step > 0 ? end - start : start - end
      let count = room <= 0 ? 0 : (room + Int(step.magnitude) - 1) / Int(step.magnitude)
      guard count > 0 || allowsNothing else {
        throw .unsupported("a slice of nothing, \(starts[index])..<\(ends[index]) of \(length),")
      }
      ranges.append(SliceRange(axis: axes[index], start: start, step: step, count: count))
    }
    return ranges
  }
}

extension NodeContext {
  /// What a map along an axis picks for each output.
  ///
  /// - Errors: an axis that is longer than such maps are.
  func indices(_ count: Int, _ index: (Int) -> Int) throws(ImportError) -> [Int] {
    guard count <= SparseMatrix.longest else {
      throw ImportError("an axis of \(count)", fix: "use at most \(SparseMatrix.longest)")
    }
    return (0..<count).map(index)
  }

  /// Picks along an axis of our value: a part of memory where they lie side by side.
  func picking(_ x: Value, along axis: Int, start: Int, step: Int = 1, count: Int) throws(ImportError) -> Value {
    if step == 1 {
      guard count < x.shape[axis] else { return x }
      var (from, size) = ([Int](repeating: 0, count: x.rank), x.shape.dimensions)
      (from[axis], size[axis]) = (start, count)
      return try apply(Op.Slice(from: from, size: size), x)
    }
    guard x.shape[axis] <= SparseMatrix.longest else {
      throw ImportError("an axis of \(x.shape[axis])", fix: "use at most \(SparseMatrix.longest)")
    }
    let picks = try indices(count) { start + $0 * step }
    return try apply(Op.SparseMap(along: axis, SparseMatrix(gathering: picks, of: x.shape[axis])), x)
  }
}

extension ONNXOperators {
  static let slicings: [String: Make] = ["Slice": slice, "Split": split, "Gather": gather, "Pad": pad]

  private static func slice(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    var y = x.value
    for part in try SliceRange.all(of: node, shape: x.shape, allowsNothing: false) {
      y = try node.picking(y, along: x.place(of: part.axis), start: part.start, step: part.step, count: part.count)
    }
    return [x.with(y)]
  }

  private static func split(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let axis = try node.axis(try node.integer("axis", 0), rank: x.rank)
    let length = x.shape[axis]
    let parts = try node.integer("num_outputs", node.node.outputs.count)
    guard (1...max(length, 1)).contains(parts), parts >= node.node.outputs.count || node.node.inputs.count > 1 else {
      throw ImportError("\(parts) parts of \(length)", fix: "use at most as many as there are")
    }
    let whole = (length + parts - 1) / parts
    let sizes =
      try node.integers("split", orInput: 1) ?? (0..<parts).map { min(whole, length - min($0 * whole, length)) }
    guard sizes.allSatisfy({ $0 >= 0 && $0 <= length }), sizes.reduce(0, +) == length else {
      throw ImportError("the parts \(sizes) of \(length)", fix: "let them add up")
    }
    guard !sizes.contains(0) else { throw .unsupported("a part without elements, \(sizes) of \(length),") }
    var (results, start) = ([LaidOut](), 0)
    for size in sizes {
      results.append(x.with(try node.picking(x.value, along: x.place(of: axis), start: start, count: size)))
      start += size
    }
    return results
  }

  private static func gather(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (x, places) = (try node.input(0), node.knownIfAny(1))
    let axis = try node.axis(try node.integer("axis", 0), rank: x.rank)
    guard let places else {
      return try gather(node, x, try node.input(1), along: axis)
    }
    let length = x.shape[axis]
    let integers = places.integers
    guard !integers.isEmpty, integers.allSatisfy({ (-length..<length).contains($0) }) else {
      throw ImportError("the indices \(integers.prefix(8)) of \(length)", fix: "stay inside")
    }
    let picks = try node.indices(integers.count) { integers[$0] < 0 ? integers[$0] + length : integers[$0] }
    let place = x.place(of: axis)
    let y: Value
    if let first = picks.first, picks == Array(first..<(first + picks.count)) {
      y = try node.picking(x.value, along: place, start: first, count: picks.count)
    } else {
      guard length <= SparseMatrix.longest else { throw ImportError("an axis of \(length)", fix: "use a shorter one") }
      y = try node.apply(Op.SparseMap(along: place, SparseMatrix(gathering: picks, of: length)), x.value)
    }
    guard places.shape.rank != 1 else { return [x.with(y)] }
    let sizes = x.shape.dimensions
    let shape = Shape(sizes[..<axis] + places.shape.dimensions + sizes[(axis + 1)...])
    return [LaidOut(try node.reshape(x.with(y).inOrder, to: shape))]
  }

  private static func pad(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    guard let given = try node.integers("pads", orInput: 1) else {
      throw ImportError("a padding without pads", fix: "check the file with onnx.checker")
    }
    let axes = try node.axes(node.has(3) ? try node.known(3).integers : Array(0..<x.rank), rank: x.rank)
    let edges = try node.edges(given, axes: axes.count)
    guard given.allSatisfy({ $0.magnitude <= 1 << 24 }) else {
      throw ImportError("the pads \(given)", fix: "use at most 2²⁴")
    }
    // What is below 0 is cut off.
    var y = x.value
    for (axis, edge) in zip(axes, edges) where edge.before < 0 || edge.after < 0 {
      let (before, after) = (min(edge.before, 0), min(edge.after, 0))
      let count = x.shape[axis] + before + after
      guard count >= 1 else { throw ImportError("the pads \(given) of \(x.shape)", fix: "leave 1 or more") }
      y = try node.picking(y, along: x.place(of: axis), start: -before, count: count)
    }
    let mode = try node.text("mode", "constant")
    guard mode != "constant" else {
      let value = node.has(2) ? try node.known(2).floats.first ?? 0 : try node.float("value", 0)
      var (before, after) = ([Int](repeating: 0, count: x.rank), [Int](repeating: 0, count: x.rank))
      for (axis, edge) in zip(axes, edges) {
        before[x.place(of: axis)] = max(edge.before, 0)
        after[x.place(of: axis)] = max(edge.after, 0)
      }
      guard (before + after).contains(where: { $0 > 0 }) else { return [x.with(y)] }
      return [x.with(try node.apply(Op.Pad(before: before, after: after, value: value), y))]
    }
    let modes: [String: PaddingMode] = ["reflect": .reflect, "edge": .replicate, "wrap": .circular]
    guard let border = modes[mode] else { throw .unsupported("padding of the mode '\(mode)'") }
    for (axis, edge) in zip(axes, edges) where edge.before > 0 || edge.after > 0 {
      let place = x.place(of: axis)
      do throws(ShapeError) {
        let matrix = try SparseMatrix.border(
          y.shape[place], before: max(edge.before, 0), after: max(edge.after, 0), border)
        y = y.applying(Op.SparseMap(along: place, matrix))
      } catch { throw .mistake(error) }
      y = try node.checked(y)
    }
    return [x.with(y)]
  }
}
