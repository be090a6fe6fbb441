import FoveaCore
import FoveaGraph

// Positions that are moved by data: grids, convolutions with moved windows, and regions of images.

extension ONNXOperators {
  /// The positions −1...1 of an image, each multiplied by the matrix of its example.
  static func affineGrid(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let theta = try node.checked(try node.input(0).inOrder)
    let size = try node.known(1).integers
    let axes = size.count - 2
    guard theta.rank == 3, (2...3).contains(axes), theta.shape[1] == axes, theta.shape[2] == axes + 1,
      size.allSatisfy({ $0 >= 1 }), case let lengths = Array(size.dropFirst(2)), Shape(lengths).isHoldable,
      case let count = Shape(lengths).count, count <= Folding.most
    else {
      throw ImportError("the matrices \(theta.shape) for \(size)", fix: "give N×2×3 for N×C×H×W, N×3×4 for three axes")
    }
    let isAligned = try node.integer("align_corners", 0) != 0
    func position(_ place: Int, of length: Int) -> Float {
      guard isAligned else { return Float(2 * place + 1) / Float(length) - 1 }
      return length == 1 ? 0 : Float(2 * place) / Float(length - 1) - 1
    }
    // The last axis comes first, and 1 for what is added.
    let strides = Shape(lengths).rowMajorStrides
    let numbers: [Float] = (0..<count).flatMap { index -> [Float] in
      (0..<axes).reversed().map { position(index / strides[$0] % lengths[$0], of: lengths[$0]) } + [1]
    }
    let positions = node.builder.constant(Tensor(numbers, shape: [count, axes + 1]))
    let rows = try node.reshape(theta, to: [theta.shape[0] * axes, axes + 1])
    let y = try node.apply(Op.MatrixProduct(transposesB: true), rows, positions)
    let byExample = try node.transpose(try node.reshape(y, to: [theta.shape[0], axes, count]), [0, 2, 1])
    return [LaidOut(try node.reshape(byExample, to: Shape([theta.shape[0]] + lengths + [axes])))]
  }

  /// A convolution each of whose window's places reads where an offset moves it, between pixels as well.
  ///
  /// - Source: Zhu et al. 2019, "Deformable ConvNets v2", eq. 1.
  static func deformedConvolution(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (x, weights) = (try node.image(0), try node.checked(try node.input(1).inOrder))
    guard x.rank == 4, weights.rank == 4 else { throw .unsupported("a deformed convolution of \(x.shape)") }
    let size = [weights.shape[2], weights.shape[3]]
    let (lengths, taps) = (node.lengths(x), size[0] * size[1])
    let window = try node.window(size, over: lengths)
    let grid = (0..<2).map { window.output($0, length: lengths[$0]) }
    let (batch, parts) = (x.shape[0], try node.integer("offset_group", 1))
    guard parts >= 1, x.channels % parts == 0, grid.allSatisfy({ $0 >= 1 }) else {
      throw ImportError("\(parts) groups of offsets for \(x.channels) channels", fix: "use a divisor")
    }
    /// Numbers for each place of the window, as N×H×W×groups×window.
    func perPlace(_ index: Int, _ count: Int, part: Int) throws(ImportError) -> Value {
      let offsets = try node.checked(try node.input(index).inOrder)
      let wanted = Shape([batch, parts * taps * count] + grid)
      guard offsets.shape == wanted else { throw ImportError("\(offsets.shape) for \(wanted)", fix: "use that shape") }
      let split = try node.reshape(offsets, to: Shape([batch, parts, taps, count] + grid))
      let one = try node.picking(split, along: 3, start: part, count: 1)
      let flat = try node.reshape(one, to: Shape([batch, parts, taps] + grid))
      return try node.transpose(flat, [0, 3, 4, 1, 2])
    }
    var around: [[Neighbour]] = []
    for axis in 0..<2 {
      let edge = window.edges(axis, length: lengths[axis]).before
      let starts = node.counting(grid[axis], along: axis + 1, rank: 5, stride: window.strides[axis])
      let steps = (0..<taps).map { tap in
        Float((axis == 0 ? tap / size[1] : tap % size[1]) * window.dilations[axis] - edge)
      }
      let inWindow = node.builder.constant(Tensor(steps, shape: [1, 1, 1, 1, taps]))
      around.append(try neighbours(try perPlace(2, 2, part: axis) + starts + inWindow, "linear"))
    }
    // A table of one row for each pixel and group of channels.
    let width = x.channels / parts
    let table = try node.reshape(x, to: [x.shape.count / width, width])
    let row = parts * lengths[1]
    let images = node.counting(batch, along: 0, rank: 5, stride: lengths[0] * row)
    let start = images + node.counting(parts, along: 3, rank: 5, stride: 1)
    var picked = try sampled(
      node, table, from: start, around: around, lengths: lengths, strides: [row, parts], isEmptyOutside: true)
    if node.has(4) {
      let mask = try perPlace(4, 1, part: 0)
      picked = picked * (try node.reshape(mask, to: Shape(mask.shape.dimensions + [1])))
    }
    // Each window as a row of an image, which the kernel covers.
    let byPlace = try node.transpose(try node.checked(picked), [0, 1, 2, 4, 3, 5])
    let windows = try node.reshape(byPlace, to: [batch, grid[0] * grid[1], taps, x.channels])
    let kernel = try node.reshape(
      try node.transpose(weights, [2, 3, 1, 0]), to: [1, taps, weights.shape[1], weights.shape[0]])
    let operation = Op.Convolution(Window(size: [1, taps]), groups: try node.integer("group", 1))
    var y = try node.apply(operation, windows, kernel)
    if node.has(3) {
      let bias = try node.input(3)
      guard bias.shape == [y.channels] else {
        throw ImportError("the bias \(bias.shape) for \(y.channels) channels", fix: "give one number for each")
      }
      y = y + bias.value
    }
    let shape = Shape([batch] + grid + [y.channels])
    return [LaidOut(try node.reshape(try node.checked(y), to: shape), isChannelsLast: true)]
  }

  /// Averages of samples in the cells of a grid laid over each region.
  ///
  /// - Source: He et al. 2017, "Mask R-CNN", §3.
  static func regionsOfInterest(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let (x, regions) = (try node.image(0), try node.checked(try node.input(1).inOrder))
    let images = try node.checked(try node.input(2).inOrder)
    let grid = [try node.integer("output_height", 1), try node.integer("output_width", 1)]
    let samples = try node.integer("sampling_ratio", 0)
    guard x.rank == 4, regions.rank == 2, regions.channels == 4, images.shape == [regions.shape[0]],
      (grid + [max(samples, 1)]).allSatisfy({ (1...(1 << 10)).contains($0) })
    else {
      throw ImportError("regions \(regions.shape) of \(x.shape)", fix: "give R×4, and an image's number for each")
    }
    guard samples > 0 else { throw .unsupported("a number of samples that depends on the size of the region") }
    guard try node.text("mode", "avg") == "avg" else { throw .unsupported("the largest sample of a region") }
    let standard = node.opset < 16 ? "output_half_pixel" : "half_pixel"
    let isHalf = try node.text("coordinate_transformation_mode", standard) == "half_pixel"
    let (count, scale) = (regions.shape[0], try node.float("spatial_scale", 1))
    /// x or y of a corner, R×1×1.
    func corner(_ number: Int) throws(ImportError) -> Value {
      let column = try node.picking(regions, along: 1, start: number, count: 1)
      return try node.reshape(scale * column - (isHalf ? 0.5 : 0), to: [count, 1, 1])
    }
    var (around, isInside) = ([[Neighbour]](), [Value]())
    for axis in 0..<2 {
      let (first, last) = (try corner(1 - axis), try corner(3 - axis))
      // Older versions take a region for one pixel wide at least.
      let extent = isHalf ? last - first : max(last - first, node.builder.constant(Tensor(1)))
      let steps = grid[axis] * samples
      var shape: Shape = [1, 1, 1]
      shape[axis + 1] = steps
      let parts = node.builder.constant(Tensor((0..<steps).map { (Float($0) + 0.5) / Float(steps) }, shape: shape))
      let position = try node.checked(first + extent * parts)
      let length = Float(x.shape[axis + 1])
      // Up to a pixel beyond the image counts as its border.
      isInside.append(position.compared(.equal, position.clamped(-1, length)))
      around.append(try neighbours(position.clamped(0, length - 1), "linear"))
    }
    let table = try node.reshape(x, to: [x.shape.count / x.channels, x.channels])
    let row = x.shape[2]
    let batch = try node.reshape(images, to: [count, 1, 1]) * Float(row * x.shape[1])
    let picked = try sampled(
      node, table, from: batch, around: around, lengths: node.lengths(x), strides: [row, 1], isEmptyOutside: false)
    let mask = isInside[0] * isInside[1]
    let kept = try node.checked(picked * (try node.reshape(mask, to: Shape(mask.shape.dimensions + [1]))))
    let cells = try node.reshape(kept, to: [count, grid[0], samples, grid[1], samples, x.channels])
    return [LaidOut(try node.checked(cells.mean(over: [2, 4])), isChannelsLast: true)]
  }
}
