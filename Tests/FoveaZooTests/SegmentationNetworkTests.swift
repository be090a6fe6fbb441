import FoveaLayers
import FoveaZoo
import Testing

/// torchvision's numbers; of the deconvolution network the sum over its table 2, about 252 million in the paper.
@Test(arguments: [
  ("fcn-resnet50", 32_957_013), ("fcn-resnet50:aux=1", 35_322_218), ("fcn-resnet101", 51_949_141),
  ("fcn-resnet101:aux=1", 54_314_346), ("deconvnet", 251_805_653),
])
func `networks for segmentation have the published number of parameters, and scores for each pixel`(
  name: String, parameters: Int
) throws {
  let entry = try Catalogue.entry(for: name)
  let input = try #require(entry.input)
  let traced = try trace(entry.make(), input: input)
  #expect(traced.summary.parameters == parameters)
  #expect(traced.outputShape == [input[0], input[1], 21])
}

@Test func `the last two stages of FCN keep height and width, with dilated windows`() throws {
  let traced = try trace(FCN(), input: [65, 97, 3])
  #expect(traced.outputShape == [65, 97, 21])
  let stages = (1...4).map { stage in
    traced.layers.first { $0.path == "backbone.layer\(stage)" }?.outputShape.ofExample
  }
  #expect(stages == [[17, 25, 256], [9, 13, 512], [9, 13, 1024], [9, 13, 2048]])
  let dilations = traced.graph.nodes.filter { $0.path.hasSuffix("conv2") }
    .compactMap { ($0.operation as? Op.Convolution)?.window.dilations[0] }
  #expect(dilations == [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 4, 4])
}

@Test func `FCN's auxiliary head reads the third stage`() throws {
  let traced = try trace(FCN(hasHead: true), input: [64, 64, 3])
  let head = try #require(traced.layers.first { $0.path == "aux_classifier" })
  #expect(head.inputShape == [1, 8, 8, 1024])
  #expect(traced.graph.parameters.contains { $0.parameter.path == "aux_classifier.4.weights" })
}

@Test func `the deconvolution network narrows to one position and unpools to where it pooled`() throws {
  let traced = try trace(DeconvNet(), input: [224, 224, 3])
  #expect(traced.layers.first { $0.path == "fc7" }?.outputShape.ofExample == [1, 1, 4096])
  let unpooled = traced.layers.filter { $0.kind == "MaxUnpool2D" }.map(\.outputShape.ofExample)
  #expect(unpooled == [[14, 14, 512], [28, 28, 512], [56, 56, 256], [112, 112, 128], [224, 224, 64]])
  // Sides that no pooling halves come back as they were.
  #expect(try trace(DeconvNet(), input: [231, 250, 3]).outputShape == [231, 250, 21])
}

@Test func `inputs that are too small or no images are mistakes, not crashes`() {
  #expect(throws: ModelError.self) { try trace(DeconvNet(), input: [64, 64, 3]) }
  #expect(throws: ModelError.self) { try trace(DeconvNet(), input: [1, 1, 3]) }
  #expect(throws: ModelError.self) { try trace(DeconvNet(), input: [224]) }
  #expect(throws: ModelError.self) { try trace(FCN(), input: [224]) }
  #expect(throws: ModelError.self) { try trace(InceptionV3(hasHead: true), input: [139, 139, 3]) }
  #expect(throws: ModelError.self) { try trace(InceptionResNetV2(), input: [32, 32, 3]) }
}
