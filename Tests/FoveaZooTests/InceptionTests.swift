import FoveaLayers
import FoveaZoo
import Testing

/// torchvision's numbers, timm's, that of pretrainedmodels' `bninception`; of GoogLeNet as in the paper those of the
/// authors' Caffe model, without heads (T18) and with them.
@Test(arguments: [
  ("googlenet", 6_624_904), ("googlenet:aux=1", 13_004_888), ("googlenet-2014", 6_998_552),
  ("googlenet-2014:aux=1", 13_378_280), ("inception-v2", 11_295_240), ("inception-v3", 23_834_568),
  ("inception-v3:aux=1", 27_161_264), ("inception-resnet-v2", 55_843_464), ("xception", 22_855_952),
])
func `Inceptions have the published number of parameters`(name: String, parameters: Int) throws {
  let entry = try Catalogue.entry(for: name)
  let traced = try trace(entry.make(), input: try #require(entry.input))
  #expect(traced.summary.parameters == parameters)
  #expect(traced.outputShape == [1000])
  #expect(try trace(entry.make(classes: 7), input: #require(entry.input)).outputShape == [7])
}

/// The sizes that the papers' tables and figures give, after the stem, each reduction, and the last module.
@Test(
  arguments: [
    (
      "googlenet-2014", ["inception3a", "inception4a", "inception5b"], [[28, 28, 256], [14, 14, 512], [7, 7, 1024]]
    ),
    (
      "inception-resnet-v2", ["mixed_5b", "repeat", "mixed_6a", "mixed_7a", "conv2d_7b"],
      [[35, 35, 320], [35, 35, 320], [17, 17, 1088], [8, 8, 2080], [8, 8, 1536]]
    ),
    (
      "xception", ["block1", "block2", "block3", "block11", "block12"],
      [[74, 74, 128], [37, 37, 256], [19, 19, 728], [19, 19, 728], [10, 10, 1024]]
    ),
  ] as [(String, [String], [Shape])])
func `the maps of Inceptions are as their papers have them`(name: String, paths: [String], maps: [Shape]) throws {
  let entry = try Catalogue.entry(for: name)
  let traced = try trace(entry.make(), input: try #require(entry.input))
  let found = paths.map { path in traced.layers.first { $0.path == path }?.outputShape.ofExample }
  #expect(found == maps)
}

/// Figure 5 of the paper; it says 576 for 4c, whose own columns add up to 608.
@Test func `the modules of Inception v2 give as many channels as its figure says`() throws {
  let traced = try trace(InceptionV2(), input: [224, 224, 3])
  let joined = traced.graph.nodes.filter { $0.operation is Op.Concatenate && $0.shape.rank == 4 }.map(\.shape.ofExample)
  #expect(
    joined == [
      [28, 28, 256], [28, 28, 320], [14, 14, 576], [14, 14, 576], [14, 14, 576], [14, 14, 608], [14, 14, 608],
      [7, 7, 1056], [7, 7, 1024], [7, 7, 1024],
    ])
}

@Test func `GoogLeNet of 2014 has 5×5 convolutions, normalises twice, and its heads see 4×4`() throws {
  let traced = try trace(Catalogue.entry(for: "googlenet-2014:aux=1").make(), input: [224, 224, 3])
  let sizes = traced.graph.nodes.compactMap { ($0.operation as? Op.Convolution)?.window.size }
  #expect(sizes.count { $0 == [5, 5] } == 9 && sizes.count { $0 == [3, 3] } == 10)
  #expect(traced.graph.nodes.count { $0.operation is Op.LocalResponseNorm } == 2)
  let shapes = Dictionary(
    uniqueKeysWithValues: traced.graph.parameters.map { ($0.parameter.path, $0.parameter.shape) })
  #expect(
    shapes["aux1.conv.conv.weights"] == [1, 1, 512, 128] && shapes["aux2.conv.conv.weights"] == [1, 1, 528, 128])
  #expect(shapes["aux1.fc1.weights"] == [2048, 1024])
}

@Test func `heads cost nothing where nothing is trained`() throws {
  for (name, input) in [("googlenet", [224, 224, 3]), ("inception-v3", [299, 299, 3])] as [(String, Shape)] {
    let plain = try trace(Catalogue.entry(for: name).make(), input: input)
    let headed = try trace(Catalogue.entry(for: name + ":aux=1").make(), input: input)
    #expect(plain.summary.multiplyAdds == headed.summary.multiplyAdds)
    var graph = headed.graph
    graph.removeDeadNodes()
    #expect(graph.parameters.count == plain.graph.parameters.count)
    #expect(graph.parameters.count < headed.graph.parameters.count)
  }
}

@Test func `files by the names of Caffe's GoogLeNet fit`() throws {
  let entry = try Catalogue.entry(for: "googlenet-2014:aux=1")
  let translate = try #require(entry.otherNames.first)
  let expected = [
    "conv1/7x7_s2.weight": "conv1.conv.weight", "conv2/3x3.bias": "conv3.conv.bias",
    "inception_3a/1x1.weight": "inception3a.branch1.conv.weight",
    "inception_4e/5x5_reduce.bias": "inception4e.branch3.0.conv.bias",
    "inception_5b/pool_proj.weight": "inception5b.branch4.1.conv.weight", "loss1/conv.weight": "aux1.conv.conv.weight",
    "loss2/fc.bias": "aux2.fc1.bias", "loss2/classifier.bias": "aux2.fc2.bias", "loss3/classifier.weight": "fc.weight",
    "inception_3a/7x7.weight": "inception_3a/7x7.weight", "conv1": "conv1",
  ]
  for (name, ours) in expected { #expect(translate(name) == ours) }
}
