import FoveaCore
import FoveaFormats
import FoveaGraph

extension Op.Convolution: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    var inputs = [node.channelsFirst(0), node.convolutionWeights(1)]
    if let bias = node.takeBias() { inputs.append(bias) }
    var attributes = window.attributes
    attributes["group"] = .integer(groups)
    attributes["pads"] = .integers(window.pads(node.shape(of: 0)))
    return Exported(node.emit("Conv", inputs, attributes: attributes)[0], isChannelsFirst: true)
  }
}

extension Op.ConvolutionInputGradient: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    var inputs = [node.channelsFirst(0), node.convolutionWeights(1)]
    if let bias = node.takeBias() { inputs.append(bias) }
    let window = forward.window
    var (before, after, added) = ([Int](), [Int](), [Int]())
    for axis in 0..<window.rank {
      let edges = window.edges(axis, length: inputShape[axis + 1])
      let uncut = window.strides[axis] * (node.shape(of: 0)[axis + 1] - 1) + window.extent(axis)
      let missing = inputShape[axis + 1] - (uncut - edges.before - edges.after)
      before.append(edges.before)
      after.append(edges.after - min(missing, 0))
      added.append(max(missing, 0))
    }
    var attributes = window.attributes
    attributes["group"] = .integer(forward.groups)
    attributes["pads"] = .integers(before + after)
    if added.contains(where: { $0 > 0 }) { attributes["output_padding"] = .integers(added) }
    return Exported(node.emit("ConvTranspose", inputs, attributes: attributes)[0], isChannelsFirst: true)
  }
}

extension Op.Patches: ONNXExportable {
  /// A convolution with kernels that each pick one number of the window.
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    let (channels, count) = (node.shape(of: 0).channels, window.count)
    guard saturatingProduct(channels * count, channels * count) <= 1 << 24 else {
      throw ExportError(what: "patches of \(channels * count) numbers")
    }
    var kernels = [Float](repeating: 0, count: count * channels * channels * count)
    for place in 0..<count {
      for channel in 0..<channels {
        kernels[((place * channels + channel) * channels + channel) * count + place] = 1
      }
    }
    let weights = Tensor(kernels, shape: Shape([count * channels, channels] + window.size))
    var attributes = window.attributes
    attributes["pads"] = .integers(window.pads(node.shape(of: 0)))
    let inputs = [node.channelsFirst(0), node.numbers("picks", weights)]
    return Exported(node.emit("Conv", inputs, attributes: attributes)[0], isChannelsFirst: true)
  }
}

extension Op.MaxPool: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    var attributes = window.attributes
    attributes["pads"] = .integers(window.pads(node.shape(of: 0), overhang: true))
    return Exported(node.emit("MaxPool", node.channelsFirst(0), attributes: attributes), isChannelsFirst: true)
  }
}

extension Op.MaxPoolSwitches: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    var attributes = window.attributes
    attributes["pads"] = .integers(window.pads(node.shape(of: 0), overhang: true))
    let results = node.emit("MaxPool", [node.channelsFirst(0)], attributes: attributes, outputs: 2)
    return Exported(results[1], isChannelsFirst: true)
  }
}

extension Op.MaxUnpool: ONNXExportable {
  /// Positions are counted through the whole tensor there, so that they only serve the pooling that gave them.
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    guard let window = (node.operation(of: 1) as? Op.MaxPoolSwitches)?.window,
      (0..<window.rank).allSatisfy({ axis in
        let edges = window.edges(axis, length: spatial[axis])
        let least = (node.shape(of: 0)[axis + 1] - 1) * window.strides[axis] + window.size[axis]
        return least - edges.before - edges.after == spatial[axis] && window.dilations[axis] == 1
      })
    else { throw ExportError(what: "unpooling to other sizes than the windows cover") }
    var attributes = window.attributes
    attributes["dilations"] = nil
    attributes["pads"] = .integers(window.pads(Shape([1] + spatial + [1])))
    let y = node.emit("MaxUnpool", node.channelsFirst(0), node.channelsFirst(1), attributes: attributes)
    return Exported(y, isChannelsFirst: true)
  }
}

extension Op.AveragePool: ONNXExportable {
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    let shape = node.shape(of: 0)
    guard window.dilations.allSatisfy({ $0 == 1 }) else { throw ExportError(what: "dilated average pooling") }
    var attributes = window.attributes
    attributes["dilations"] = nil
    var x = node.channelsFirst(0)
    let (inner, outer) = (window.pads(shape), window.pads(shape, overhang: true))
    switch divisor {
    case .inside: attributes["pads"] = .integers(outer)
    case .padded where inner == outer:
      attributes["pads"] = .integers(inner)
      attributes["count_include_pad"] = .integer(1)
    case .padded:
      // Zeros that count are put there before; what a last window lacks does not count.
      x = node.padded(x, inner)
      attributes["pads"] = .integers(zip(outer, inner).map { $0 - $1 })
    case .number: x = node.padded(x, outer)
    }
    var y = node.emit("AveragePool", x, attributes: attributes)
    if case .number(let number) = divisor, number != window.count {
      y = node.emit("Mul", y, node.number(Float(window.count) / Float(number)))
    }
    return Exported(y, isChannelsFirst: true)
  }
}

extension Op.LpPool: ONNXExportable {
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    guard window.dilations.allSatisfy({ $0 == 1 }), power == power.rounded(), power <= 0x1p20 else {
      throw ExportError(what: "pooling by a norm of \(power), or dilated")
    }
    var attributes = window.attributes
    attributes["dilations"] = nil
    attributes["p"] = .integer(Int(power))
    attributes["pads"] = .integers(window.pads(node.shape(of: 0), overhang: true))
    return Exported(node.emit("LpPool", node.channelsFirst(0), attributes: attributes), isChannelsFirst: true)
  }
}

extension ExportContext {
  /// An image with zeros around it: all begins, then all ends.
  fileprivate func padded(_ x: String, _ pads: [Int]) -> String {
    guard pads.contains(where: { $0 > 0 }) else { return x }
    return emit("Pad", x, integers([0, 0] + pads[..<(pads.count / 2)] + [0, 0] + pads[(pads.count / 2)...]))
  }
}

extension Window {
  fileprivate var attributes: [String: ONNXAttribute] {
    ["kernel_shape": .integers(size), "strides": .integers(strides), "dilations": .integers(dilations)]
  }

  /// All begins, then all ends, for an input N×spatial…×C.
  ///
  /// - Parameter overhang: whether what a last window lacks behind the end counts as padding.
  fileprivate func pads(_ input: Shape, overhang: Bool = false) -> [Int] {
    let lengths = input.dimensions[1...rank].map { $0 }
    let edges = lengths.enumerated().map { self.edges($0, length: $1) }
    let after = lengths.enumerated().map { axis, length in
      let needed = (output(axis, length: length) - 1) * strides[axis] + extent(axis) - length - edges[axis].before
      return overhang ? max(edges[axis].after, needed) : edges[axis].after
    }
    return edges.map(\.before) + after
  }
}
