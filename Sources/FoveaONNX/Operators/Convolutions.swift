import FoveaCore
import FoveaGraph

extension ONNXOperators {
  static let convolutions: [String: Make] = ["Conv": convolution, "ConvTranspose": transposedConvolution]

  /// Weights O×I×spatial… become spatial…×I×O.
  private static func convolution(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    let (weights, size) = try kernel(node, rank: x.rank)
    let window = try node.window(size, over: node.lengths(x))
    let operation = Op.Convolution(window, groups: try node.integer("group", 1))
    let y = try node.apply(operation, x, weights)
    return [LaidOut(try biased(node, y), isChannelsLast: true)]
  }

  /// Weights C×O×spatial… become spatial…×O×C.
  private static func transposedConvolution(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.image(0)
    let (weights, size) = try kernel(node, rank: x.rank)
    let (lengths, axes) = (node.lengths(x), size.count)
    let groups = try node.integer("group", 1)
    let filters = saturatingProduct(weights.shape[axes], max(groups, 1))
    guard filters > 0, filters < 1 << 31 else { throw ImportError("\(filters) filters", fix: "use fewer groups") }
    var window = try node.window(size, over: lengths)
    var extra = try node.perAxis("output_padding", axes, 0)
    guard extra.allSatisfy({ (0...(1 << 24)).contains($0) }) else {
      throw ImportError("output_padding is \(extra)", fix: "use 0 or more")
    }
    let automatic = try node.text("auto_pad", "NOTSET")
    let isSame = automatic.hasPrefix("SAME")
    if let wanted = try outputShape(node, lengths, window, isSame: isSame) {
      // What is over is cut off; one more before, or after for SAME_UPPER.
      var edges: [Padding.Edges] = []
      for axis in 0..<axes {
        let full = saturatingProduct(window.strides[axis], lengths[axis] - 1) + window.extent(axis) + extra[axis]
        let total = full - wanted[axis]
        if total < 0 { extra[axis] -= total }
        let (less, more) = (max(total, 0) / 2, (max(total, 0) + 1) / 2)
        edges.append(
          automatic == "SAME_UPPER" ? .init(before: less, after: more) : .init(before: more, after: less))
      }
      window.padding = .edges(edges)
    }
    var (output, zeros) = ([Int](), [Int]())
    do throws(ShapeError) {
      (window, extra, zeros) = window.trading(outputPadding: extra)
      output = try window.input(giving: lengths, outputPadding: extra)
    } catch { throw .mistake(error) }
    let shape = Shape([x.shape[0]] + output + [filters])
    guard shape.isHoldable else { throw ImportError("it would give \(shape)", fix: "use smaller strides") }
    let operation = Op.ConvolutionInputGradient(of: Op.Convolution(window, groups: groups), inputShape: shape)
    var y = try node.apply(operation, x, weights)
    if zeros.contains(where: { $0 > 0 }) {
      y = try node.apply(Op.Pad(before: zeros.map { _ in 0 } + [0, 0], after: [0] + zeros + [0]), y)
    }
    return [LaidOut(try biased(node, y), isChannelsLast: true)]
  }

  /// The sizes that the result shall have; `nil` if they follow from the pads.
  private static func outputShape(
    _ node: NodeContext, _ lengths: [Int], _ window: Window, isSame: Bool
  ) throws(ImportError) -> [Int]? {
    let axes = lengths.count
    if let given = try node.integers("output_shape"), !given.isEmpty {
      let sizes = Array(given.suffix(axes))
      guard sizes.count == axes, sizes.allSatisfy({ (1...(1 << 24)).contains($0) }) else {
        throw ImportError("output_shape is \(given)", fix: "give a size for each spatial axis")
      }
      return sizes
    }
    return isSame ? (0..<axes).map { saturatingProduct(lengths[$0], window.strides[$0]) } : nil
  }

  /// The weights with their spatial axes first and the last two turned, and the size of the window.
  private static func kernel(_ node: NodeContext, rank: Int) throws(ImportError) -> (Value, [Int]) {
    let weights = try node.input(1)
    guard weights.rank == rank else {
      throw ImportError("the weights \(weights.shape) for rank \(rank)", fix: "give weights of the same rank")
    }
    let size = Array(weights.shape.dimensions.dropFirst(2))
    if let stated = try node.integers("kernel_shape"), stated != size {
      throw ImportError("kernel_shape is \(stated), the weights are \(weights.shape)", fix: "make them agree")
    }
    return (try node.transpose(weights.inOrder, Array(2..<rank) + [1, 0]), size)
  }

  private static func biased(_ node: NodeContext, _ y: Value) throws(ImportError) -> Value {
    guard node.has(2) else { return y }
    let bias = try node.input(2)
    guard bias.shape == [y.channels] else {
      throw ImportError("the bias \(bias.shape) for \(y.channels) channels", fix: "give one number for each")
    }
    return try node.checked(y + bias.value)
  }
}
