import FoveaCompiler
public import FoveaCore
public import FoveaData
import FoveaLayers
public import FoveaNetwork
import FoveaZoo

extension Network {
  /// Explains one activation for a picture, which is brought to the model's size first.
  ///
  /// - Parameters:
  ///   - layer: its path, as the summary lists it.
  ///   - position: where in the layer's output: y, x, channel; one number after a flatten.
  /// - Errors: an unknown layer, with the nearest; a position outside of its output; a model that takes no pictures.
  public func explain(_ image: Image, layer: String, at position: [Int]) throws -> Explanation {
    guard let preprocessing else {
      throw NetworkError(
        "\(shortened(name)) takes \(inputText), which is no picture: only models of 1 or 3 channels can be explained "
          + "by one; from Swift, explain an array with explain(_:layer:at:)")
    }
    return try explain(preprocessing.apply(image), layer: layer, at: position)
  }

  /// Explains one activation for a prepared input, H×W×C.
  ///
  /// - Errors: an input of another shape or element type; an unknown layer; a position outside of its output.
  public func explain(_ input: Tensor, layer: String, at position: [Int]) throws -> Explanation {
    guard input.shape == inputShape, input.elementType == inputElementType else {
      throw NetworkError(
        "the input is \(input.shape) of \(input.elementType); \(shortened(name)) takes \(inputText)")
    }
    let traced = try traced()
    let record = try Self.record(of: layer, in: traced.layers)
    try Self.check(position, in: record)
    guard let output = record.output else { preconditionFailure("a layer of a checked model has an output") }

    var graph = traced.graph
    let selection = ExplainedNodes(of: output, in: graph)
    graph.outputs = ([output] + selection.needed.filter { $0 != output }).map {
      Graph.Output(name: "\($0)", node: $0)
    }
    let batch = input.reshaped(to: Shape([1] + inputShape.dimensions))
    let parameters = self.parameters
    let results = try backend.run(graph, on: ["input": batch], parameters: parameters)
    var values: [Graph.NodeID: Tensor] = [:]
    for output in graph.outputs where selection.needed.contains(output.node) {
      values[output.node] = results[output.name]
    }
    for id in selection.sources {
      switch graph.nodes[id].operation {
      case let parameter as Op.Parameter: values[id] = parameters[parameter.path]
      case let constant as Op.Constant: values[id] = constant.tensor
      default: values[id] = batch
      }
    }
    let walk = ExplanationWalk(
      graph: graph, path: graph.nodes[output].path, inside: selection.inside, batchAxes: try batchAxes(of: graph),
      values: values)
    let target = Explainer.Element(output, [0] + position)
    let programValue = results["\(output)"]!.floats[graph.nodes[output].shape.element(at: target.position)]
    let steps = walk.steps(to: target)
    return Explanation(
      model: name, layer: record.path, kind: record.kind,
      formula: record.nodes.isEmpty || steps.count < 2 ? nil : LayerFormula.ofKind[record.kind], at: position,
      shape: record.outputShape.ofExample, steps: steps, field: walk.field(of: target),
      dependsOnInput: walk.dependsOnInput(target), value: walk.explainer.value(of: target),
      programValue: programValue, source: record.nodes.isEmpty ? graph.nameOfLayer(giving: output) : nil)
  }

  /// Of each node, the axis along which the examples of a batch lie: the one that is twice as long for two examples.
  /// Where a reshape has joined it with others there is none.
  private func batchAxes(of graph: Graph) throws -> [Int?] {
    let ofTwo = try traced(batchSize: 2).graph
    return zip(graph.nodes, ofTwo.nodes).map { one, two in
      zip(one.shape.dimensions, two.shape.dimensions).enumerated()
        .first { $0.element.0 == 1 && $0.element.1 == 2 }?.offset
    }
  }

  private static func record(of path: String, in layers: [LayerRecord]) throws -> LayerRecord {
    if let record = layers.last(where: { $0.path == path }) { return record }
    // A model that is a single layer: the summary lists it by its kind.
    if let model = layers.first, model.isLeaf, model.kind == path, !model.nodes.isEmpty { return model }
    let paths = layers.map { $0.path.isEmpty && $0.isLeaf ? $0.kind : $0.path }.filter { !$0.isEmpty }
    throw NetworkError(
      "there is no layer '\(shortened(path))'\(suggestion(for: path, among: paths, otherwise: ";")) `fovea summary` lists them"
    )
  }

  private static func check(_ position: [Int], in record: LayerRecord) throws {
    let shape = record.outputShape.ofExample
    let letters = ["", "c", "x,c", "y,x,c", "z,y,x,c"]
    let axes = shape.rank < letters.count ? letters[shape.rank] : "\(shape.rank) numbers"
    guard position.count == shape.rank else {
      throw NetworkError(
        "\(record.path) gives \(shape): a position in it is \(axes), not \(counted(position.count, "number"))")
    }
    for (axis, place) in position.enumerated() where !(0..<shape[axis]).contains(place) {
      let letter = shape.rank < letters.count ? "\(axes.split(separator: ",")[axis])" : "axis \(axis + 1)"
      throw NetworkError(
        "\(record.path) gives \(shape): \(letter) goes from 0 to \(shape[axis] - 1), \(place) is outside")
    }
  }
}

extension Graph {
  /// The path of the layer that a node belongs to.
  fileprivate func nameOfLayer(giving id: NodeID) -> String {
    nodes[id].operation is Op.Input ? "the input" : nodes[id].path
  }
}
