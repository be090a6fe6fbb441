import CImageCodecs
import FoveaFiles

extension Image {
  /// The bytes of a PNG file with this picture.
  public func encodedPNG() -> [UInt8] {
    var size = CImageSize(width: UInt32(width), height: UInt32(height), channels: UInt32(channels))
    var message = CImageMessage()
    var file: [UInt8] = []
    let succeeded = pixels.withUnsafeBufferPointer { pixels in
      withUnsafeMutablePointer(to: &file) { file in
        c_png_encode(
          pixels.baseAddress, &size, file,
          { context, bytes, count in
            let file = context!.assumingMemoryBound(to: [UInt8].self)
            file.pointee.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
          }, &message)
      }
    }
    precondition(succeeded, "a \(height)×\(width) image has no PNG form: \(message.string)")
    return file
  }

  /// Writes a PNG file; a file that is there is replaced only when the new one is complete.
  public func writePNG(to path: String) throws(DataError) {
    let bytes = encodedPNG()
    try asDataError { () throws(FileError) in try AtomicFile.write(bytes, to: path) }
  }
}
