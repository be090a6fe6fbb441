import FoveaCore

/// Reads one array from a stream of bytes.
struct NPYReader {
  /// A header of NumPy's own making has some hundred bytes; this leaves room.
  private static let maximumHeader = 1 << 20

  let path: String
  /// What errors call the array: nothing for a file of its own, the name of an entry in an archive.
  let entry: String?
  /// The bytes that the array may have: more are not believed to be packed in the file.
  let limit: Int
  /// The next bytes, fewer than asked for at the end.
  let read: (Int) throws(FormatError) -> [UInt8]

  func tensor() throws(FormatError) -> Tensor {
    let header = try header()
    guard header.byteCount <= limit else {
      throw fail(
        "it is said to have \(MemoryLimit.spelled(header.byteCount)), packed more than a hundred to one; if that is "
          + "right, write it with numpy.savez, which does not pack", .unsupported)
    }
    // As bytes, and as a tensor. What is not packed cannot promise more than its file has.
    if entry != nil, let problem = MemoryLimit.problem(with: 2 * min(header.byteCount, .max / 2)) {
      throw fail("it is too large for this machine: \(problem)", .unsupported)
    }
    let bytes = try read(header.byteCount)
    guard bytes.count == header.byteCount else {
      throw fail("it is cut off: \(header.shape) elements need \(header.byteCount) bytes, \(bytes.count) are there")
    }
    guard try read(1).isEmpty else {
      throw fail("more bytes follow than its shape \(header.shape) needs (\(header.byteCount))")
    }
    return try bytes.withUnsafeBytesThrowing { bytes throws(FormatError) in
      let shape = header.isFortranOrder ? Shape(header.shape.dimensions.reversed()) : header.shape
      let tensor = try header.type.tensor(
        bytes, shape: shape, isBigEndian: header.isBigEndian, path: path, name: entry ?? "the array")
      return header.isFortranOrder ? tensor.permuted(Array((0..<shape.rank).reversed())) : tensor
    }
  }

  private func header() throws(FormatError) -> NPYHeader {
    do throws(NPYHeader.Failure) {
      let fieldSize = try NPYHeader.lengthField(asFailure { () throws(FormatError) in try read(8) })
      let field = try asFailure { () throws(FormatError) in try read(fieldSize) }
      let length = NPYHeader.length(field)
      guard field.count == fieldSize, length <= Self.maximumHeader else {
        throw NPYHeader.Failure("its header is impossibly long")
      }
      let text = try asFailure { () throws(FormatError) in try read(length) }
      guard text.count == length else { throw NPYHeader.Failure("it is cut off within its header") }
      return try NPYHeader(parsing: text)
    } catch { throw fail(error.reason, error.kind) }
  }

  private func asFailure<R>(_ body: () throws(FormatError) -> R) throws(NPYHeader.Failure) -> R {
    do throws(FormatError) { return try body() } catch { throw NPYHeader.Failure(error.reason, kind: error.kind) }
  }

  private func fail(_ reason: String, _ kind: FormatError.Kind = .damaged) -> FormatError {
    FormatError(kind, path, entry.map { "\($0): \(reason)" } ?? reason)
  }
}

extension Array where Element == UInt8 {
  /// `withUnsafeBytes` that keeps the type of the error.
  func withUnsafeBytesThrowing<R, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> R
  ) throws(Failure) -> R {
    let result: Result<R, Failure> = withUnsafeBytes { bytes in
      Result { () throws(Failure) in try body(bytes) }
    }
    return try result.get()
  }
}
