import FoveaData
import FoveaTestSupport
import Testing

/// A record with this label whose red, green and blue bytes are the same all over.
private func record(_ label: UInt8, _ red: UInt8, _ green: UInt8, _ blue: UInt8) -> [UInt8] {
  [label] + [red, green, blue].flatMap { [UInt8](repeating: $0, count: 1024) }
}

/// One record in each file; that of batch 3 has its number in its pixels.
private func smallCIFAR() -> [(name: String, bytes: [UInt8])] {
  (1...5).map { ("data_batch_\($0).bin", record(UInt8($0), UInt8(10 * $0), 2, 3)) }
    + [("test_batch.bin", record(9, 7, 8, 9) + record(0, 1, 1, 1))]
}

/// A tar file, as plain as POSIX allows.
private func tar(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
  var archive: [UInt8] = []
  for (name, bytes) in files {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
    }
    func octal(_ number: Int, _ digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put(octal(bytes.count, 11), at: 124)
    put(octal(0, 11), at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar\0" + "00", at: 257)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148)
    archive += header + bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
  }
  return archive + [UInt8](repeating: 0, count: 1024)
}

private func check(_ data: CIFAR10) throws {
  #expect((data.train.count, data.test.count) == (5, 2))
  #expect(data.train.sampleShape == [32, 32, 3])
  #expect((0..<5).map { data.train.label(at: $0) } == [1, 2, 3, 4, 5])
  #expect(try data.train.image(at: 2).pixels == Array(repeatElement([30, 2, 3], count: 1024).joined()))
  #expect(data.test.label(at: 0) == 9)
}

@Test func `CIFAR-10 is read from a folder, the folder around it and the archive`() throws {
  let folder = TemporaryFolder()
  for (name, bytes) in smallCIFAR() { folder.write(bytes, to: "around/cifar-10-batches-bin/" + name) }
  try check(CIFAR10(folder.path("around/cifar-10-batches-bin")))
  try check(CIFAR10(folder.path("around")))
  #expect(try CIFAR10(folder.path("around")).train.classNames[6] == "frog")
  let names = (0..<10).map { "class \($0)\n" }.joined()
  let files = smallCIFAR() + [("batches.meta.txt", Array(names.utf8) + [10])]
  let archive = folder.write(
    gzipped(tar(files.map { ("cifar-10-batches-bin/" + $0.name, $0.bytes) })), to: "cifar-10-binary.tar.gz")
  try check(CIFAR10(archive))
  try check(CIFAR10(folder.path))
  #expect(try CIFAR10(archive).train.classNames[6] == "class 6")
}

@Test func `errors of CIFAR-10 files name the file and what is wrong`() {
  let folder = TemporaryFolder()
  func error(_ name: String, _ bytes: [UInt8]) -> String? {
    for (name, bytes) in smallCIFAR() { folder.write(bytes, to: name) }
    folder.write(bytes, to: name)
    return #expect(throws: DataError.self) { try CIFAR10(folder.path) }?.description
  }
  let path = folder.path("data_batch_2.bin")
  #expect(
    error("data_batch_2.bin", [1, 2, 3])
      == "\(path): 3 bytes are no whole number of records of 3073 bytes; fetch the file again")
  #expect(
    error("data_batch_2.bin", record(3, 0, 0, 0) + record(77, 0, 0, 0))
      == "\(path): record 1 has the label 77, outside 0...9")
  #expect(
    error("batches.meta.txt", Array("cat\ndog\n".utf8))
      == "\(folder.path("batches.meta.txt")): it names 2 classes, CIFAR-10 has 10")
}

@Test func `missing CIFAR-10 files and the Python version are named`() {
  func reason(_ path: String) -> String? { #expect(throws: DataError.self) { try CIFAR10(path) }?.description }
  #expect(
    reason("/no/cifar") == "/no/cifar: there is no such folder or archive; data_batch_1.bin was looked for in it")
  let folder = TemporaryFolder()
  #expect(reason(folder.path)?.contains("there is no data_batch_1.bin in this folder") == true)
  folder.write([1], to: "cifar-10-batches-py/data_batch_1")
  #expect(reason(folder.path)?.contains("this is the Python version") == true)
  folder.write(record(0, 0, 0, 0), to: "data_batch_1.bin")
  #expect(reason(folder.path) == folder.path("data_batch_2.bin") + ": there is no such file; check the path")
  let archive = folder.write(gzipped(tar([("x/test_batch.bin", record(0, 0, 0, 0))])), to: "a.tar.gz")
  #expect(reason(archive) == archive + ": there is no data_batch_1.bin in this archive")
}

@Test func `damaged CIFAR-10 archives are read or refused, never fatal`() throws {
  let folder = TemporaryFolder()
  let mutations = Mutations(of: gzipped(tar(smallCIFAR())), seed: 1)
  let plain = Mutations(of: tar(smallCIFAR()), seed: 2)
  var refused = 0
  for number in 0..<1200 {
    let path = folder.write((number % 2 == 0 ? mutations : plain)[number], to: "a.tar.gz")
    do throws(DataError) { #expect(try CIFAR10(path).train.count > 0) } catch { refused += 1 }
  }
  #expect(refused > 100)
}

@Test(.enabled(if: SharedData.unpacked("cifar10") != nil, "there is no unpacked CIFAR-10, see SharedData"))
func `the real CIFAR-10 has its sizes and labels`() throws {
  let data = try CIFAR10(#require(SharedData.unpacked("cifar10")))
  #expect((data.train.count, data.test.count) == (50_000, 10_000))
  #expect(
    (0..<5).map { data.train.classNames[data.train.label(at: $0)] } == ["frog", "truck", "truck", "deer", "automobile"])
  let counts = (0..<10_000).reduce(into: [Int](repeating: 0, count: 10)) { $0[data.test.label(at: $1)] += 1 }
  #expect(counts == [Int](repeating: 1000, count: 10))
}
