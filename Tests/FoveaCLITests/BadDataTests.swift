import FoveaTestSupport
import Foundation
import Testing

// Data sets that are damaged or do not fit: found before or while they are read, named by file and place.

private let folder = TemporaryFolder()

/// - Returns: what a training on the data says.
private func complaint(_ data: String, model: String = TinyData.model, _ options: String...) throws -> String {
  let output = folder.path("out")
  let result = try Fovea(["train", model, "--data", data, "--output", output, "--quiet"] + options)
  #expect(result.status == 1 && result.output.isEmpty, "\(result.errors)")
  #expect(result.errors.split(separator: "\n").count == 1)
  #expect(!folder.names(in: output).contains("checkpoint"))
  return result.errors
}

private func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
  let url = URL(fileURLWithPath: path)
  var bytes = Array(try Data(contentsOf: url))
  body(&bytes)
  try Data(bytes).write(to: url)
}

@Suite(.serialized) struct `damaged data` {
  @Test func `IDX files`() throws {
    func damaged(_ file: String, _ body: (inout [UInt8]) -> Void) throws -> String {
      let data = TinyData.digits(in: folder, name: "idx")
      try change(folder.path("idx/" + file), body)
      let text = try complaint(data)
      #expect(text.contains("idx/" + file), "\(text)")
      return text
    }
    let images = "train-images-idx3-ubyte"
    #expect(try damaged(images) { $0.removeLast(100) }.contains("the images end after 28700 of 28800 bytes"))
    #expect(try damaged(images) { $0[2] = 9 }.contains("it starts with 00 00 09 03"))
    #expect(try damaged(images) { $0[4] = 0x7F }.contains("cannot hold"))
    #expect(try damaged(images) { $0.removeAll() }.contains("0 bytes are no IDX file"))
    #expect(
      try damaged("train-labels-idx1-ubyte") { $0[8 + 17] = 11 }.contains("record 17 has the label 11, outside 0...9"))
    #expect(try damaged("t10k-labels-idx1-ubyte") { $0.removeLast() }.contains("the labels end after 49 of 50"))
    let packed = folder.write(gzipped([UInt8](repeating: 7, count: 5000)), to: "gz/train-images-idx3-ubyte.gz")
    try change(packed) { $0[$0.count / 2] ^= 4 }
    #expect(try complaint("mnist:" + folder.path("gz")).contains("train-images-idx3-ubyte.gz"))
  }

  @Test func `CIFAR files`() throws {
    let record: [UInt8] = [3] + [UInt8](repeating: 100, count: 3072)
    for name in (1...5).map({ "data_batch_\($0).bin" }) + ["test_batch.bin"] {
      folder.write(record + record, to: "cifar/" + name)
    }
    let (data, model) = ("cifar10:" + folder.path("cifar"), "conv 2 3x3 - gap - fc 10")
    let output = folder.path("cifar-out")
    #expect(try Fovea("train", model, "--data", data, "--epochs", "1", "--output", output, "--quiet").status == 0)
    try change(folder.path("cifar/data_batch_2.bin")) { $0.removeLast(10) }
    #expect(
      try complaint(data, model: model).contains(
        "data_batch_2.bin: 6136 bytes are no whole number of records of 3073 bytes"))
    try change(folder.path("cifar/data_batch_2.bin")) { $0 = record + [10] + record.dropFirst() }
    #expect(try complaint(data, model: model).contains("data_batch_2.bin: record 1 has the label 10, outside 0...9"))
    try FileManager.default.removeItem(atPath: folder.path("cifar/data_batch_2.bin"))
    #expect(try complaint(data, model: model).contains("data_batch_2.bin"))
  }

  @Test func `folders of pictures`() throws {
    let data = TinyData.photos(in: folder, name: "broken", perClass: 3)
    let model = "conv 2 3x3 - gap - fc 2"
    func complain() throws -> String { try complaint(data, model: model, "--input", "8x8x3", "--hold-out", "0") }
    let picture = folder.path("broken/red/1.png")
    let original = try Data(contentsOf: URL(fileURLWithPath: picture))
    try change(picture) { $0.removeLast(20) }
    #expect(try complain().contains("broken/red/1.png: "))
    try change(picture) { $0 = Array("GIF89a".utf8) }
    #expect(try complain().contains("this is a GIF image, a JPEG or PNG image is needed"))
    try original.write(to: URL(fileURLWithPath: picture))
    try FileManager.default.createDirectory(atPath: folder.path("broken/blue"), withIntermediateDirectories: true)
    #expect(
      try complaint(data, model: "conv 2 3x3 - gap - fc 3", "--input", "8x8x3").contains(
        "broken/blue: there are no pictures in this class folder"))
    // The empty folder is the mistake, not the three classes for two outputs that it makes.
    #expect(try complain().contains("broken/blue: there are no pictures in this class folder"))
    folder.write(original, to: "broken/blue/1.png")
    #expect(try complain().contains("the model line has 2 outputs, the data has 3 classes: end it with 'fc 3'"))
    try FileManager.default.removeItem(atPath: folder.path("broken"))
    folder.write([1], to: "broken/picture.png")
    #expect(try complain().contains("there are no folders in it"))
  }
}

@Test func `a model that does not fit is refused before the data is read`() throws {
  // Only headers are there: reading the images would be another error.
  for (split, name) in [(3, "images-idx3"), (1, "labels-idx1")] {
    folder.write([0, 0, 8, UInt8(split), 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28], to: "headers/train-\(name)-ubyte")
  }
  let data = "mnist:" + folder.path("headers")
  #expect(
    try complaint(data, model: "conv 6 40x40 valid - fc 10").contains(
      "conv2d_1: the 40×40 window does not fit into the 28×28 input: ⌊(28 + 0 + 0 − ((40 − 1)·1 + 1)) / 1⌋ + 1 < 1"))
  #expect(
    try complaint(data, model: "conv 6 5x5 - fc 8").contains(
      "the model line has 8 outputs, the data has 10 classes: end it with 'fc 10'"))
  #expect(
    try complaint(data, model: "input 32x32x3 - conv 6 5x5 - fc 10").contains(
      "are 28×28×1, the input of 'input 32x32x3 - conv 6 5x5 - fc 10' is 32×32×3"))
  #expect(try complaint(data, model: "lenet5", "--input", "32x32x1").contains("use --input 28×28×1 or leave it out"))
  #expect(try complaint(data, model: "keras-heads").contains("the model has 5440 outputs, the data has 10 classes"))
}

@Test func `data of another size, and more classes than outputs, are refused by evaluate`() throws {
  let output = folder.path("ten")
  let digits = TinyData.digits(in: folder, name: "ten-digits")
  #expect(try Fovea("train", TinyData.model, "--data", digits, "--epochs", "1", "--output", output).status == 0)
  let larger = try Fovea("evaluate", output, "--data", TinyData.digits(in: folder, name: "larger", side: 14))
  #expect(larger.status == 1)
  #expect(larger.errors.contains("the samples are 14×14×1, \(TinyData.canonicalModel) takes 12×12×1"))
  for label in 0..<11 { folder.write([1], to: "eleven/class\(label)/a.png") }
  let classes = try Fovea("evaluate", output, "--data", "folder:" + folder.path("eleven"))
  #expect(classes.status == 1)
  #expect(classes.errors.contains("\(TinyData.canonicalModel) has 10 outputs, the data has 11 classes"))
}
