import FoveaLayers
import FoveaZoo
import Testing

/// torchvision's numbers; those of A-LRN and C follow from table 1 of the paper, which rounds them (133 and 134 million).
@Test(arguments: [
  ("vgg11", 132_863_336, 11), ("vgg11-bn", 132_868_840, 11), ("vgg11-lrn", 132_863_336, 11),
  ("vgg13", 133_047_848, 13), ("vgg13-bn", 133_053_736, 13), ("vgg16", 138_357_544, 16), ("vgg16-bn", 138_365_992, 16),
  ("vgg16-c", 133_638_952, 16), ("vgg19", 143_667_240, 19), ("vgg19-bn", 143_678_248, 19),
])
func `VGG has the published number of parameters and of layers`(name: String, parameters: Int, depth: Int) throws {
  let traced = try trace(Catalogue.entry(for: name).make(), input: [224, 224, 3])
  #expect(traced.summary.parameters == parameters)
  #expect(traced.outputShape == [1000])
  #expect(traced.graph.parameters.count { $0.parameter.path.hasSuffix("weights") } == depth)
  let pools = traced.layers.filter { $0.kind == "MaxPool2D" }.map(\.outputShape.ofExample)
  #expect(pools == [[112, 112, 64], [56, 56, 128], [28, 28, 256], [14, 14, 512], [7, 7, 512]])
}

@Test func `the layers of VGG-16 are numbered as in torchvision`() throws {
  let traced = try trace(VGG([2, 2, 3, 3, 3], .batch), input: [32, 32, 3])
  let paths = traced.graph.parameters.map(\.parameter.path).filter { $0.hasSuffix("weights") }
  let numbers = [0, 3, 7, 10, 14, 17, 20, 24, 27, 30, 34, 37, 40]
  #expect(paths == numbers.map { "features.\($0).weights" } + [0, 3, 6].map { "classifier.\($0).weights" })
}

@Test func `other sizes of input are pooled to the 7×7 that the dense layers take`() throws {
  let traced = try trace(Catalogue.entry(for: "vgg11:input=96x64").make(), input: [96, 64, 3])
  #expect(traced.layers.first { $0.path == "avgpool" }?.outputShape.ofExample == [7, 7, 512])
}
