public import FoveaCore

/// What one layer became when it was traced.
public struct LayerRecord: Sendable {
  /// Where: `layer1.0.conv1`; empty for the model itself.
  public let path: String
  /// The type's name, e.g. `Conv2D`.
  public let kind: String
  /// The number of layers around it; 0 for the model itself.
  public let depth: Int
  /// Whether it holds no other layers.
  public package(set) var isLeaf = true
  /// With the batch, as every shape of a graph.
  public let inputShape: Shape
  public package(set) var outputShape: Shape
  /// The node whose result is the layer's; `nil` after a shape error.
  public package(set) var output: Graph.NodeID?
  /// The nodes that it added, with those of the layers in it; empty if it only passed its input on.
  public package(set) var nodes: Range<Graph.NodeID>
}

extension GraphBuilder {
  /// Traces the layer `name` on `input`, and notes what became of it.
  ///
  /// - Parameters:
  ///   - name: what the user called it; otherwise it is called `defaultName_1`, `defaultName_2`, … in its order.
  ///   - kind: the type's name.
  package func layer(
    named name: String?, defaultName: String, kind: String, input: Value, _ body: () -> Value
  ) -> Value {
    scope(named: name, kind: defaultName) { recording(kind: kind, input: input, body) }
  }

  /// Traces `body` as the layer of the present scope; skips it after a shape error in what comes before.
  package func recording(kind: String, input: Value, _ body: () -> Value) -> Value {
    let (position, firstNode) = (layers.count, graph.nodes.count)
    layers.append(
      LayerRecord(
        path: path, kind: kind, depth: depth, inputShape: input.shape, outputShape: input.shape, output: nil,
        nodes: firstNode..<firstNode))
    guard input.isValid else { return input }
    let output = body()
    layers[position].isLeaf = layers.count == position + 1
    layers[position].outputShape = output.shape
    layers[position].output = output.node
    layers[position].nodes = firstNode..<graph.nodes.count
    return output
  }
}
