import FoveaCore
import FoveaFormats
import FoveaGraph

extension Op.BatchNormalize: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    let x = node.imageOrRows(0)
    let inputs = [
      x.name, node.plain(2), node.plain(3), node.row(0, of: 1, name: "mean"), node.row(1, of: 1, name: "variance"),
    ]
    let y = node.emit("BatchNormalization", inputs, attributes: ["epsilon": .float(epsilon)])[0]
    return Exported(y, isChannelsFirst: x.isChannelsFirst)
  }
}

extension Op.BatchMoments: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    let (_, mean, variance) = node.moments()
    let rows = [mean, variance].map { node.emit("Reshape", $0, node.integers([1, node.shape(of: 0).channels])) }
    return Exported(node.emit("Concat", rows, attributes: ["axis": .integer(0)])[0])
  }
}

extension Op.BatchNorm: ONNXExportable {
  /// ONNX's own operator has this for training alone, which few programs run.
  func export(_ node: ExportContext) -> Exported {
    let (centered, _, variance) = node.moments()
    let isImage = node.shape.rank >= 3
    let deviation = node.emit("Sqrt", node.emit("Add", variance, node.number(epsilon)))
    func row(_ input: Int) -> String {
      let column = [node.shape.channels] + [Int](repeating: 1, count: node.shape.rank - 2)
      return isImage ? node.emit("Reshape", node.plain(input), node.integers(column)) : node.plain(input)
    }
    let normal = node.emit("Div", centered, deviation)
    return Exported(node.emit("Add", node.emit("Mul", normal, row(1)), row(2)), isChannelsFirst: isImage)
  }
}

extension ExportContext {
  /// What is left of the first input without the mean of each channel; the means, and the variances, with axes of 1.
  fileprivate func moments() -> (centered: String, mean: String, variance: String) {
    let (x, rank) = (imageOrRows(0), shape(of: 0).rank)
    let axes: [String: ONNXAttribute] = [
      "axes": .integers((0..<rank).filter { $0 != (x.isChannelsFirst ? 1 : rank - 1) }), "keepdims": .integer(1),
    ]
    let mean = emit("ReduceMean", x.name, attributes: axes)
    let centered = emit("Sub", x.name, mean)
    return (centered, mean, emit("ReduceMean", emit("Mul", centered, centered), attributes: axes))
  }
}

extension Op.GroupNorm: ONNXExportable {
  /// Instance normalisation of the groups, then scale and bias of the channels.
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    let (shape, x) = (node.shape(of: 0), node.imageOrRows(0))
    var sizes = node.sizes(of: 0)
    if x.isChannelsFirst { sizes.insert(sizes.removeLast(), at: 1) }
    let ones = node.numbers("ones", Tensor([Float](repeating: 1, count: groups), shape: [groups]))
    let zeros = node.numbers("zeros", Tensor([Float](repeating: 0, count: groups), shape: [groups]))
    let rows = node.emit("Reshape", x.name, node.integers([0, groups, -1]))
    let normal = node.emit(
      "InstanceNormalization", rows, ones, zeros, attributes: ["epsilon": .float(epsilon)])
    let back = try node.reshaped(normal, to: sizes, keepsFirst: true)
    guard x.isChannelsFirst else {
      return Exported(node.emit("Add", node.emit("Mul", back, node.plain(1)), node.plain(2)))
    }
    let column = node.integers([shape.channels] + [Int](repeating: 1, count: shape.rank - 2))
    let (scale, bias) = (node.emit("Reshape", node.plain(1), column), node.emit("Reshape", node.plain(2), column))
    return Exported(node.emit("Add", node.emit("Mul", back, scale), bias), isChannelsFirst: true)
  }
}

extension Op.LocalResponseNorm: ONNXExportable {
  /// ONNX divides α by the number of channels, and counts the odd channel of an even number behind.
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    guard size % 2 == 1, node.shape.rank >= 3 else {
      throw ExportError(what: "local response normalisation over an even number of channels, or without an image")
    }
    let attributes: [String: ONNXAttribute] = [
      "size": .integer(size), "alpha": .float(alpha * Float(size)), "beta": .float(beta), "bias": .float(k),
    ]
    return Exported(node.emit("LRN", node.channelsFirst(0), attributes: attributes), isChannelsFirst: true)
  }
}

extension Op.Softmax: ONNXExportable {
  func export(_ node: ExportContext) -> Exported { node.overChannels("Softmax") }
}

extension Op.LogSoftmax: ONNXExportable {
  func export(_ node: ExportContext) -> Exported { node.overChannels("LogSoftmax") }
}

extension ExportContext {
  fileprivate func overChannels(_ type: String) -> Exported {
    let x = value(0)
    let axis = place(shape.rank - 1, rank: shape.rank, isChannelsFirst: x.isChannelsFirst)
    return Exported(
      emit(type, x.name, attributes: ["axis": .integer(axis)]), isChannelsFirst: x.isChannelsFirst)
  }
}
