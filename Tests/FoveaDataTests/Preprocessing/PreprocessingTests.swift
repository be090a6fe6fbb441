import FoundationEssentials
import FoveaCore
import FoveaData
import Testing

private let picture = Image(height: 1, width: 2, color: .rgb, pixels: [255, 0, 51, 102, 153, 204])

@Test func `bytes are scaled, centred and divided for each channel`() throws {
  #expect(try Preprocessing().apply(picture).array() == [1, 0, 0.2, 0.4, 0.6, 0.8])
  let normalised = try Preprocessing(scale: 1, mean: [5, 0, 1], deviation: [2, 1, 10]).apply(picture)
  #expect(normalised == Tensor([125, 0, 5, 48.5, 153, 20.3] as [Float], shape: [1, 2, 3]))
}

@Test func `blue comes first where the network wants it so`() throws {
  let bgr = try Preprocessing(order: .bgr, scale: 1, mean: [104, 117, 123]).apply(picture)
  #expect(bgr.array() == [-53, -117, 132, 100, 36, -21])
}

@Test func `colours are converted to what the network has`() throws {
  let gray = Image(height: 1, width: 2, color: .gray, pixels: [10, 20])
  #expect(try Preprocessing(color: .rgb, scale: 1, mean: [0, 1, 2]).apply(gray).array() == [10, 9, 8, 20, 19, 18])
  #expect(try Preprocessing(color: .gray, scale: 1).apply(picture).array() == [82, 144])
}

@Test func `the short side is scaled, then the middle is cropped`() throws {
  let image = Image(height: 20, width: 41, color: .gray, pixels: (0..<820).map { UInt8($0 % 251) })
  let scaled = try Preprocessing(shortSide: 10, color: .gray, scale: 1)
  #expect(scaled.apply(image).shape == [10, 20, 1])
  let cropped = try Preprocessing(shortSide: 10, crop: [8, 6], color: .gray, scale: 1).apply(image)
  #expect(cropped.shape == [8, 6, 1])
  let whole = image.resized(height: 10, width: 20).centerCropped(height: 8, width: 6)
  #expect(cropped.floats == whole.pixels.map { Float($0) })
  #expect(try Preprocessing(crop: [8, 8], color: .gray).apply(image).shape == [8, 8, 1])
  #expect(try Preprocessing(shortSide: 4, crop: [8, 8], color: .gray).apply(image).shape == [8, 8, 1])
}

@Test func `preprocessing survives JSON, and wrong JSON is refused`() throws {
  let caffe = try Preprocessing(shortSide: 256, crop: [227, 227], order: .bgr, scale: 1, mean: [104, 117, 123])
  for preprocessing in [caffe, .imageNet, try Preprocessing(color: .gray)] {
    let json = try JSONEncoder().encode(preprocessing)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: json) == preprocessing)
  }
  for json in [
    #"{"channels":2,"scale":1,"mean":[0],"deviation":[1]}"#,
    #"{"channels":3,"scale":1,"mean":[0,1],"deviation":[1]}"#,
    #"{"channels":3,"scale":1,"mean":[0],"deviation":[0]}"#,
    #"{"channels":3,"scale":1,"mean":[0],"deviation":[1],"crop":[0,5]}"#,
    #"{"channels":3,"scale":1,"mean":[0],"deviation":[1],"shortSide":-3}"#,
  ] {
    #expect(throws: (any Error).self) { try JSONDecoder().decode(Preprocessing.self, from: Data(json.utf8)) }
  }
}

@Test func `measured preprocessing gives mean 0 and deviation 1`() throws {
  let pixels: [UInt8] = [0, 10, 255, 20, 30, 255, 40, 50, 255, 60, 70, 255]
  let data = try ArrayDataset(pixels: pixels, labels: [0, 0], sampleShape: [2, 1, 3], classNames: ["a"])
  let measured = try Preprocessing(measuredOn: data, color: .rgb)
  #expect(measured.crop == [2, 1])
  let inputs = try (0..<2).map { measured.apply(try data.image(at: $0)).array() }.joined()
  for channel in 0..<2 {
    let values = stride(from: channel, to: 12, by: 3).map { Array(inputs)[$0] }
    #expect(abs(values.reduce(0, +)) < 1e-5)
    #expect(abs(values.reduce(0) { $0 + $1 * $1 } / 4 - 1) < 1e-5)
  }
  // A channel that is the same everywhere is only shifted.
  #expect(measured.deviation[2] == 1 && measured.mean[2] == 1)
  #expect(try Preprocessing(measuredOn: data, color: .gray).mean.count == 1)
  #expect(try Preprocessing(measuredOn: data, color: .rgb, samples: 1).mean[0] == 10 / 255)
}
