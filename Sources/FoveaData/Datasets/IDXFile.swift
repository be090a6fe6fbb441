import FoveaCore
import FoveaFiles

/// An array of bytes in the format of the MNIST files, plain or in gzip.
///
/// Two zero bytes, the element type (8: unsigned byte), the rank, the dimensions as big-endian 32-bit numbers, the
/// elements row by row.
/// - Source: Y. LeCun, C. Cortes & C. Burges, "The MNIST Database", section "File formats".
struct IDXFile {
  let path: String
  let dimensions: [Int]
  let bytes: [UInt8]

  /// - Parameter content: what `rank` dimensions hold, for errors.
  init(_ path: String, rank: Int, content: String) throws(DataError) {
    let reader = try asDataError { () throws(FileError) in try GzipReader(path) }
    dimensions = try Self.readHeader(reader, rank: rank, content: content)
    let text = dimensions.map(String.init).joined(separator: "×")

    var count = 1
    for dimension in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      // Deflate packs at most 1032 to 1.
      guard !overflow, product / 1032 <= reader.storedSize else {
        throw DataError(
          .tooLarge, path, "a file of \(counted(reader.storedSize, "byte")) cannot hold \(text) bytes of \(content)")
      }
      count = product
    }
    bytes = try asDataError { [count] () throws(FileError) in try reader.read(count: count) }
    let rest = try asDataError { () throws(FileError) in try reader.skipToEnd() }
    guard bytes.count == count else {
      throw DataError(
        .damaged, path,
        "the \(content) end after \(bytes.count) of \(counted(count, "byte")) (\(text)); fetch the file again")
    }
    guard rest == 0 else {
      throw DataError(
        .damaged, path, "\(counted(rest, "byte")) \(rest == 1 ? "follows" : "follow") the \(text) bytes of \(content)")
    }
    self.path = path
  }

  /// The dimensions alone: the elements are neither read nor checked.
  static func dimensions(of path: String, rank: Int, content: String) throws(DataError) -> [Int] {
    try readHeader(asDataError { () throws(FileError) in try GzipReader(path) }, rank: rank, content: content)
  }

  private static func readHeader(_ reader: GzipReader, rank: Int, content: String) throws(DataError) -> [Int] {
    let path = reader.path
    func read(_ count: Int) throws(DataError) -> [UInt8] {
      try asDataError { () throws(FileError) in try reader.read(count: count) }
    }

    let magic = try read(4)
    guard magic.count == 4 else {
      throw DataError(.damaged, path, "\(magic.count == 1 ? "1 byte is" : "\(magic.count) bytes are") no IDX file")
    }
    guard magic == [0, 0, 8, UInt8(rank)] else {
      throw DataError(
        .damaged, path,
        "it starts with \(hexadecimal(magic)), an IDX file of \(content) with "
          + hexadecimal([0, 0, 8, UInt8(rank)]))
    }
    let header = try read(4 * rank)
    guard header.count == 4 * rank else { throw DataError(.damaged, path, "it ends within its header") }
    let dimensions = (0..<rank).map { bigEndian(header[(4 * $0)..<(4 * $0 + 4)]) }
    guard !dimensions.contains(0) else {
      throw DataError(
        .damaged, path, "it holds no \(content): " + dimensions.map(String.init).joined(separator: "×"))
    }
    return dimensions
  }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
