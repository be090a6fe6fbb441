import FoveaCompiler
import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers
import FoveaNetwork

/// A small computation that was run by the fast backend and can be taken apart.
struct Experiment {
  private let explainer: Explainer
  private let output: Graph.NodeID
  let shape: Shape
  /// What the program computed.
  let values: [Double]

  /// A layer on one example.
  ///
  /// - Parameters:
  ///   - input: one example, without the batch.
  ///   - parameters: by their names in the layer; the others are as the layer initialises them.
  init(_ layer: some Layer, _ input: Tensor, _ parameters: [String: Tensor] = [:], isTraining: Bool = false) throws {
    try self.init(["input": input.reshaped(to: Shape([1] + input.shape.dimensions))], parameters, isTraining) {
      layer.forward($0["input"]!)
    }
  }

  /// Any function of some tensors, by name.
  init(
    _ inputs: [String: Tensor], _ parameters: [String: Tensor] = [:], _ isTraining: Bool = false,
    _ body: ([String: Value]) -> Value
  ) throws {
    let builder = GraphBuilder(isTraining: isTraining)
    var arguments: [String: Value] = [:]
    for (name, tensor) in inputs.sorted(by: { $0.key < $1.key }) {
      arguments[name] = builder.input(name, shape: tensor.shape, elementType: tensor.elementType)
    }
    let result = body(arguments)
    builder.output("output", result)
    var graph = try builder.finish()
    output = graph.outputs[0].node
    let computed = graph.nodes.indices.filter { !(graph.nodes[$0].operation is any Source) }
    graph.outputs = computed.map { Graph.Output(name: "\($0)", node: $0) }
    graph.updates = []

    var values: [Graph.NodeID: Tensor] = [:]
    for (id, node) in graph.nodes.enumerated() {
      switch node.operation {
      case let input as Op.Input: values[id] = inputs[input.name] ?? Tensor([Int32](repeating: 0, count: 4), shape: [4])
      case let constant as Op.Constant: values[id] = constant.tensor
      case let parameter as Op.Parameter:
        values[id] =
          parameters[parameter.path]
          ?? parameter.initializer.tensor(shape: parameter.shape, path: parameter.path, seed: 0)
      default: break
      }
    }
    let plan = try BackendChoice.onednn.plan(graph, isMeasured: false)
    let known = values
    let results = try ComputeThread.shared.run {
      let all = graph.parameters.map { ($0.parameter.path, known[$0.node]!) }
      let program = try Program(plan, parameters: ParameterStorage(copying: Dictionary(uniqueKeysWithValues: all)))
      for (id, node) in graph.nodes.enumerated() {
        if let input = node.operation as? Op.Input, program.hasInput(input.name) {
          program.setInput(input.name, to: known[id]!)
        }
      }
      program.run()
      return graph.outputs.map { ($0.node, program.output($0.name)) }
    }
    for (id, tensor) in results { values[id] = tensor }
    explainer = Explainer(graph, values: values)
    shape = graph.nodes[output].shape
    self.values = values[output]!.floats.map(Double.init)
  }

  /// The result as rows: the spatial axes of an image of one channel, or a matrix.
  var rows: [[Double]] { channel(0) }

  /// One channel of an image, or a matrix.
  func channel(_ c: Int) -> [[Double]] {
    guard shape.rank >= 3 else {
      let width = shape.channels
      return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    }
    let width = shape[shape.rank - 2]
    let channels = shape.channels
    let ofChannel = stride(from: c, to: values.count, by: channels).map { values[$0] }
    return stride(from: 0, to: ofChannel.count, by: width).map { Array(ofChannel[$0..<$0 + width]) }
  }

  /// The arithmetic of the result, cell by cell, as the last operation that computes anything has it.
  func cells(named name: String = "y") -> [LessonPage.Cell] {
    shape.positions.map { position in
      var element = Explainer.Element(output, position)
      // A number that was only moved is explained where it was computed.
      while let sources = explainer.sourcesIfMove(of: element), sources.count == 1 { element = sources[0] }
      let arithmetic = explainer.arithmetic(of: element)
      // Without a batch of one, and without the channel where there is one.
      var place = position
      if shape.rank > 1, shape[0] == 1 { place.removeFirst() }
      if shape.rank > 2, shape.channels == 1 { place.removeLast() }
      let label = place.isEmpty ? name : "\(name)[\(place.map(String.init).joined(separator: ","))]"
      let views = arithmetic.views.count == 2 ? arithmetic.views.map(\.rows) : []
      return .init(
        name: label, arithmetic: arithmetic.line(limit: 100), value: arithmetic.value, window: views.first,
        kernel: views.last)
    }
  }
}

/// Rows of numbers as an image of one channel, H×W×1.
func image(_ rows: [[Double]]) -> Tensor {
  Tensor(rows.flatMap { $0.map { Float($0) } }, shape: [rows.count, rows[0].count, 1])
}

/// Rows of numbers as a kernel, H×W×1×1.
func kernel(_ rows: [[Double]]) -> Tensor { image(rows).reshaped(to: [rows.count, rows[0].count, 1, 1]) }

/// Numbers as a tensor of this shape.
func tensor(_ numbers: [Double], _ shape: Shape) -> Tensor { Tensor(numbers.map { Float($0) }, shape: shape) }
