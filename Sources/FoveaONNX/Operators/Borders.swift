import FoveaCore
import FoveaGraph

extension ONNXOperators {
  static let borders: [String: Make] = ["CenterCropPad": centered]

  /// Zeros around what is too small, the middle of what is too large.
  private static func centered(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let axes = try node.axes(try node.integers("axes") ?? Array(0..<x.rank), rank: x.rank)
    let sizes = try node.known(1).integers
    guard sizes.count == axes.count, sizes.allSatisfy({ (1...(1 << 24)).contains($0) }) else {
      throw ImportError("the sizes \(sizes) for the axes \(axes) of \(x.shape)", fix: "give one for each")
    }
    var (y, before, after) = (x.value, [Int](repeating: 0, count: x.rank), [Int](repeating: 0, count: x.rank))
    for (axis, size) in zip(axes, sizes) {
      let (place, missing) = (x.place(of: axis), size - x.shape[axis])
      if missing < 0 {
        y = try node.picking(y, along: place, start: -missing / 2, count: size)
      } else {
        (before[place], after[place]) = (missing / 2, missing - missing / 2)
      }
    }
    guard before + after != [Int](repeating: 0, count: 2 * x.rank) else { return [x.with(y)] }
    return [x.with(try node.apply(Op.Pad(before: before, after: after), y))]
  }

  /// Windows put back where they were taken, what overlaps added: N×(C·window)×windows becomes N×C×spatial….
  static func columnsToImage(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.checked(try node.input(0).inOrder)
    let (sizes, block) = (try node.known(1).integers, try node.known(2).integers)
    let axes = sizes.count
    guard (1...3).contains(axes), block.count == axes, (sizes + block).allSatisfy({ (1...(1 << 24)).contains($0) }),
      case let count = Shape(block).count, x.rank == 3, x.shape[1] % count == 0, Shape(sizes).isHoldable
    else {
      throw ImportError(
        "\(x.shape) as windows \(block) of \(sizes)", fix: "give N×(C·window)×windows, and three axes at most")
    }
    let window = try node.window(block, over: sizes)
    let grid = (0..<axes).map { window.output($0, length: sizes[$0]) }
    guard Shape(grid).count == x.shape[2], saturatingProduct(count, count) <= 1 << 22 else {
      throw ImportError("\(x.shape[2]) windows, \(sizes) has \(grid)", fix: "make them agree")
    }
    // Each channel is an image of one channel; the number of a window's place is the channel of what was taken.
    let channels = x.shape[1] / count
    let images = x.shape[0] * channels
    let columns = try node.transpose(try node.reshape(x, to: [images, count, x.shape[2]]), [0, 2, 1])
    let places = try node.reshape(columns, to: Shape([images] + grid + [count]))
    let identity = (0..<(count * count)).map { Float($0 / count == $0 % count ? 1 : 0) }
    let kernel = node.builder.constant(Tensor(identity, shape: Shape(block + [1, count])))
    let target = Shape([images] + sizes + [1])
    guard target.isHoldable else { throw ImportError("it would give \(target)", fix: "use smaller sizes") }
    let operation = Op.ConvolutionInputGradient(of: Op.Convolution(window), inputShape: target)
    let y = try node.apply(operation, places, kernel)
    return [LaidOut(try node.reshape(y, to: Shape([x.shape[0], channels] + sizes)))]
  }
}
