import FoveaLayers
import FoveaZoo
import Testing

/// He et al. 2015, table 6: 0.27, 0.46, 0.66, 0.85 and 1.7 million parameters; exactly, with option-A shortcuts and
/// without running statistics: 3·3·3·16 + 2·16 for the stem, 9·(I + F)·F + 4·F for each block, 64·10 + 10 at the end.
@Test(arguments: [(20, 269_722), (32, 464_154), (44, 658_586), (56, 853_018), (110, 1_727_962)])
func `the published parameter counts`(depth: Int, parameters: Int) throws {
  let entry = try Catalogue.entry(for: "resnet\(depth)")
  let traced = try trace(entry.make(), input: [32, 32, 3])
  #expect(traced.summary.parameters == parameters)
  #expect(traced.outputShape == [10])
  let weighted = traced.graph.parameters.filter { $0.parameter.path.hasSuffix("weights") }
  #expect(weighted.count == depth)
}

@Test func `ResNet-20: paths, stages and multiply-adds`() throws {
  let traced = try trace(ResNetCIFAR(depth: 20), input: [32, 32, 3])
  let paths = traced.graph.parameters.map(\.parameter.path).filter { $0.hasSuffix("weights") }
  let blocks = (1...3).flatMap { stage in (0..<3).map { block in "layer\(stage).\(block)" } }
  let convolutions = blocks.flatMap { ["\($0).conv1.weights", "\($0).conv2.weights"] }
  #expect(paths == ["conv1.weights"] + convolutions + ["linear.weights"])
  #expect(traced.graph.parameters.contains { $0.parameter.path == "layer2.0.bn1.moving_variance" })
  let stages = traced.layers.filter { $0.depth == 1 && $0.path.hasPrefix("layer") }
  #expect(
    stages.map { Shape(Array($0.outputShape.dimensions.dropFirst())) } == [[32, 32, 16], [16, 16, 32], [8, 8, 64]])
  // 442,368 for the stem; six convolutions of 2,359,296 at 32×32, then one of half that and five, twice; 640.
  #expect(traced.summary.multiplyAdds == 442_368 + 6 * 2_359_296 + 2 * (1_179_648 + 5 * 2_359_296) + 640)
}

@Test func `ResNet-20: a shortcut that halves takes every second pixel and adds as many zero channels on both sides`()
  throws
{
  let graph = try trace(ResNetCIFAR(depth: 20), input: [32, 32, 3]).graph
  let pools = graph.nodes.compactMap { ($0.operation as? Op.AveragePool)?.window }
  #expect(pools == [Window](repeating: Window(size: [1, 1], strides: [2, 2]), count: 2))
  let pads = graph.nodes.compactMap { $0.operation as? Op.Pad }
  #expect(pads.map(\.before) == [[0, 0, 0, 8], [0, 0, 0, 16]])
  #expect(pads.map(\.after) == [[0, 0, 0, 8], [0, 0, 0, 16]])
}

@Test func `another number of classes changes the last layer alone`() throws {
  for entry in Catalogue.entries where entry.classes != nil {
    let input = try #require(entry.input)
    // Of a U-Net there is one score for each class at every position.
    let type = entry.elementType
    #expect(try trace(entry.make(classes: 7), input: input, elementType: type).outputShape.channels == 7)
    #expect(try trace(entry.make(), input: input, elementType: type).outputShape.channels == entry.classes!)
  }
}
