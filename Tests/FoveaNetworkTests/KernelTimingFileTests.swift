import FoveaCompiler
import FoveaNetwork
import FoveaTestSupport
import Testing

private let found: [KernelVariant: KernelTime] = [
  .usual: KernelTime(seconds: 0.25, isRowMajor: false, scratchBytes: 0),
  .rowMajor: KernelTime(seconds: 0.5, isRowMajor: true, scratchBytes: 64),
]

@Test func `what was measured once is kept for later processes`() throws {
  let folder = TemporaryFolder()
  let first = try #require(KernelTimingFile(folder: folder.path("new/cache"), machine: "a machine"))
  #expect(first.times(for: "node") { found } == found)
  #expect(first.times(for: "node") { [:] } == found)
  first.save()
  let second = try #require(KernelTimingFile(folder: folder.path("new/cache"), machine: "a machine"))
  #expect(second.times(for: "node") { [:] } == found)
  // Another machine, or another version of the kernels, has times of its own.
  let other = try #require(KernelTimingFile(folder: folder.path("new/cache"), machine: "another"))
  #expect(other.times(for: "node") { [:] } == [:])
}

@Test func `what another process kept first has precedence`() throws {
  let folder = TemporaryFolder()
  let one = try #require(KernelTimingFile(folder: folder.path("cache"), machine: "m"))
  let two = try #require(KernelTimingFile(folder: folder.path("cache"), machine: "m"))
  _ = one.times(for: "a") { found }
  one.save()
  _ = two.times(for: "a") { [.usual: KernelTime(seconds: 9, isRowMajor: true, scratchBytes: 1)] }
  _ = two.times(for: "b") { found }
  two.save()
  let third = try #require(KernelTimingFile(folder: folder.path("cache"), machine: "m"))
  #expect(third.times(for: "a") { [:] } == found && third.times(for: "b") { [:] } == found)
}

@Test func `names with line breaks and tabs are names still, and a file of another format is none`() throws {
  let folder = TemporaryFolder()
  let file = try #require(KernelTimingFile(folder: folder.path("cache"), machine: "m\n2"))
  _ = file.times(for: "a\tb\nc") { found }
  _ = file.times(for: "none") { [:] }
  file.save()
  let name = try #require(folder.names(in: folder.path("cache")).first)
  let lines = String(decoding: try folder.read("cache/" + name), as: UTF8.self).split(separator: "\n")
  let node = "row-major 0.5 row-major 64\tusual 0.25 blocked 0\ta b c"
  #expect(lines.dropLast() == ["fovea kernels 2", "m 2", node[...], "none"])
  let again = try #require(KernelTimingFile(folder: folder.path("cache"), machine: "m\n2"))
  #expect(again.times(for: "a b c") { [:] } == found)
  #expect(again.times(for: "none") { found } == [:])
  for text in ["", "\n", "fovea kernels 1\nm 2\n", "fovea kernels 2\nm 2\n", "x\ny\nz\n"] {
    folder.write(Array(text.utf8), to: "cache/" + name)
    let empty = try #require(KernelTimingFile(folder: folder.path("cache"), machine: "m\n2"))
    #expect(empty.times(for: "a b c") { [:] } == [:])
  }
}

@Test func `a damaged file counts as empty, and a folder that is none gives no file`() throws {
  let folder = TemporaryFolder()
  let file = try #require(KernelTimingFile(folder: folder.path("cache"), machine: "m"))
  _ = file.times(for: "a") { found }
  file.save()
  let name = try #require(folder.names(in: folder.path("cache")).first)
  var bytes = try folder.read("cache/" + name)
  bytes[bytes.count / 2] ^= 1
  folder.write(bytes, to: "cache/" + name)
  let again = try #require(KernelTimingFile(folder: folder.path("cache"), machine: "m"))
  #expect(again.times(for: "a") { [:] } == [:])
  folder.write([1], to: "file")
  #expect(KernelTimingFile(folder: folder.path("file"), machine: "m") == nil)
}
