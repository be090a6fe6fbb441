import FoveaCompiler
package import FoveaCore
import FoveaFormats
import FoveaLayers
import FoveaONNX

extension Network {
  /// Compares the network with what other software computed: the input, and what came out of it or of any layers.
  ///
  /// - Parameters:
  ///   - arrays: `input`, and `output` or results of layers by their paths, for an ONNX model also by the file's names;
  ///     images as N×C×H×W or N×H×W×C.
  ///   - path: of the file that has them, for errors.
  /// - Errors: no input, or one of another shape or with what is no number; no array that a layer has the name of; one for
  ///   other examples, or with what is no number where the network gives one.
  package func verify(against arrays: [String: Tensor], path: String) throws -> Verification {
    let named = arrays["input"] != nil ? "input" : (model as? ONNXModel)?.inputName ?? "input"
    guard let given = arrays[named] else {
      throw NetworkError(
        "\(path): there is no array 'input', only \(arrays.keys.sorted().map { "'\($0)'" }.joined(separator: ", "))")
    }
    if given.elementType.isFloatingPoint, inputElementType.isFloatingPoint, let mistake = given.notFinite {
      throw NetworkError(
        "\(path): 'input' holds \(mistake.value) at index \(mistake.index); give numbers, as a picture has them")
    }
    let inputs = try arrangements(of: given, as: inputShape, path: path)
    guard !inputs.isEmpty else {
      throw NetworkError("\(path): 'input' is \(given.shape); \(name) takes N×\(inputShape), or that with N×C×H×W")
    }
    let traced = try traced(batchSize: given.shape[0])
    let results = traced.results(named: (model as? ONNXModel)?.layersByResult ?? [:])
    let compared = arrays.keys.filter { $0 != named && results[$0] != nil }.sorted {
      (results[$0]!, $0) < (results[$1]!, $1)
    }
    guard !compared.isEmpty else {
      throw NetworkError(
        "\(path): no array but the input is called 'output' or as a layer of \(name): see `fovea summary` for the names"
      )
    }
    // Where height, width and channels are alike, only the results tell which order the input has.
    var found: [Verification] = []
    for input in inputs {
      let examination = Examination(
        graph: traced.graph, path: path, input: input, parameters: parameters, backend: backend,
        wanted: compared.map { .init(name: $0, node: results[$0]!, array: arrays[$0]!) })
      let verification = try examination.verification(ignored: arrays.keys.filter { $0 != named && results[$0] == nil })
      if verification.difference == nil { return verification }
      found.append(verification)
    }
    return found.max { $0.agreeing.count < $1.agreeing.count }!
  }

  /// - Errors: numbers that are not whole for a model that takes such.
  private func arrangements(of array: Tensor, as example: Shape, path: String) throws -> [Tensor] {
    guard array.shape.rank >= 1, array.shape[0] > 0 else { return [] }
    let input = Tensor.matching(array, Shape([array.shape[0]] + example.dimensions))
    guard inputElementType == .int32 else {
      return input.map { $0.elementType == .float32 ? $0 : Tensor($0.floats, shape: $0.shape) }
    }
    return try input.map { input in
      if input.elementType == .int32 { return input }
      let numbers = input.floats.compactMap { Int32(exactly: $0) }
      guard numbers.count == input.shape.count else {
        throw NetworkError("\(path): 'input' has numbers that are not whole, which \(name) takes: save it as int32")
      }
      return Tensor(numbers, shape: input.shape)
    }
  }
}

extension Tensor {
  /// The array in each order of axes in which it has `shape`, its own first: as it is, or from N×C×spatial….
  static func matching(_ array: Tensor, _ shape: Shape) -> [Tensor] {
    var found = array.shape == shape ? [array] : []
    let (rank, sizes) = (array.shape.rank, array.shape.dimensions)
    if rank >= 3, [sizes[0]] + sizes[2...] + [sizes[1]] == shape.dimensions {
      found.append(array.permuted([0] + (2..<rank) + [1]))
    }
    // Axes of 1 more or less.
    let (plain, wanted) = (sizes.filter { $0 != 1 }, shape.dimensions.filter { $0 != 1 })
    if found.isEmpty, plain == wanted { found.append(array.reshaped(to: shape)) }
    return found
  }
}

extension TracedModel {
  /// The nodes whose results are called something: by layer, by the file's name of a layer's result, and `output`.
  fileprivate func results(named layersByResult: [String: String]) -> [String: Graph.NodeID] {
    var results: [String: Graph.NodeID] = [:]
    for layer in layers where !layer.path.isEmpty { results[layer.path] = layer.output }
    for (name, path) in layersByResult { results[name] = results[path] ?? results[name] }
    for output in graph.outputs { results[output.name] = output.node }
    return results
  }
}
