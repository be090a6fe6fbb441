import FoveaCore
import FoveaGraph

// An image read at positions that the data give: the neighbours of each position, weighted by how near they are.

extension ONNXOperators {
  static let samplings: [String: Make] = [
    "GridSample": gridSample, "AffineGrid": affineGrid, "DeformConv": deformedConvolution,
    "RoiAlign": regionsOfInterest,
  ]

  /// The attributes of a GridSample node.
  private struct Sampling {
    var isAligned: Bool
    var beyond: String

    /// From −1...1 to pixels.
    func pixels(_ x: Value, _ length: Int) -> Value {
      isAligned ? Float(length - 1) / 2 * (x + 1) : Float(length) / 2 * x + Float(length - 1) / 2
    }

    /// A position beyond the image moved into it, where that is asked for.
    func inside(_ x: Value, _ length: Int) -> Value {
      switch beyond {
      case "border": return x.clamped(0, Float(length - 1))
      case "reflection":
        // To and fro between the middles of the outer pixels, or their edges.
        let (low, span) = isAligned ? (Float(0), Float(length - 1)) : (-0.5, Float(length))
        guard span > 0 else { return x.clamped(0, 0) }
        let way = (x - low).absolute
        let folded = way - 2 * span * (way / (2 * span)).applying(Op.Round(.down))
        return (min(folded, 2 * span - folded) + low).clamped(0, Float(length - 1))
      default: return x
      }
    }
  }

  /// A place beside a position along an axis, and how much it counts there.
  typealias Neighbour = (place: Value, weight: Value?)

  /// The neighbours of a position along an axis.
  static func neighbours(_ x: Value, _ mode: String) throws(ImportError) -> [Neighbour] {
    let first = x.applying(Op.Round(.down))
    let t = x - first
    switch mode {
    case "nearest": return [(x.applying(Op.Round(.nearest)), nil)]
    case "linear", "bilinear": return [(first, 1 - t), (first + 1, t)]
    case "cubic", "bicubic":
      // Keys's polynomials with a = −¾, by the distance: below 1, and below 2.
      func near(_ d: Value) -> Value { (1.25 * d - 2.25) * d * d + 1 }
      func far(_ d: Value) -> Value { ((-0.75 * d + 3.75) * d - 6) * d + 3 }
      return [(first - 1, far(t + 1)), (first, near(t)), (first + 1, near(1 - t)), (first + 2, far(2 - t))]
    default: throw .unsupported("sampling of the mode '\(mode)'")
    }
  }

  private static func gridSample(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (x, grid) = (try node.image(0), try node.checked(try node.input(1).inOrder))
    let axes = x.rank - 2
    guard grid.rank == x.rank, grid.shape[0] == x.shape[0], grid.channels == axes else {
      throw ImportError("the grid \(grid.shape) for \(x.shape)", fix: "give N×positions…×\(axes)")
    }
    let beyond = try node.text("padding_mode", "zeros")
    guard ["zeros", "border", "reflection"].contains(beyond) else {
      throw .unsupported("sampling with the padding '\(beyond)'")
    }
    let sampling = Sampling(isAligned: try node.integer("align_corners", 0) != 0, beyond: beyond)
    let mode = try node.text("mode", node.opset < 20 ? "bilinear" : "linear")
    let isCubic = mode.hasSuffix("cubic")
    guard !isCubic || axes <= 2 else { throw .unsupported("sampling of the mode '\(mode)' along three axes") }
    let target = Shape(Array(grid.shape.dimensions.dropLast()))
    // The grid names the last axis first.
    var around: [[Neighbour]] = []
    for axis in 0..<axes {
      let along = try node.picking(grid, along: grid.rank - 1, start: axes - 1 - axis, count: 1)
      let length = x.shape[axis + 1]
      let position = sampling.pixels(try node.reshape(along, to: target), length)
      around.append(try neighbours(isCubic ? position : sampling.inside(position, length), mode))
    }
    for axis in 0..<axes where isCubic {
      around[axis] = around[axis].map { (sampling.inside($0.place, x.shape[axis + 1]), $0.weight) }
    }
    let table = try node.reshape(x, to: [x.shape.count / x.channels, x.channels])
    let strides = Shape(Array(x.shape.dimensions.dropLast())).rowMajorStrides
    let batch = node.counting(x.shape[0], along: 0, rank: target.rank, stride: strides[0])
    let y = try sampled(
      node, table, from: batch, around: around, lengths: node.lengths(x), strides: Array(strides.dropFirst()),
      isEmptyOutside: beyond == "zeros")
    return [LaidOut(y, isChannelsLast: true)]
  }

  /// Sums of the rows of a table that lie around positions, each with its weight.
  ///
  /// - Parameters:
  ///   - start: the row of the first place, for each position.
  ///   - around: along each axis, the neighbours.
  ///   - strides: rows from one place along each axis to the next.
  ///   - isEmptyOutside: whether places outside count nothing, instead of as the nearest inside.
  /// - Returns: the shape of the positions, and a row for each.
  static func sampled(
    _ node: NodeContext, _ table: Value, from start: Value, around: [[Neighbour]], lengths: [Int], strides: [Int],
    isEmptyOutside: Bool
  ) throws(ImportError) -> Value {
    guard table.shape[0] <= 1 << 24 else {
      throw .unsupported("sampling among \(table.shape[0]) places, more than 2²⁴,")
    }
    var sum: Value?
    /// Adds what the neighbours along the axes from `axis` on give.
    func add(_ axis: Int, _ place: Value, _ weight: Value?) throws(ImportError) {
      guard axis < lengths.count else {
        var picked = try node.apply(Op.Lookup(), table, try node.apply(Op.Convert.toInteger, try node.checked(place)))
        if let weight { picked = picked * (try node.reshape(weight, to: Shape(weight.shape.dimensions + [1]))) }
        sum = try node.checked(sum.map { $0 + picked } ?? picked)
        return
      }
      for neighbour in around[axis] {
        let near = neighbour.place.clamped(0, Float(lengths[axis] - 1))
        var share = [weight, neighbour.weight].compactMap(\.self).reduce(nil as Value?) { share, next in
          share.map { $0 * next } ?? next
        }
        if isEmptyOutside {
          let isInside = neighbour.place.compared(.equal, near)
          share = share.map { $0 * isInside } ?? isInside
        }
        try add(axis + 1, place + Float(strides[axis]) * near, share)
      }
    }
    try add(0, start, nil)
    return sum!
  }
}
