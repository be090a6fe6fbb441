package import FoveaCore
package import FoveaFormats
public import FoveaGraph
public import FoveaLayers

/// A network out of an ONNX file, as a layer: what its nodes compute, the weights by the file's names.
///
/// - Shapes: `N×H×W×C` → the file's first output, as `N×H×W×C` too where it is an image, where the file has N×C×H×W;
///   a row of numbers for each example where it has such, or N×C×1×1. Parameters: the file's floats.
/// - Errors: shapes that the nodes do not take, each with the node's name.
/// - Source: ONNX's specification, "IR.md" and "Operators.md".
public struct ONNXModel: Layer {
  package let graph: ONNXGraph
  /// The file that holds it.
  package let structure: Structure
  let names: ONNXNames
  /// The floats that are numbers of the graph, such as bounds and scales, not parameters.
  let constants: Set<String>
  /// Whether the input has its channels last in the file already.
  let takesChannelsLast: Bool

  /// What says how the nodes hang together.
  package enum Structure: Sendable {
    /// An ONNX file, which has the weights too.
    case file(String)
    /// The content of one without them.
    case bytes([UInt8])
  }

  /// - Parameters:
  ///   - path: an ONNX file.
  ///   - input: the shape of one example, H×W×C; where the file has fixed sizes they count.
  ///   - isStripped: whether it is the part of a model file, with its weights elsewhere.
  /// - Errors: those of the file; operators that are not read, all of them with their nodes; several inputs; an input of unknown size.
  package init(contentsOf path: String, input: Shape? = nil, isStripped: Bool = false) throws(FormatError) {
    let graph = try ONNXFile.read(path, isStripped: isStripped)
    structure = isStripped ? .bytes(try ONNXFile.bytes(path)) : .file(path)
    (self.graph, names) = (graph, ONNXNames(graph))
    let readers = graph.nodes.filter { $0.inputs.contains(graph.inputs.first?.name ?? "") }
    takesChannelsLast =
      !readers.isEmpty
      && readers.allSatisfy { reader in
        guard reader.type == "Transpose", case .integers(let order)? = reader.attributes["perm"] else { return false }
        return order == [0, order.count - 1] + (1..<max(order.count - 1, 1))
      }
    let shape: Shape
    do throws(FormatError) {
      shape = try Self.onlyInputShape(graph, takesChannelsLast: takesChannelsLast, input: input, path: path)
    } catch {
      // Operators that are not read weigh more.
      try graph.checkOperators(path)
      throw error
    }
    // A trial tells which floats are asked for as numbers, such as the scales of a resize, and what is not read.
    let port = graph.inputs[0]
    let builder = GraphBuilder(isTraining: false)
    let trial = GraphImport(graph, names: names, builder: builder)
    let x = builder.input(
      "input", shape: Shape([port.declaredBatch ?? 1] + shape.dimensions),
      elementType: port.type.isFloatingPoint ? .float32 : .int32)
    trial.set(port.name, to: LaidOut(x, isChannelsLast: x.rank >= 3 && !takesChannelsLast))
    trial.run()
    try graph.checkOperators(path, refused: trial.refused)
    constants = trial.asked
  }

  /// The shape of one example of the only input.
  ///
  /// - Errors: several inputs; one of another type, or of unknown size.
  private static func onlyInputShape(
    _ graph: ONNXGraph, takesChannelsLast: Bool, input: Shape?, path: String
  ) throws(FormatError) -> Shape {
    guard graph.inputs.count == 1 else {
      throw FormatError(
        .unsupported, path,
        "it has \(counted(graph.inputs.count, "input")) and \(counted(graph.outputs.count, "output")), a model has one input; "
          + "`fovea run` takes any number")
    }
    let port = graph.inputs[0]
    guard port.type.isFloatingPoint || [.int32, .int64].contains(port.type) else {
      throw FormatError(.unsupported, path, "its input is of \(port.type); floats and integers are read")
    }
    return try exampleShape(port, takesChannelsLast: takesChannelsLast, input: input, path: path)
  }

  /// The names that the floats have in the file, by the paths of the parameters.
  package var parameterNames: [String: String] {
    var result: [String: String] = [:]
    for (name, path) in names.parameters where isParameter(name) { result[path] = name }
    return result
  }

  /// What the file calls its input.
  package var inputName: String { graph.inputs[0].name }

  /// What the file calls the outputs that are no part of the model, which has its first.
  package var otherOutputs: [String] { graph.outputs.dropFirst().map(\.name) }

  /// The layers whose results the file has names for, by these names.
  package var layersByResult: [String: String] {
    var layers: [String: String] = [:]
    for (node, layer) in zip(graph.nodes, names.layers) { layers[node.outputs.first ?? ""] = layer }
    return layers
  }

  private func isParameter(_ name: String) -> Bool {
    graph.initializers[name].map { !$0.isInteger } == true && !constants.contains(name)
  }

  /// The parameters as the file has them, those that lie in another file left out.
  package var parameters: [String: Tensor] {
    parameterNames.compactMapValues { graph.initializers[$0]?.tensor }
  }

  /// The content of an ONNX file with the nodes and without the parameters, which are said to lie in `location`.
  package func stripped(location: String) throws(FormatError) -> [UInt8] {
    switch structure {
    case .bytes(let bytes): bytes
    case .file(let path): try ONNXFile.stripped(path, of: parameterNames.values.sorted(), location: location)
    }
  }

  /// The size of the batches for which the file was made, if it says so.
  package var declaredBatch: Int? { graph.inputs[0].declaredBatch }

  /// What the file's input is made of.
  package var inputElementType: ElementType { graph.inputs[0].type.isFloatingPoint ? .float32 : .int32 }

  /// Of one example.
  package func inputShape(_ wanted: Shape?, path: String) throws(FormatError) -> Shape {
    try Self.exampleShape(graph.inputs[0], takesChannelsLast: takesChannelsLast, input: wanted, path: path)
  }

  private static func exampleShape(
    _ port: ONNXPort, takesChannelsLast: Bool, input: Shape?, path: String
  ) throws(FormatError) -> Shape {
    guard let dimensions = port.dimensions, dimensions.count >= 2 else {
      guard let input else {
        throw FormatError(.unsupported, path, "its input '\(port.name)' has no shape; give it with --input")
      }
      return input
    }
    var example = Array(dimensions.dropFirst())
    if example.count >= 2, !takesChannelsLast { example.append(example.removeFirst()) }
    let fits =
      input.map { input in
        input.rank == example.count && zip(input.dimensions, example).allSatisfy { $1 == nil || $0 == $1 }
      } ?? !example.contains(nil)
    guard fits else {
      let text = example.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
      throw FormatError(
        .unsupported, path,
        input.map { "it takes \(text), not \($0)" } ?? "it takes \(text): give the sizes with --input")
    }
    return input ?? Shape(example.compactMap(\.self))
  }

  public func forward(_ x: Value) -> Value {
    let batch = graph.inputs[0].declaredBatch.map { (declared: $0, present: x.shape.dimensions.first ?? 1) }
    let importer = GraphImport(graph, names: names, constants: constants, batch: batch, builder: x.builder)
    importer.set(graph.inputs[0].name, to: LaidOut(x, isChannelsLast: x.rank >= 3 && !takesChannelsLast))
    importer.run()
    guard let output = importer.output(graph.outputs[0].name) else { return x.builder.invalid }
    // Scores for classes, with axes of 1 behind them.
    if output.rank > 2, output.shape.dimensions.dropFirst(2).allSatisfy({ $0 == 1 }) {
      return output.inOrder.reshaped(to: Shape(Array(output.shape.dimensions.prefix(2))))
    }
    return takesChannelsLast ? output.inOrder : output.channelsLast
  }
}

extension ONNXPort {
  /// The size of the batches for which the file was made, if it says so.
  package var declaredBatch: Int? { dimensions?.first ?? nil }
}
