package import FoveaCore
package import FoveaFormats
package import FoveaGraph

/// An ONNX graph for certain arrays: any number of inputs and outputs, by the file's names and in its order of axes.
///
/// What an operator needs to know before, such as the shape that a reshape is given, may come from the arrays.
package struct ONNXCall: Sendable {
  package let graph: Graph
  package let parameters: [String: Tensor]
  /// Outputs that are positions of a max pooling.
  private let switches: [String: Switches]

  /// What the file says that its outputs are made of.
  package let outputTypes: [String: ONNXType]

  private struct Switches: Sendable {
    /// The spatial sizes of what was pooled.
    var sizes: [Int]
    var countsColumnsFirst: Bool
  }

  /// - Parameter path: of the file, for errors.
  /// - Errors: an input that no array is for, or another type or shape; operators that are not read, all of them; every
  ///   node that does not take what it gets.
  package init(_ source: ONNXGraph, arrays: [String: Tensor], path: String) throws {
    let trial: (builder: GraphBuilder, importer: GraphImport)
    do {
      trial = try Self.traced(source, arrays: arrays, constants: [], path: path)
    } catch {
      // Operators that are not read weigh more.
      try source.checkOperators(path)
      throw error
    }
    try source.checkOperators(path, refused: trial.importer.refused)
    let asked = trial.importer.asked
    let (builder, importer) =
      asked.isEmpty ? trial : try Self.traced(source, arrays: arrays, constants: asked, path: path)
    var switches: [String: Switches] = [:]
    for port in source.outputs {
      guard let output = importer.output(port.name) else { continue }
      switches[port.name] = output.pooledSizes.map {
        Switches(sizes: $0, countsColumnsFirst: output.countsColumnsFirst)
      }
      builder.output(port.name, output.inOrder)
    }
    graph = try builder.finish()
    self.switches = switches
    outputTypes = Dictionary(source.outputs.map { ($0.name, $0.type) }) { first, _ in first }
    let names = ONNXNames(source)
    var parameters: [String: Tensor] = [:]
    for (name, initializer) in source.initializers where !initializer.isInteger {
      parameters[names.parameters[name]!] = initializer.tensor
    }
    let used = Set(graph.parameters.map(\.parameter.path))
    self.parameters = parameters.filter { used.contains($0.key) }
  }

  private static func traced(
    _ source: ONNXGraph, arrays: [String: Tensor], constants: Set<String>, path: String
  ) throws -> (builder: GraphBuilder, importer: GraphImport) {
    let builder = GraphBuilder(isTraining: false)
    let declared = source.inputs.first?.declaredBatch
    let present = source.inputs.first.flatMap { arrays[$0.name]?.shape.dimensions.first }
    let batch = declared.flatMap { declared in present.map { (declared: declared, present: $0) } }
    let importer = GraphImport(
      source, names: ONNXNames(source), constants: constants, batch: batch, builder: builder)
    for port in source.inputs {
      guard let array = arrays[port.name] else {
        let given = arrays.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
        throw FormatError(
          .usage, path,
          "it has an input '\(port.name)', and there is no such array\(given.isEmpty ? "" : ", only " + given)")
      }
      try check(array, for: port, path: path)
      let known = ONNXTensor(array, type: port.type)
      // Our operations compute with floats; whole numbers say where and how much.
      if array.shape.count == 0 || !port.type.isFloatingPoint {
        importer.set(port.name, known: known)
      } else {
        let input = builder.input(port.name, shape: array.shape, elementType: .float32)
        importer.set(port.name, to: LaidOut(input), known: known)
      }
    }
    importer.run()
    return (builder, importer)
  }

  private static func check(_ array: Tensor, for port: ONNXPort, path: String) throws(FormatError) {
    guard port.type.isRead, array.elementType.isFloatingPoint == port.type.isFloatingPoint else {
      throw FormatError(
        .usage, path, "its input '\(port.name)' is of \(port.type), the array is of \(array.elementType)")
    }
    guard let dimensions = port.dimensions else { return }
    // The batch may be another than the file was made for.
    let fits =
      array.shape.rank == dimensions.count
      && zip(array.shape.dimensions, dimensions).dropFirst().allSatisfy { $1 == nil || $0 == $1 }
    guard fits else {
      let text = dimensions.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
      throw FormatError(.usage, path, "its input '\(port.name)' is \(text), the array is \(array.shape)")
    }
  }

  /// An input as the graph takes it.
  package static func prepared(_ array: Tensor) -> Tensor {
    array.elementType == .float32 ? array : Tensor(array.floats, shape: array.shape)
  }

  /// An output as ONNX has it: whole numbers as such, positions of a max pooling count through the whole tensor.
  package func finished(_ output: Tensor, name: String) -> Tensor {
    if let type = outputTypes[name], type.isRead, !type.isFloatingPoint, output.elementType.isFloatingPoint {
      // Truth values, places of the largest, what was cast.
      let numbers = output.floats.compactMap { Int32(exactly: $0) }
      return numbers.count == output.shape.count ? Tensor(numbers, shape: output.shape) : output
    }
    guard let switches = switches[name], output.elementType == .int32, output.shape.rank >= 2 else { return output }
    let pooled = Shape(switches.sizes).count
    let positions = output.shape.count / (output.shape[0] * output.shape[1])
    let numbers = output.array(of: Int32.self)
    return Tensor(
      numbers.indices.map { index in
        var place = Int(numbers[index])
        if switches.countsColumnsFirst {
          let (row, column) = place.quotientAndRemainder(dividingBy: switches.sizes.last!)
          place = column * (pooled / switches.sizes.last!) + row
        }
        return Int32(truncatingIfNeeded: place + index / positions * pooled)
      }, shape: output.shape)
  }
}

extension ONNXTensor {
  fileprivate init(_ tensor: Tensor, type: ONNXType) {
    let content: Content =
      tensor.elementType.isFloatingPoint
      ? .floats(Tensor(tensor.floats, shape: tensor.shape)) : .integers(tensor.wholeNumbers)
    self.init(shape: tensor.shape, type: type, content: content)
  }
}

extension Tensor {
  /// The elements of a tensor of integers.
  fileprivate var wholeNumbers: [Int] {
    elementType == .int32 ? array(of: Int32.self).map { Int($0) } : floats.map { Int($0) }
  }
}
