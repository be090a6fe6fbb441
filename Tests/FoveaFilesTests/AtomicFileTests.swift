import FoveaFiles
import FoveaTestSupport
import Glibc
import Testing

@Test func `a file is written and replaced, and nothing is left beside it`() throws {
  let folder = TemporaryFolder()
  try AtomicFile.write([1, 2, 3], to: folder.path("weights"))
  #expect(try readFile(folder.path("weights")) == [1, 2, 3])
  try AtomicFile.write([4], to: folder.path("weights"))
  #expect(try readFile(folder.path("weights")) == [4])
  #expect(folder.names() == ["weights"])
}

@Test func `a write that fails half way leaves the previous file and says so`() throws {
  let folder = TemporaryFolder()
  let path = folder.write([7, 7], to: "weights")
  let error = #expect(throws: FileError.self) {
    try AtomicFile.write(to: path) { file throws(FileError) in
      try file.write([1, 2, 3])
      throw FileError(path: file.path, code: ENOSPC)
    }
  }
  #expect(
    error?.description
      == "\(path): could not be written: No space left on device; what was there before is unchanged")
  #expect(try readFile(path) == [7, 7])
  #expect(folder.names() == ["weights"])
}

@Test func `a full device is an error, and the device stays a device`() throws {
  let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: "/dev/full") }
  #expect(error?.description == "/dev/full: could not be written: No space left on device")
  #expect(FileStatus("/dev/full")?.isRegularFile == false)
}

@Test func `a missing folder and a folder in the way are named`() {
  let folder = TemporaryFolder()
  let missing = #expect(throws: FileError.self) { try AtomicFile.write([1], to: folder.path("no/weights")) }
  #expect(missing?.description.contains("there is no folder \(folder.path("no"))") == true)
  let inTheWay = #expect(throws: FileError.self) { try AtomicFile.write([1], to: folder.path) }
  #expect(inTheWay?.reason == "could not be written: this is a folder")
}

@Test func `a symbolic link keeps pointing at the file that is replaced`() throws {
  let folder = TemporaryFolder()
  let path = folder.write([1], to: "real")
  symlink(path, folder.path("link"))
  try AtomicFile.write([2], to: folder.path("link"))
  #expect(try readFile(path) == [2])
}

@Test func `a replaced file keeps its permissions`() throws {
  let folder = TemporaryFolder()
  let path = folder.write([1], to: "private")
  chmod(path, 0o600)
  try AtomicFile.write([2], to: path)
  #expect(try #require(FileStatus(path)).mode & 0o777 == 0o600)
}

@Test func `what a killed process left is removed, what a running one writes stays`() throws {
  let folder = TemporaryFolder()
  folder.write([1], to: ".weights.123.1.partial")
  let running = try OpenFile(folder.write([1], to: ".weights.124.1.partial"), flags: O_RDONLY)
  #expect(flock(running.descriptor, LOCK_EX) == 0)
  try AtomicFile.write([2], to: folder.path("weights"))
  #expect(folder.names() == [".weights.124.1.partial", "weights"])
}

@Test func `several writers of one file do not disturb each other`() async throws {
  let folder = TemporaryFolder()
  let path = folder.path("weights")
  try await withThrowingTaskGroup(of: Void.self) { group in
    for writer in 0..<4 {
      group.addTask {
        for _ in 0..<50 { try AtomicFile.write([UInt8](repeating: UInt8(writer), count: 100), to: path) }
      }
    }
    try await group.waitForAll()
  }
  let content = try readFile(path)
  #expect(content.count == 100 && content.allSatisfy { $0 == content[0] })
  #expect(folder.names() == ["weights"])
}

@Test func `a file-size limit is an error, not the end of the process`() async {
  // In a process of its own: the limit would hit every other test.
  await #expect(processExitsWith: .success) {
    let folder = TemporaryFolder()
    let path = folder.write([7], to: "weights")
    var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
    setrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
    let error = #expect(throws: FileError.self) {
      try AtomicFile.write([UInt8](repeating: 1, count: 100_000), to: path)
    }
    #expect(error?.reason == "could not be written: File too large; what was there before is unchanged")
    #expect((try? readFile(path)) == [7])
    #expect(folder.names() == ["weights"])
  }
}
