import FoveaLayers
import FoveaZoo
import Testing

/// torchaudio's counts of Wav2Letter; Kim's network by hand: 18,766·300 + 100·(300·(3 + 4 + 5) + 3) + 300·2 + 2.
@Test(
  arguments: [
    ("wav2letter", 26_211_290, [16000, 1], [51, 40]), ("wav2letter-spectrum", 25_560_540, [200, 201], [101, 40]),
    ("wav2letter-mfcc", 23_304_540, [200, 13], [101, 40]),
    ("wav2letter-mfcc:input=128x128,classes=29", 24_662_529, [128, 128], [65, 29]),
    ("textcnn", 5_990_702, [64], [2]), ("textcnn:vocabulary=99,input=20,classes=6", 392_106, [20], [6]),
  ] as [(String, Int, Shape, Shape)])
func `models for sequences: parameters, and scores for each step or for the whole`(
  name: String, parameters: Int, input: Shape, output: Shape
) throws {
  let entry = try Catalogue.entry(for: name)
  #expect(entry.input == input)
  let traced = try trace(entry.make(), input: input, elementType: entry.elementType)
  #expect(traced.summary.parameters == parameters)
  #expect(traced.outputShape == output)
}

@Test func `A17: Wav2Letter's layers are numbered as in torchaudio`() throws {
  let numbers = Array(stride(from: 0, through: 20, by: 2))
  let features = try trace(Wav2Letter(takesSound: false), input: [100, 13])
  let weights = features.graph.parameters.map(\.parameter.path).filter { $0.hasSuffix("weights") }
  #expect(weights == numbers.map { "acoustic_model.\($0).weights" })
  let sound = try trace(Wav2Letter(), input: [16000, 1])
  let all = sound.graph.parameters.map(\.parameter.path).filter { $0.hasSuffix("weights") }
  #expect(all == ["acoustic_model.0.0.weights"] + numbers.map { "acoustic_model.1.\($0).weights" })
}

@Test func `the windows of Kim's network are three, four and five words wide`() throws {
  let traced = try trace(TextCNN(vocabulary: 9), input: [12], elementType: .int32)
  let maps = traced.layers.filter { $0.kind == "Conv1D" }
  #expect(maps.map(\.path) == ["convs.0", "convs.1", "convs.2"])
  #expect(maps.map(\.outputShape.ofExample) == [[10, 100], [9, 100], [8, 100]])
  let error = #expect(throws: ModelError.self) { try trace(TextCNN(vocabulary: 9), input: [12]) }
  #expect(error?.description.contains("int32") == true)
}

@Test func `T27: words, a convolution over them, pooling, and the largest of each channel`() throws {
  let entry = try Catalogue.entry(for: "t27")
  let layers = try trace(entry.make(), input: [21], elementType: entry.elementType).summary.layers
  #expect(layers.map(\.output) == [[21, 128], [17, 32], [5, 32], [32]])
  #expect(layers.map(\.parameters) == [1_280_000, 20_512, 0, 0])
}
