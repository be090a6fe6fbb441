public import FoveaCore
import FoveaFormats
import FoveaLayers
import FoveaONNX

extension Network {
  /// The parameters as PyTorch's modules would have them, by name: those of a model of the catalogue are a state dict of
  /// torchvision or timm. The inverse of reading one, bit by bit.
  ///
  /// An imported ONNX model's are called and arranged as in its file. Convolutions of 1×1 are written as such, also where
  /// torchvision has dense layers (ConvNeXt).
  /// - Errors: a model that was changed so that it cannot be traced any more.
  public func stateDict() throws -> [String: Tensor] {
    if model is ONNXModel { return parameters }
    return try StateDict.tensors(of: parameters, in: traced())
  }

  /// Writes the state dict, as a safetensors file or, if the name ends in `.npz`, as NumPy arrays.
  ///
  /// - Errors: those of `stateDict()`; whatever keeps the file from being written.
  public func saveStateDict(to path: String) throws {
    let tensors = try stateDict()
    if path.lowercased().hasSuffix(".npz") {
      try NPZFile.write(tensors, to: path)
    } else {
      try SafetensorsFile.write(tensors, metadata: ["format": "pt"], to: path)
    }
  }

  /// Whether a path is one to which a state dict is written.
  package static func isStateDict(_ path: String) -> Bool {
    [".safetensors", ".npz"].contains { path.lowercased().hasSuffix($0) }
  }
}

extension StateDict {
  /// The parameters of a model under PyTorch's names, in PyTorch's arrangement.
  static func tensors(of parameters: [String: Tensor], in model: TracedModel) -> [String: Tensor] {
    let flattened = model.flattenedInputs
    // torchvision weighs channels by 1×1 convolutions, which are dense layers here.
    let gates = Set(model.layers.filter { $0.kind == "ChannelGate" }.map(\.path))
    var tensors: [String: Tensor] = [:]
    for (path, tensor) in parameters {
      let rank = tensor.shape.rank
      var tensor = tensor
      if rank >= 2, !path.hasSuffix("table") {
        tensor = tensor.permuted([rank - 1, rank - 2] + Array(0..<(rank - 2)))
        if let image = flattened[path], image.rank > 1 {
          // The inputs as positions×channels, put in the order channels×positions.
          let shape = tensor.shape
          tensor = tensor.reshaped(to: [shape[0], image.count / image.channels, image.channels]).permuted([0, 2, 1])
            .reshaped(to: shape)
        }
        let layer = path.split(separator: ".").dropLast(2).joined(separator: ".")
        if gates.contains(layer) { tensor = tensor.reshaped(to: Shape(tensor.shape.dimensions + [1, 1])) }
      }
      tensors[name(of: path)] = tensor
    }
    return tensors
  }
}
