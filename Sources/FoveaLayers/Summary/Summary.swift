/// The layer table of a model: for one example, whatever the batch.
public struct Summary: Hashable, Sendable, Codable {
  /// A layer that holds no others, or that has parameters or multiply-adds besides those of the layers in it.
  public struct Row: Hashable, Sendable, Codable {
    public var path: String
    /// The type's name, e.g. `Conv2D`.
    public var kind: String
    /// The shape of one example.
    public var output: Shape
    /// The numbers that training changes: weights, biases.
    public var parameters: Int
    /// The numbers that are kept but not trained: running means and variances.
    public var nonTrainable: Int
    public var multiplyAdds: Int
    /// The bytes of the output.
    public var activationBytes: Int
    /// The height and width that one position sees, padding included; `nil` if it depends on no image.
    public var receptiveField: [Int]?
    /// How far apart in the input neighbouring positions look.
    public var step: [Int]?
  }

  public var parameters: Int
  public var nonTrainable: Int
  public var multiplyAdds: Int
  /// The sum over the rows: what the way back needs at most. What a program really takes is known from its plan.
  public var activationBytes: Int
  public var layers: [Row]
}

extension Summary {
  public init(_ model: TracedModel) {
    let graph = model.graph
    let fields = graph.receptiveFields
    let isNeeded = graph.ancestors(of: graph.roots)
    layers = model.layers.compactMap { layer in
      let own = layer.nodes.filter { graph.nodes[$0].path == layer.path }
      let counts = Counts(of: own, in: graph, where: isNeeded)
      guard layer.isLeaf || counts.parameters + counts.nonTrainable + counts.multiplyAdds > 0 else { return nil }
      let output = layer.outputShape.ofExample
      let elementType = layer.output.map { graph.nodes[$0].elementType } ?? .float32
      let field = layer.output.flatMap { fields[$0] }?.axes
      return Row(
        path: layer.path.isEmpty ? layer.kind : layer.path, kind: layer.kind, output: output,
        parameters: counts.parameters, nonTrainable: counts.nonTrainable,
        multiplyAdds: counts.multiplyAdds / model.batchSize, activationBytes: output.count * elementType.byteCount,
        receptiveField: field?.map(\.size), step: field?.map(\.step))
    }
    let all = Counts(of: graph.nodes.indices, in: graph, where: isNeeded)
    (parameters, nonTrainable) = (all.parameters, all.nonTrainable)
    multiplyAdds = all.multiplyAdds / model.batchSize
    activationBytes = layers.reduce(0) { $0 + $1.activationBytes }
  }

  private struct Counts {
    var parameters = 0
    var nonTrainable = 0
    var multiplyAdds = 0

    /// - Parameter isNeeded: for each node, whether it is computed: auxiliary heads are not.
    init(of nodes: some Sequence<Graph.NodeID>, in graph: Graph, where isNeeded: [Bool]) {
      for id in nodes {
        guard let parameter = graph.nodes[id].operation as? Op.Parameter else { continue }
        if parameter.isTrainable {
          parameters += parameter.shape.count
        } else {
          nonTrainable += parameter.shape.count
        }
      }
      multiplyAdds = graph.multiplyAdds(of: nodes.filter { isNeeded[$0] })
    }
  }
}

extension TracedModel {
  public var summary: Summary { Summary(self) }
}
