import CZlib

/// The bytes as a gzip file.
package func gzipped(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: 15 + 16) }

/// The bytes as a zlib stream, as PNG files hold it.
package func zlibCompressed(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: 15) }

private func deflated(_ bytes: [UInt8], windowBits: CInt) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
  let count = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
      (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
      deflate(&stream, Z_FINISH)
      return Int(stream.total_out)
    }
  }
  return Array(output.prefix(count))
}

/// The checksum of PNG chunks and zip entries.
package func crc32(_ bytes: [UInt8]) -> UInt32 {
  UInt32(truncatingIfNeeded: bytes.withUnsafeBufferPointer { CZlib.crc32(0, $0.baseAddress, UInt32($0.count)) })
}
