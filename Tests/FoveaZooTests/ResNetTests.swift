import FoveaLayers
import FoveaZoo
import Testing

/// torchvision's numbers, and timm's of the models with the activation first.
@Test(arguments: [
  ("resnet18", 11_689_512), ("resnet34", 21_797_672), ("resnet50", 25_557_032), ("resnet101", 44_549_160),
  ("resnet152", 60_192_808), ("resnext50-32x4d", 25_028_904), ("resnext101-32x8d", 88_791_336),
  ("resnext101-64x4d", 83_455_272), ("wide-resnet50-2", 68_883_240), ("wide-resnet101-2", 126_886_696),
  ("resnet18-v2", 11_687_720), ("resnet34-v2", 21_795_880), ("resnet50-v2", 25_549_352),
  ("resnet101-v2", 44_541_480), ("resnet152-v2", 60_185_128),
])
func `residual networks for ImageNet have the published number of parameters`(name: String, parameters: Int) throws {
  let entry = try Catalogue.entry(for: name)
  #expect(entry.input == [224, 224, 3])
  let traced = try trace(entry.make(), input: [224, 224, 3])
  #expect(traced.summary.parameters == parameters)
  #expect(traced.outputShape == [1000])
  // The convolutions and the dense layer on the way through, by which a ResNet is called; projections lie beside it.
  let weighted = traced.graph.parameters.map(\.parameter.path).filter {
    $0.hasSuffix("weights") && !$0.contains("downsample")
  }
  let depth = name.drop { !$0.isNumber }.prefix { $0.isNumber }
  #expect(weighted.count == Int(depth))
}

@Test func `the stages of ResNet-50 halve height and width, with the stride in the 3×3`() throws {
  let traced = try trace(Catalogue.entry(for: "resnet50").make(), input: [224, 224, 3])
  let stages = traced.layers.filter { $0.depth == 1 && $0.path.hasPrefix("layer") }
  #expect(stages.map(\.outputShape.ofExample) == [[56, 56, 256], [28, 28, 512], [14, 14, 1024], [7, 7, 2048]])
  let strided = traced.graph.nodes.filter { ($0.operation as? Op.Convolution)?.window.strides == [2, 2] }.map(\.path)
  #expect(
    strided == [
      "conv1", "layer2.0.conv2", "layer2.0.downsample.0", "layer3.0.conv2", "layer3.0.downsample.0", "layer4.0.conv2",
      "layer4.0.downsample.0",
    ])
}

@Test func `ResNet-18-v2: the first stage has no projection, and nothing follows a sum but the next unit`() throws {
  let traced = try trace(Catalogue.entry(for: "resnet18-v2:input=64").make(), input: [64, 64, 3])
  let paths = traced.graph.parameters.map(\.parameter.path)
  #expect(paths.filter { $0.contains("downsample") } == (1...3).map { "stages.\($0).blocks.0.downsample.conv.weights" })
  #expect(paths.contains("stages.0.blocks.0.norm1.scale") && paths.contains("head.fc.weights"))
  let sums = traced.graph.nodes.indices.filter { traced.graph.nodes[$0].operation is Op.Add && $0 > 0 }
    .filter { traced.graph.nodes[$0].shape.rank == 4 }
  #expect(sums.count == 8)
  for sum in sums {
    let readers = traced.graph.nodes.filter { $0.inputs.contains(sum) }
    #expect(readers.allSatisfy { !($0.operation is Op.ReLU) })
  }
}
