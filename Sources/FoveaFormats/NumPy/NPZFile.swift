public import FoveaCore
import FoveaFiles

/// Files of several named NumPy arrays, `.npz`.
public enum NPZFile {
  /// Reads all arrays, stored or deflated, by their names without `.npy`.
  /// - Errors: those of `NPYFile.read`, with the entry's name; no zip file; a damaged one; an entry that is no `.npy`
  ///   file; a name that appears twice.
  public static func read(_ path: String) throws(FormatError) -> [String: Tensor] {
    var arrays: [String: Tensor] = [:]
    try forEachEntry(of: path) { name, reader throws(FormatError) in arrays[name] = try reader.tensor() }
    return arrays
  }

  /// Reads one array; the others may be of any kind.
  /// - Errors: as for all arrays; no array of this name.
  public static func read(_ name: String, from path: String) throws(FormatError) -> Tensor {
    var array: Tensor?
    try forEachEntry(of: path) { entry, reader throws(FormatError) in
      if entry == name { array = try reader.tensor() }
    }
    guard let array else { throw FormatError(.missing, path, "there is no array '\(name)'") }
    return array
  }

  /// The names of the arrays in their order; the arrays themselves are not read.
  /// - Errors: no zip file; a damaged one; an entry that is no `.npy` file; a name that appears twice.
  public static func names(_ path: String) throws(FormatError) -> [String] {
    var names: [String] = []
    try forEachEntry(of: path) { name, _ in names.append(name) }
    return names
  }

  /// Small files may unpack to more than a hundred times their size: zeros do.
  private static let leastLimit = 256 << 20

  /// Gives `body` each array's name, and the reader with which it can be read then.
  private static func forEachEntry(
    of path: String, _ body: (String, NPYReader) throws(FormatError) -> Void
  ) throws(FormatError) {
    try checkBeginning(of: path)
    let size = try asFormatError { () throws(FileError) in try OpenFile(reading: path).status().size }
    let limit = max(leastLimit, 100 * size)
    let archive = try asFormatError { () throws(FileError) in try ArchiveReader(zip: path) }
    var names: Set<String> = []
    while let entry = try asFormatError({ () throws(FileError) in try archive.next() }) {
      guard entry.name.hasSuffix(".npy") else {
        throw FormatError(.unsupported, path, "the entry '\(entry.name)' is no .npy file")
      }
      let name = String(entry.name.dropLast(4))
      guard names.insert(name).inserted else {
        throw FormatError(.damaged, path, "the entry '\(entry.name)' appears twice")
      }
      let reader = NPYReader(path: path, entry: entry.name, limit: limit) { count throws(FormatError) in
        try asFormatError { () throws(FileError) in try archive.read(count: count) }
      }
      try body(name, reader)
    }
  }

  /// - Errors: a file that cannot be a zip file, with what it is instead.
  private static func checkBeginning(of path: String) throws(FormatError) {
    let bytes = try asFormatError { () throws(FileError) in
      let file = try OpenFile(reading: path)
      return try collect(6) { buffer throws(FileError) in try file.read(into: buffer) }
    }
    if bytes.starts(with: [0x50, 0x4B]) { return }
    let isArray = bytes.elementsEqual([0x93] + Array("NUMPY".utf8))
    throw FormatError(
      .unsupported, path,
      (isArray
        ? "this is a .npy file, a single array, not an .npz" : "this is no .npz file, which is a zip file of arrays")
        + "; write one in Python with numpy.savez(\"in.npz\", input=array)")
  }

  /// Writes arrays, not compressed; equal arrays make equal files. A file that is there is replaced only when the new
  /// one is complete.
  public static func write(_ arrays: [String: Tensor], to path: String) throws(FormatError) {
    try write(arrays, as: [:], to: path)
  }

  /// Writes arrays, some with another type than they have in memory, such as 64-bit integers.
  package static func write(
    _ arrays: [String: Tensor], as types: [String: StoredType], to path: String
  ) throws(FormatError) {
    let sorted = arrays.sorted { $0.key < $1.key }.map { name, tensor in
      (name: name + ".npy", stored: types[name].map { $0.stored(tensor) } ?? NPYFile.stored(tensor))
    }
    try asFormatError { () throws(FileError) in
      try AtomicFile.write(to: path) { file throws(FileError) in
        let archive = try ZipWriter(file)
        for (name, stored) in sorted {
          let result: Result<Void, FileError> = stored.header.withUnsafeBytes { header in
            stored.tensor.withUnsafeBytes { data in
              Result { () throws(FileError) in try archive.add(name, [header, data]) }
            }
          }
          try result.get()
        }
        try archive.finish()
      }
    }
  }
}
