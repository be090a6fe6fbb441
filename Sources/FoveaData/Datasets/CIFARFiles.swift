import FoveaCore
import FoveaFiles

/// The files of CIFAR-10's binary version, in a folder or in the official archive.
struct CIFARFiles {
  static let trainNames = (1...5).map { "data_batch_\($0).bin" }
  static let testName = "test_batch.bin"
  private static let metaName = "batches.meta.txt"

  /// The folder or the archive.
  let place: String
  /// What an archive holds, by the last part of the name; `nil` for a folder.
  private let unpacked: [String: [UInt8]]?

  init(_ path: String) throws(DataError) {
    guard let status = FileStatus(path) else {
      throw DataError(.missing, path, "there is no such folder or archive; \(Self.trainNames[0]) was looked for in it")
    }
    guard status.isDirectory else {
      (place, unpacked) = (path, try Self.unpack(path))
      return
    }
    let folders = [path, path + "/cifar-10-batches-bin"]
    if let folder = folders.first(where: Self.hasBatches) {
      (place, unpacked) = (folder, nil)
      return
    }
    let archive = path + "/cifar-10-binary.tar.gz"
    guard FileStatus(archive) != nil else {
      let isPythonVersion = ["data_batch_1", "cifar-10-batches-py"].contains { FileStatus(path + "/" + $0) != nil }
      throw DataError(
        .missing, path,
        isPythonVersion
          ? "this is the Python version of CIFAR-10, the binary version (cifar-10-binary.tar.gz) is needed"
          : "there is no \(Self.trainNames[0]) in this folder or in cifar-10-batches-bin, and no cifar-10-binary.tar.gz"
      )
    }
    (place, unpacked) = (archive, try Self.unpack(archive))
  }

  private static func hasBatches(_ folder: String) -> Bool {
    (trainNames + [testName]).contains { FileStatus(folder + "/" + $0) != nil }
  }

  /// Whether a file of this name is in the folder or the archive.
  func isThere(_ name: String) -> Bool {
    unpacked.map { $0[name] != nil } ?? (FileStatus(path(of: name)) != nil)
  }

  func path(of name: String) -> String { place + "/" + name }

  func read(_ name: String) throws(DataError) -> [UInt8] {
    guard let unpacked else {
      return try asDataError { () throws(FileError) in try readFile(path(of: name)) }
    }
    guard let bytes = unpacked[name] else { throw DataError(.missing, place, "there is no \(name) in this archive") }
    return bytes
  }

  /// The lines of `batches.meta.txt`, or the official names without it.
  func classNames() throws(DataError) -> [String] {
    guard isThere(Self.metaName) else {
      return ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    }
    let text = String(decoding: try read(Self.metaName), as: UTF8.self)
    let names = text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty }
    guard names.count == 10 else {
      throw DataError(
        .damaged, path(of: Self.metaName), "it names \(counted(names.count, "class", "classes")), CIFAR-10 has 10")
    }
    return names
  }

  private static func unpack(_ path: String) throws(DataError) -> [String: [UInt8]] {
    try asDataError { () throws(FileError) in
      let archive = try ArchiveReader(tar: path)
      var files: [String: [UInt8]] = [:]
      while let entry = try archive.next() {
        let name = entry.name.split(separator: "/").last.map(String.init) ?? ""
        guard trainNames.contains(name) || name == testName || name == metaName else { continue }
        // The official batches have 10,000 records of 3073 bytes; five times that is more than any honest one.
        files[name] = try archive.readAll(limit: 5 * 30_730_000)
      }
      return files
    }
  }
}
