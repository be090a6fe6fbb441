import FoveaData
import FoveaTestSupport
import Testing

private func samples(_ count: Int) throws -> ArrayDataset {
  try ArrayDataset(
    pixels: (0..<count).map { UInt8($0) }, labels: (0..<count).map { UInt8($0 % 3) }, sampleShape: [1, 1, 1],
    classNames: ["a", "b", "c"])
}

@Test func `an array data set checks that its parts fit together`() throws {
  #expect(try samples(5).image(at: 4).pixels == [4])
  func reason(_ pixels: Int, _ labels: [UInt8], _ shape: [Int]) -> String? {
    #expect(throws: DataError.self) {
      try ArrayDataset(
        pixels: [UInt8](repeating: 0, count: pixels), labels: labels, sampleShape: .init(shape), classNames: ["a", "b"])
    }?.reason
  }
  #expect(reason(7, [0, 1], [2, 2, 1]) == "7 bytes are not 2 samples of 2×2×1")
  #expect(reason(8, [0, 2], [2, 2, 1]) == "record 1 has the label 2, outside 0...1")
  #expect(reason(8, [0, 1], [2, 2]) == "samples have the shape height×width×1 or height×width×3, not 2×2")
}

@Test func `parts of a data set keep their samples`() throws {
  let all = try samples(20)
  #expect(try (0..<4).map { try all.prefix(4).image(at: $0).pixels[0] } == [0, 1, 2, 3])
  #expect(all.prefix(99).count == 20)
  let (rest, heldOut) = all.holdingOut(0.25, seed: 3)
  #expect((rest.count, heldOut.count) == (15, 5))
  let both = try (0..<15).map { try rest.image(at: $0).pixels[0] } + (0..<5).map { try heldOut.image(at: $0).pixels[0] }
  #expect(both.sorted() == [UInt8](0..<20))
  #expect(heldOut.label(at: 0) == Int(try heldOut.image(at: 0).pixels[0]) % 3)
  #expect(try all.holdingOut(0.25, seed: 3).heldOut.image(at: 2) == heldOut.image(at: 2))
}

@Test func `a data source is named by kind and folder`() throws {
  let folder = TemporaryFolder()
  folder.write(Image(height: 1, width: 1, color: .gray, pixels: [9]).encodedPNG(), to: "cat/a.png")
  let source = try DataSource(parsing: "folder:\(folder.path)", sampleShape: [5, 6, 1])
  #expect(source.train.sampleShape == [5, 6, 1])
  #expect(source.test == nil)
}

@Test(arguments: [
  (
    "minst:x",
    "there is no kind of data named 'minst'; did you mean mnist? use mnist:DIR, fashion-mnist[:DIR], cifar10:DIR, folder:DIR"
  ),
  (
    "/data/photographs",
    "there is no kind of data named '/data/photographs'; use mnist:DIR, fashion-mnist[:DIR], cifar10:DIR, folder:DIR"
  ),
  ("mnist", "mnist needs a folder: mnist:DIR"), ("cifar10:", "cifar10 needs a folder: cifar10:DIR"),
  ("folder:/no/photos", "there is no such folder"),
  ("mnist:/no/digits", "there is no such folder; train-images-idx3-ubyte.gz was looked for in it"),
])
func `a data source that does not exist is explained`(text: String, reason: String) {
  #expect(#expect(throws: DataError.self) { try DataSource(parsing: text) }?.reason == reason)
}

@Test func `the shape and the classes of data are known before it is read`() throws {
  let folder = TemporaryFolder()
  // Only the header is there: reading the images would fail.
  folder.write([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 0, 7], to: "mnist/train-images-idx3-ubyte")
  let digits = try DataReference(parsing: "mnist:" + folder.path("mnist")).outline()
  #expect(digits.sampleShape == [5, 7, 1] && digits.classes == 10)
  folder.write([], to: "photos/train/cat/a.png")
  folder.write([], to: "photos/train/dog/b.png")
  let photos = try DataReference(parsing: "folder:" + folder.path("photos"))
  let outline = try photos.outline()
  #expect(outline.sampleShape == nil && outline.classes == 2)
  #expect(photos.description == "folder:" + folder.path("photos"))
  #expect(try DataReference(parsing: "cifar10:/x").outline().sampleShape == [32, 32, 3])
  #expect(try DataReference(parsing: "mnist:relative").path.hasPrefix("/"))
}

@Test func `a folder can be read with the classes of a model`() throws {
  let folder = TemporaryFolder()
  let image = Image(height: 1, width: 1, color: .gray, pixels: [9]).encodedPNG()
  for name in ["cat", "dog"] { folder.write(image, to: name + "/a.png") }
  let reference = try DataReference(parsing: "folder:" + folder.path)
  let names = ["ant", "dog", "cat"]
  let data = try DataSource(reference, sampleShape: [1, 1, 1], classNames: names).train
  #expect(data.classNames == names && (0..<2).map(data.label(at:)) == [2, 1])
  let error = #expect(throws: DataError.self) { try DataSource(reference, classNames: ["cat", "cow"]) }
  #expect(error?.reason == "'dog' is none of the classes cat, cow")
}

@Test func `numbers outside a data set are errors, or mean as much as there is`() throws {
  let all = try samples(20)
  for index in [-1, 20, .min, .max] { #expect(throws: DataError.self) { try all.image(at: index) } }
  #expect([-1, .nan, 0].map { all.holdingOut($0).heldOut.count } == [0, 0, 0])
  #expect([1, 7, .infinity].map { all.holdingOut($0).rest.count } == [0, 0, 0])
  #expect(all.prefix(.min).count == 0 && all.prefix(.max).count == 20)
  for sides in [[.max, .max, 1], [-1, -1, 1], [0, 3, 3], [1, 1, 2], []] as [[Int]] {
    #expect(throws: DataError.self) {
      try ArrayDataset(pixels: [1], labels: [0], sampleShape: .init(sides), classNames: ["a"])
    }
  }
}

@Test func `a batch has at most all samples`() throws {
  let sampler = try BatchSampler(count: 20, batchSize: .max, shuffles: true, seed: 1)
  #expect(sampler.batchesPerEpoch == 1 && sampler.positions(ofBatch: 0) == 0..<20)
  for size in [0, -1, .min] {
    #expect(throws: DataError.self) { try BatchSampler(count: 20, batchSize: size, shuffles: true, seed: 1) }
  }
  let loader = try BatchLoader(try samples(20), batchSize: .max, shuffles: false, preprocessing: .init(color: .gray))
  #expect(try loader.next()?.count == 20)
  #expect(throws: DataError.self) {
    try BatchLoader(try samples(20), batchSize: 4, shuffles: false, epochs: -2..<1, preprocessing: .init(color: .gray))
  }
}

@Test func `a part is read without the files of the other`() throws {
  let folder = TemporaryFolder()
  for (part, count) in [("train", 3), ("t10k", 2)] {
    folder.write(idx([count, 1, 1], [UInt8](1...UInt8(count))), to: "\(part)/\(part)-images-idx3-ubyte")
    folder.write(idx([count], [UInt8](repeating: 4, count: count)), to: "\(part)/\(part)-labels-idx1-ubyte")
  }
  let (train, test) = (
    try DataReference(parsing: "mnist:" + folder.path("train")),
    try DataReference(parsing: "mnist:" + folder.path("t10k"))
  )
  #expect(try test.dataset(nil).count == 2 && train.dataset(nil).count == 3)
  #expect(try DataSource(train).test == nil)
  #expect(try test.outline().sampleShape == [1, 1, 1])
  #expect(#expect(throws: DataError.self) { try train.dataset(.test) }?.reason.contains("no part for testing") == true)
  #expect(throws: DataError.self) { try DataSource(test) }

  folder.write([1] + [UInt8](repeating: 9, count: 3072), to: "cifar/test_batch.bin")
  #expect(try DataReference(parsing: "cifar10:" + folder.path("cifar")).dataset(nil).count == 1)
  let image = Image(height: 1, width: 1, color: .gray, pixels: [9]).encodedPNG()
  for path in ["train/cat/a.png", "train/dog/a.png", "val/dog/b.png"] { folder.write(image, to: "photos/" + path) }
  let photos = try DataReference(parsing: "folder:" + folder.path("photos")).dataset(.test, sampleShape: [1, 1, 1])
  #expect(photos.count == 1 && photos.label(at: 0) == 1, "the classes are those for training")
}

@Test func `one byte too many is one byte`() throws {
  let folder = TemporaryFolder()
  folder.write(idx([1, 1, 1], [1, 2]), to: "train-images-idx3-ubyte")
  folder.write(idx([1], [1]), to: "train-labels-idx1-ubyte")
  let reference = try DataReference(parsing: "mnist:" + folder.path)
  #expect(
    #expect(throws: DataError.self) { try reference.dataset(.train) }?.reason
      == "1 byte follows the 1×1×1 bytes of images")
}
