import FoveaLayers
import FoveaZoo
import Testing

/// torchvision's number; 60 million in the paper of 2012; the lectures' (T11); ZF-Net's from its fig. 3.
@Test(arguments: [
  ("alexnet", 61_100_840), ("alexnet-2012", 60_965_224), ("alexnet-ungrouped", 62_378_344), ("zfnet", 62_357_608),
])
func `AlexNets have the published number of parameters`(name: String, parameters: Int) throws {
  let entry = try Catalogue.entry(for: name)
  let traced = try trace(entry.make(), input: try #require(entry.input))
  #expect(traced.summary.parameters == parameters)
  #expect(traced.outputShape == [1000])
  #expect(traced.graph.parameters.count { $0.parameter.path.hasSuffix("weights") } == 8)
}

/// Of the paper's 650,000 neurons.
@Test func `AlexNet of 2012 has 659,272 neurons`() throws {
  let layers = try trace(AlexNet2012(), input: [227, 227, 3]).summary.layers.filter { $0.parameters > 0 }
  #expect(layers.reduce(0) { $0 + $1.output.count } == 659_272)
  #expect(
    layers.map(\.output).prefix(5) == [[55, 55, 96], [27, 27, 256], [13, 13, 384], [13, 13, 384], [13, 13, 256]])
}

@Test func `ZF-Net's maps are as in its figure`() throws {
  let layers = try trace(ZFNet(), input: [224, 224, 3]).summary.layers
  let maps = layers.filter { $0.kind == "Conv2D" || $0.kind == "MaxPool2D" }.map { $0.output[0] }
  #expect(maps == [110, 55, 26, 13, 13, 13, 13, 6])
}
