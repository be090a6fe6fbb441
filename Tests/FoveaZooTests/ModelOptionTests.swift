import FoveaLayers
import FoveaZoo
import Testing

@Test func `options behind a colon choose outputs, input and what a family lets one choose`() throws {
  let entry = try Catalogue.entry(for: "MobileNet-v1:width=0.5,input=160,classes=1001")
  #expect(entry.name == "mobilenet-v1:classes=1001,input=160,width=0.5")
  #expect(entry.input == [160, 160, 3])
  let traced = try trace(entry.make(), input: [160, 160, 3])
  #expect(traced.outputShape == [1001])
  // What the name says again gives the same entry, as when a model file is opened.
  #expect(try Catalogue.entry(for: entry.name).name == entry.name)
  #expect(try trace(Catalogue.entry(for: "resnet20:classes=7").make(), input: [32, 32, 3]).outputShape == [7])
  #expect(try Catalogue.entry(for: "squeezenet1.1:input=96x128").input == [96, 128, 3])
  // Of a sequence the length comes first, and its numbers for each step only if it has several.
  #expect(try Catalogue.entry(for: "wav2letter-mfcc:input=300").input == [300, 13])
  #expect(try Catalogue.entry(for: "wav2letter-mfcc:input=300x40").input == [300, 40])
  #expect(try Catalogue.entry(for: "textcnn:input=25,vocabulary=99").input == [25])
  // A word is chosen among those that there are.
  #expect(try Catalogue.entry(for: "probabilistic-unet:latent=mean").name == "probabilistic-unet:latent=mean")
}

@Test(arguments: [
  ("resnet20:depth=3", "resnet20 has no option 'depth'; it has classes, input"),
  ("mobilenet-v1:width=9", "'width=9' of mobilenet-v1: give a number, 0.05 to 4.0"),
  ("densenet-cifar:blocks=6-x", "'blocks=6-x' of densenet-cifar: give whole numbers, 1 to 64, such as 16-16-16"),
  ("resnet20:classes=0", "'classes=0' of resnet20: give a whole number, 1 to 1000000"),
  ("resnet20:classes", "'classes' of resnet20: write an option as name=value, such as classes=5"),
  ("resnet20:classes=5,classes=6", "'classes' of resnet20 is given twice"),
  ("resnet20:input=0", "'input=0' of resnet20: give a size such as 160, 160x120 or 160x120x3"),
  ("wav2letter:input=3x4x5", "'input=3x4x5' of wav2letter: give a size such as 100 or 100x13"),
  ("textcnn:input=5x5", "'input=5x5' of textcnn: give a size such as 100"),
  ("probabilistic-unet:latent=max", "'latent=max' of probabilistic-unet: give sample or mean"),
])
func `an option that does not exist, or cannot be, says what may be`(name: String, sentence: String) {
  let error = #expect(throws: ZooError.self) { try Catalogue.entry(for: name) }
  #expect(error?.description == sentence)
}

@Test(arguments: [
  ("squeezenet1.0", 1_248_424), ("squeezenet1.1", 1_235_496), ("densenet121", 7_978_856), ("densenet161", 28_681_000),
  ("densenet169", 14_149_480), ("densenet201", 20_013_928), ("mobilenet-v1", 4_231_976),
  ("mobilenet-v2", 3_504_872), ("mobilenet-v3", 5_483_032), ("mobilenet-v3-small", 2_542_856),
  ("shufflenet-v2", 2_278_604), ("shufflenet-v2:width=0.5", 1_366_792), ("efficientnet-b0", 5_288_548),
  ("convnext-tiny", 28_589_128), ("unet", 31_030_658), ("unet-same", 31_030_658),
])
func `a family has the published number of parameters`(name: String, parameters: Int) throws {
  let entry = try Catalogue.entry(for: name)
  #expect(try trace(entry.make(), input: #require(entry.input)).summary.parameters == parameters)
}
