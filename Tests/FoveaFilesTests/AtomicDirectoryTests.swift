import FoveaFiles
import FoveaTestSupport
import Glibc
import Testing

private func write(_ value: UInt8, to path: String) throws {
  try AtomicDirectory.write(to: path, replacingFoldersWith: "manifest.json") { new in
    try AtomicFile.write([value], to: new + "/manifest.json")
    mkdir(new + "/weights", 0o777)
    try AtomicFile.write([value, value], to: new + "/weights/data")
  }
}

@Test func `a folder is written and replaced as a whole`() throws {
  let folder = TemporaryFolder()
  try write(1, to: folder.path("model"))
  folder.write([9], to: "model/left-over")
  try write(2, to: folder.path("model"))
  #expect(folder.names() == ["model"])
  #expect(folder.names(in: folder.path("model")) == ["manifest.json", "weights"])
  #expect(try readFile(folder.path("model/weights/data")) == [2, 2])
}

@Test func `a failure leaves the previous folder and says so`() throws {
  let folder = TemporaryFolder()
  try write(1, to: folder.path("model"))
  let error = #expect(throws: FileError.self) {
    try AtomicDirectory.write(to: folder.path("model"), replacingFoldersWith: "manifest.json") { new in
      throw FileError(path: new + "/weights", code: EACCES)
    }
  }
  #expect(
    error?.description == folder.path("model")
      + "/weights: could not be written: Permission denied; what was there before is unchanged")
  #expect(folder.names() == ["model"])
  #expect(try readFile(folder.path("model/manifest.json")) == [1])
}

@Test func `somebody's own folder is never replaced`() throws {
  let folder = TemporaryFolder()
  folder.write([1], to: "photos/cat.jpg")
  let error = #expect(throws: FileError.self) { try write(1, to: folder.path("photos")) }
  #expect(error?.reason.contains("holds no manifest.json") == true)
  #expect(folder.names(in: folder.path("photos")) == ["cat.jpg"])
  mkdir(folder.path("empty"), 0o777)
  try write(1, to: folder.path("empty"))
  #expect(folder.names(in: folder.path("empty")) == ["manifest.json", "weights"])
}

@Test func `a path may end with a slash`() throws {
  let folder = TemporaryFolder()
  try write(1, to: folder.path("model/"))
  try write(2, to: folder.path("model//"))
  #expect(folder.names() == ["model"])
  #expect(try readFile(folder.path("model/manifest.json")) == [2])
}

@Test(arguments: [
  ("a/b/", "a/b"), ("./a//b", "a/b"), ("/", "/"), ("//a/.", "/a"), (".", "."), ("./", "."), ("../a", "../a"), ("", ""),
])
func `a path is freed of what says nothing`(path: String, plain: String) { #expect(plainPath(path) == plain) }
