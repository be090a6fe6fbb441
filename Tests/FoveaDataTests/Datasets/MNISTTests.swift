import FoveaData
import FoveaFiles
import FoveaTestSupport
import Testing

/// An IDX file of bytes.
func idx(_ dimensions: [Int], _ content: [UInt8]) -> [UInt8] {
  [0, 0, 8, UInt8(dimensions.count)]
    + dimensions.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } } + content
}

/// Three training and two test images of 2×2.
private func writeSmallMNIST(
  to folder: TemporaryFolder, separator: String = "-", compressed: Bool = false
) {
  func write(_ name: String, _ dimensions: [Int], _ content: [UInt8]) {
    let bytes = idx(dimensions, content)
    folder.write(
      compressed ? gzipped(bytes) : bytes,
      to: "\(name)\(separator)idx\(dimensions.count)-ubyte" + (compressed ? ".gz" : ""))
  }
  write("train-images", [3, 2, 2], [UInt8](1...12))
  write("train-labels", [3], [5, 0, 9])
  write("t10k-images", [2, 2, 2], [UInt8](101...108))
  write("t10k-labels", [2], [1, 2])
}

@Test(arguments: [("-", false), (".", false), ("-", true), (".", true)])
func `MNIST is read under every spelling, plain and compressed`(separator: String, compressed: Bool) throws {
  let folder = TemporaryFolder()
  writeSmallMNIST(to: folder, separator: separator, compressed: compressed)
  let data = try MNIST(directory: folder.path)
  #expect(data.train.count == 3)
  #expect(data.train.sampleShape == [2, 2, 1])
  #expect((0..<3).map { data.train.label(at: $0) } == [5, 0, 9])
  #expect(try data.train.image(at: 1).pixels == [5, 6, 7, 8])
  #expect(data.test.count == 2)
  #expect(try data.test.image(at: 1).pixels == [105, 106, 107, 108])
  #expect(data.train.classNames == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
  #expect(try FashionMNIST(directory: folder.path).train.classNames[9] == "Ankle boot")
}

@Test func `errors of MNIST files name the file and what is wrong`() {
  let folder = TemporaryFolder()
  func error(_ name: String, _ bytes: [UInt8]) -> String? {
    writeSmallMNIST(to: folder)
    folder.write(bytes, to: name)
    return #expect(throws: DataError.self) { try MNIST(directory: folder.path) }?.description
  }
  let images = folder.path("train-images-idx3-ubyte")
  #expect(
    error("train-images-idx3-ubyte", idx([3], [1, 2, 3]))
      == "\(images): it starts with 00 00 08 01, an IDX file of images with 00 00 08 03")
  #expect(
    error("train-images-idx3-ubyte", idx([3, 2, 2], [1, 2, 3]))
      == "\(images): the images end after 3 of 12 bytes (3×2×2); fetch the file again")
  #expect(
    error("train-images-idx3-ubyte", idx([3, 2, 2], [UInt8](0...12)))
      == "\(images): 1 byte follows the 3×2×2 bytes of images")
  #expect(error("train-images-idx3-ubyte", [0, 0, 8, 3, 0]) == "\(images): it ends within its header")
  #expect(
    error("train-images-idx3-ubyte", idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [1]))
      == "\(images): a file of 17 bytes cannot hold 4294967295×4294967295×4294967295 bytes of images")
  #expect(error("train-images-idx3-ubyte", idx([0, 2, 2], [])) == "\(images): it holds no images: 0×2×2")
  let labels = folder.path("train-labels-idx1-ubyte")
  #expect(
    error("train-labels-idx1-ubyte", idx([2], [1, 2])) == "\(labels): 2 labels for 3 images in \(images)")
  #expect(
    error("train-labels-idx1-ubyte", idx([3], [1, 10, 2])) == "\(labels): record 1 has the label 10, outside 0...9")
}

@Test func `missing folders and files say what was looked for`() {
  let missing = #expect(throws: DataError.self) { try MNIST(directory: "/no/such/folder") }
  #expect(
    missing?.description
      == "/no/such/folder: there is no such folder; train-images-idx3-ubyte.gz was looked for in it")
  let folder = TemporaryFolder()
  folder.write(idx([1, 1, 1], [0]), to: "train-images-idx3-ubyte")
  let incomplete = #expect(throws: DataError.self) { try MNIST(directory: folder.path) }
  #expect(incomplete?.reason.hasPrefix("there is no train-labels-idx1-ubyte in this folder") == true)
}

@Test func `a compressed file with a turned bit is refused`() {
  let folder = TemporaryFolder()
  writeSmallMNIST(to: folder, compressed: true)
  var bytes = gzipped(idx([3, 2, 2], [UInt8](1...12)))
  bytes[bytes.count - 6] ^= 1  // in the checksum
  let path = folder.write(bytes, to: "train-images-idx3-ubyte.gz")
  let error = #expect(throws: DataError.self) { try MNIST(directory: folder.path) }
  #expect(error?.description == "\(path): the compressed data are damaged (incorrect data check); fetch the file again")
}

@Test func `damaged IDX files are read or refused, never fatal`() throws {
  let folder = TemporaryFolder()
  writeSmallMNIST(to: folder)
  let plain = idx([3, 2, 2], [UInt8](1...12))
  var (read, refused) = (0, 0)
  for (seed, original) in [plain, gzipped(plain)].enumerated() {
    let mutations = Mutations(of: original, seed: UInt64(seed))
    for number in 0..<1500 {
      folder.write(mutations[number], to: "train-images-idx3-ubyte")
      do throws(DataError) {
        let data = try MNIST(directory: folder.path)
        #expect(data.train.count == 3)
        read += 1
      } catch {
        #expect(!error.reason.isEmpty)
        refused += 1
      }
    }
  }
  #expect(read > 100)
  #expect(refused > 100)
}

@Test(.enabled(if: SharedData.path("mnist") != nil, "the folder shared/data/mnist is not there"))
func `the real MNIST has its sizes, labels and bytes`() throws {
  let data = try MNIST(directory: #require(SharedData.path("mnist")))
  #expect((data.train.count, data.test.count) == (60_000, 10_000))
  #expect(data.train.sampleShape == [28, 28, 1])
  #expect((0..<10).map { data.train.label(at: $0) } == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
  #expect((0..<10).map { data.test.label(at: $0) } == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
  let ink = try (0..<10_000).reduce(0) { try $0 + data.test.image(at: $1).pixels.reduce(0) { $0 + Int($1) } }
  #expect(ink == 264_923_200)
}

@Test(
  .enabled(
    if: FileStatus(FashionMNIST.debianDirectory) != nil, "Debian's package dataset-fashion-mnist is not installed"))
func `the real Fashion-MNIST is found where Debian puts it`() throws {
  let data = try FashionMNIST()
  #expect((data.train.count, data.test.count) == (60_000, 10_000))
  #expect(
    (0..<5).map { data.train.classNames[data.train.label(at: $0)] }
      == ["Ankle boot", "T-shirt/top", "T-shirt/top", "Dress", "T-shirt/top"])
}
