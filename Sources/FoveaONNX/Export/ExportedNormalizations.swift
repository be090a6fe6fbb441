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
