public import FoveaCore
import FoveaFiles

/// Files of one NumPy array, `.npy`.
public enum NPYFile {
  /// Reads an array of truth values, integers or floats, in either byte and axis order.
  ///
  /// Half and double precision become float32, integers of 16 and 64 bits int32, truth values uint8.
  /// - Errors: no such file; malformed, cut off or too long; elements of another kind; an integer that does not fit
  ///   into 32 bits.
  public static func read(_ path: String) throws(FormatError) -> Tensor {
    let file = try asFormatError { () throws(FileError) in try OpenFile(reading: path) }
    let size = try asFormatError { () throws(FileError) in try file.status().size }
    var position = 0
    let reader = NPYReader(path: path, entry: nil, limit: .max) { count throws(FormatError) in
      // Never more than the file has: what its header promises is only a promise.
      var bytes = [UInt8](repeating: 0, count: min(count, max(size - position, 0)))
      let got = try asFormatError { () throws(FileError) in
        try bytes.withUnsafeMutableBytesThrowing { buffer throws(FileError) in try file.read(into: buffer) }
      }
      bytes.removeLast(bytes.count - got)
      position += got
      return bytes
    }
    return try reader.tensor()
  }

  /// Writes an array; a file that is there is replaced only when the new one is complete.
  ///
  /// NumPy has no bfloat16: such a tensor is written as float32.
  public static func write(_ tensor: Tensor, to path: String) throws(FormatError) {
    let (header, tensor) = stored(tensor)
    try asFormatError { () throws(FileError) in
      try AtomicFile.write(to: path) { file throws(FileError) in
        try file.write(header)
        try file.write(tensor)
      }
    }
  }

  /// The header of a tensor, and the tensor as it is written.
  static func stored(_ tensor: Tensor) -> (header: [UInt8], tensor: Tensor) {
    let descr =
      switch tensor.elementType {
      case .float32, .bfloat16: "<f4"
      case .int8: "|i1"
      case .uint8: "|u1"
      case .int32: "<i4"
      }
    let tensor = tensor.elementType == .bfloat16 ? Tensor(tensor.floats, shape: tensor.shape) : tensor
    return (NPYHeader.bytes(descr: descr, shape: tensor.shape), tensor)
  }
}
