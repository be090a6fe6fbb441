import FoveaLayers
import FoveaZoo
import Testing

// The lectures' larger models (checklist, section 4) as the catalogue has them: rows, totals, multiply-adds.

private func summary(_ name: String) throws -> Summary {
  let entry = try Catalogue.entry(for: name)
  return try trace(entry.make(), input: try #require(entry.input), elementType: entry.elementType).summary
}

@Test func `T7 and T8: C3 sees three, four or six maps, and the output measures distances`() throws {
  let layers = try summary("lenet5-1998").layers.filter { $0.kind != "Flatten" }
  #expect(layers[2].parameters == 1516 && layers[2].output == [10, 10, 16])
  #expect(layers.last?.output == [10] && layers.last?.parameters == 0 && layers.last?.nonTrainable == 840)
}

@Test func `T10 and T11: AlexNet in one part`() throws {
  let table = try summary("alexnet-ungrouped")
  #expect(
    table.layers.filter { ["Conv2D", "MaxPool2D", "Flatten", "Dense"].contains($0.kind) }.map(\.output) == [
      [55, 55, 96], [27, 27, 96], [27, 27, 256], [13, 13, 256], [13, 13, 384], [13, 13, 384], [13, 13, 256],
      [6, 6, 256], [9216], [4096], [4096], [1000],
    ])
  #expect(
    table.layers.map(\.parameters).filter { $0 > 0 } == [
      34_944, 614_656, 885_120, 1_327_488, 884_992, 37_752_832, 16_781_312, 4_097_000,
    ])
  #expect(table.parameters == 62_378_344)
}

@Test func `T12: 55 rows need 227 pixels without padding, or 224 with 2 more on both sides`() throws {
  #expect(try summary("alexnet-ungrouped").layers.first?.output == [55, 55, 96])
  #expect(try summary("alexnet").layers.first { $0.kind == "Conv2D" }?.output == [55, 55, 64])
  let same = try trace(Conv2D(filters: 96, kernel: 11, strides: 4, padding: .same), input: [224, 224, 3])
  #expect(same.outputShape == [56, 56, 96])
}

@Test func `T13: AlexNet in two groups`() throws {
  let table = try summary("alexnet-2012")
  #expect(table.parameters == 60_965_224)
  #expect(table.layers.filter { $0.parameters > 0 }.reduce(0) { $0 + $1.output.count } == 659_272)
}

@Test func `T14: VGG-16, row by row`() throws {
  let table = try summary("vgg16")
  #expect(
    table.layers.map(\.parameters).filter { $0 > 0 } == [
      1792, 36928, 73856, 147_584, 295_168, 590_080, 590_080, 1_180_160, 2_359_808, 2_359_808, 2_359_808, 2_359_808,
      2_359_808, 102_764_544, 16_781_312, 4_097_000,
    ])
  #expect(table.parameters == 138_357_544)
}

/// The deck counts biases that there are not, and leaves out normalisations and projections: 11,511,784.
@Test func `T16: ResNet-18`() throws {
  let layers = try summary("resnet18").layers
  func parameters(_ isCounted: (Summary.Row) -> Bool) -> Int {
    layers.filter(isCounted).reduce(0) { $0 + $1.parameters }
  }
  #expect(parameters { $0.kind == "Conv2D" && !$0.path.contains("downsample") } == 10_994_880)
  #expect(parameters { $0.kind == "Conv2D" && $0.path.contains("downsample") } == 172_032)
  #expect(parameters { $0.kind == "BatchNorm" && !$0.path.contains("downsample") } == 7808)
  #expect(parameters { $0.kind == "BatchNorm" && $0.path.contains("downsample") } == 1792)
  #expect(parameters { $0.kind == "Dense" } == 513_000)
}

@Test(arguments: [
  ("T15", "vgg11", 132_863_336), ("T15", "vgg11-lrn", 132_863_336), ("T15", "vgg13", 133_047_848),
  ("T15", "vgg16-c", 133_638_952), ("T15", "vgg19", 143_667_240), ("T16", "resnet18", 11_689_512),
  ("T17", "resnet34", 21_797_672), ("T17", "resnet50", 25_557_032), ("T17", "resnet101", 44_549_160),
  ("T17", "resnet152", 60_192_808), ("T18", "googlenet", 6_624_904), ("T19", "densenet121", 7_978_856),
  ("T19", "densenet169", 14_149_480), ("T19", "densenet201", 20_013_928), ("T20", "resnext50-32x4d", 25_028_904),
  ("T22", "unet", 31_030_658), ("T25", "input 32x32x3 - \(tutorial)", 62_006),
])
func `T15 to T25: totals`(row: String, name: String, parameters: Int) throws {
  #expect(try summary(name).parameters == parameters, "\(row)")
}

private let tutorial =
  "conv 6 5 valid - relu - pool - conv 16 5 valid - relu - pool - fc 120 - relu - fc 84 - relu - fc 10"

/// Keras counts the moments, too, and has no scale after the convolutions: a number less for each mean and variance.
@Test func `T21: Inception v3 has Keras' 23.9 million`() throws {
  let table = try summary("inception-v3")
  #expect(table.parameters - table.nonTrainable / 2 + table.nonTrainable == 23_851_784)
}

@Test func `T23: the letters' maps`() throws {
  let sizes = try summary("t23").layers.filter { $0.output.rank == 3 }.map { $0.output[0] }
  #expect(sizes == [24, 12, 8, 4, 1])
}

@Test(arguments: ["resnet18", "squeezenet1.1", "densenet121"]) func `T28: 228×228 fits as well`(name: String) throws {
  let entry = try Catalogue.entry(for: "\(name):input=228")
  #expect(entry.input == [228, 228, 3])
  let traced = try trace(entry.make(), input: [228, 228, 3])
  #expect(try traced.outputShape == [1000] && traced.summary.parameters == summary(name).parameters)
}

@Test(arguments: [
  ("lenet5", 416_520), ("alexnet-ungrouped", 1_135_256_096), ("alexnet-2012", 724_406_816), ("vgg16", 15_470_264_320),
  ("resnet18", 1_814_073_344),
])
func `T29: multiply-adds`(name: String, count: Int) throws { #expect(try summary(name).multiplyAdds == count) }
