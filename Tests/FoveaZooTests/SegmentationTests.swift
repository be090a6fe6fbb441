import FoveaLayers
import FoveaZoo
import Testing

/// Counts of PyTorch's models of the same layers, which `Scripts/zoo-parity.py` has; U-Net's is the lectures' (T22).
///
/// DenseUNet's blocks give 64 + 4·32 channels, halved, and so on: 192, 224, 240, 248, then 252 at the bottom.
@Test(
  arguments: [
    ("unet", 31_030_658, [572, 572, 1], [388, 388, 2]), ("unet-same", 31_030_658, [256, 256, 1], [256, 256, 2]),
    ("unet-small", 538_297, [224, 224, 4], [224, 224, 1]), ("dense-unet", 3_253_147, [256, 256, 1], [256, 256, 3]),
    ("mdunet", 43_424_898, [256, 256, 3], [256, 256, 2]),
    ("probabilistic-unet", 3_631_374, [128, 128, 1], [128, 128, 2]),
    ("unet-small:filters=8-16-24,classes=3,input=64x48", 29_391, [64, 48, 4], [64, 48, 3]),
  ] as [(String, Int, Shape, Shape)])
func `models for segmentation: parameters, and a score for each class at every pixel`(
  name: String, parameters: Int, input: Shape, output: Shape
) throws {
  let entry = try Catalogue.entry(for: name)
  #expect(entry.input == input)
  let traced = try trace(entry.make(), input: input)
  #expect(traced.summary.parameters == parameters)
  #expect(traced.outputShape == output)
}

@Test func `T22: U-Net's maps before each pooling and at the bottom`() throws {
  let traced = try trace(UNet(), input: [572, 572, 1])
  let sizes = traced.layers.filter { $0.kind == "Conv2D" && $0.path.hasSuffix("conv2") }.map { $0.outputShape[1] }
  #expect(sizes == [568, 280, 136, 64, 28, 52, 100, 196, 388])
}

@Test func `A15: every layer of a dense block reads all before it`() throws {
  let traced = try trace(DenseUNet(), input: [64, 64, 1])
  func channels(_ path: String) -> Int? {
    traced.graph.parameters.first { $0.parameter.path == path }?.parameter.shape[2]
  }
  #expect((1...4).map { channels("denseblock1.denselayer\($0).conv1.weights") } == [64, 96, 128, 160])
  // Up, a block reads what its twin on the way down gave, and as many channels from below as that one read.
  #expect(channels("upblock1.denselayer1.conv1.weights") == 192 + 64)
}

@Test func `A16: MDU-Net's convolutions read maps of several scales`() throws {
  let traced = try trace(MDUNet(filters: 1), input: [32, 32, 1])
  func channels(_ path: String) -> Int? {
    traced.graph.parameters.first { $0.parameter.path == "\(path).conv1.weights" }?.parameter.shape[2]
  }
  // Widths are 1, 2, 4, 8, 16; down: the two levels above.
  #expect((1...5).map { channels("down\($0)") } == [1, 1, 2 + 1, 4 + 2, 8 + 4])
  // Up: the way down at this level, the one above and the one below, and two levels from below, each at this width.
  #expect((1...4).map { channels("up\($0)") } == [1 + 3, 2 + 1 + 3 * 2, 4 + 2 + 3 * 4, 8 + 4 + 8])
}

@Test(arguments: ["unet-small", "dense-unet", "mdunet"]) func `a size that a pooling does not halve is told`(
  name: String
)
  throws
{
  let entry = try Catalogue.entry(for: "\(name):input=100x64")
  let error = #expect(throws: ModelError.self) { try trace(entry.make(), input: try #require(entry.input)) }
  #expect(error?.description.contains("use a height and width that every pooling halves") == true)
  #expect(throws: ModelError.self) { try trace(entry.make(), input: [64]) }
}
