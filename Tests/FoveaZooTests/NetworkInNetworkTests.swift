import FoveaLayers
import FoveaZoo
import Testing

/// As many as the authors' Caffe files have: 29.0 and 3.7 MiB.
@Test(
  arguments: [
    ("nin", 7_595_176, [[54, 54, 96], [27, 27, 96], [27, 27, 256], [13, 13, 256], [13, 13, 384], [6, 6, 384]]),
    ("nin-cifar", 966_986, [[32, 32, 96], [16, 16, 96], [16, 16, 192], [8, 8, 192]]),
  ] as [(String, Int, [Shape])])
func `network in network: parameters, and the maps before and after each pooling`(
  name: String, parameters: Int, maps: [Shape]
) throws {
  let entry = try Catalogue.entry(for: name)
  let traced = try trace(entry.make(), input: try #require(entry.input))
  #expect(traced.summary.parameters == parameters)
  #expect(traced.outputShape.count == entry.classes)
  let pools = traced.layers.filter { ["MaxPool2D", "AveragePool2D"].contains($0.kind) }
  #expect(pools.flatMap { [$0.inputShape.ofExample, $0.outputShape.ofExample] } == maps)
  #expect(!traced.graph.nodes.contains { $0.operation is Op.MatrixProduct })
}
