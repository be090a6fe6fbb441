/// The parts of an image file that can say which way up the picture is.
struct ImageMetadata {
  /// A TIFF structure with the camera's entries.
  var exif: ArraySlice<UInt8>?
  /// XML text.
  var xmp: ArraySlice<UInt8>?
}

/// The Exif and XMP parts of a JPEG file. Parts that are cut off or malformed are passed over.
func jpegMetadata(_ bytes: [UInt8]) -> ImageMetadata {
  let exifName = Array("Exif\0\0".utf8)
  let xmpName = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
  var metadata = ImageMetadata()
  var position = 2
  while position + 4 <= bytes.count {
    guard bytes[position] == 0xFF else {
      position += 1
      continue
    }
    let marker = bytes[position + 1]
    switch marker {
    case 0xFF: position += 1
    case 0x00, 0x01, 0xD0...0xD8: position += 2
    case 0xD9, 0xDA: return metadata  // the end, or the start of the pixels
    default:
      let length = bigEndian(bytes[(position + 2)..<(position + 4)])
      guard length >= 2, position + 2 + length <= bytes.count else { return metadata }
      let content = bytes[(position + 4)..<(position + 2 + length)]
      if marker == 0xE1, content.starts(with: exifName) {
        // More than 64 KiB are spread over several parts.
        let part = content.dropFirst(exifName.count)
        metadata.exif = metadata.exif.map { $0 + part } ?? part
      } else if marker == 0xE1, content.starts(with: xmpName) {
        metadata.xmp = content.dropFirst(xmpName.count)
      }
      position += 2 + length
    }
  }
  return metadata
}

/// The Exif chunk and the uncompressed XMP text of a PNG file.
func pngMetadata(_ bytes: [UInt8]) -> ImageMetadata {
  let xmpName = Array("XML:com.adobe.xmp\0\0\0".utf8)  // keyword, not compressed, method 0
  var metadata = ImageMetadata()
  for chunk in PNGChunks(bytes: bytes) {
    if chunk.type.elementsEqual("eXIf".utf8) { metadata.exif = chunk.content }
    if chunk.type.elementsEqual("iTXt".utf8), chunk.content.starts(with: xmpName) { metadata.xmp = chunk.content }
  }
  return metadata
}

/// Refuses a PNG file that is cut off after its pixels, in the middle of a chunk; the decoder stops before that.
/// A file that ends between two chunks is complete enough: only the end mark is missing.
func checkPNGTail(_ bytes: [UInt8], name: String) throws(DataError) {
  for chunk in PNGChunks(bytes: bytes) where !chunk.isComplete {
    // With its end mark, the file is whole: the length of a chunk is wrong, or bytes before it are missing.
    let hasEnd = bytes.dropLast(4).suffix(4).elementsEqual("IEND".utf8)
    throw DataError(
      .damaged, name,
      "this PNG image cannot be decoded: "
        + (hasEnd ? "bytes in it are missing or damaged" : "the file is cut off"))
  }
}

/// The chunks of a PNG file, up to its end mark.
private struct PNGChunks: Sequence, IteratorProtocol {
  let bytes: [UInt8]
  private var position = 8
  private var ended = false

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> (type: ArraySlice<UInt8>, content: ArraySlice<UInt8>, isComplete: Bool)? {
    guard !ended, position + 8 <= bytes.count else { return nil }
    let length = bigEndian(bytes[position..<(position + 4)])
    let type = bytes[(position + 4)..<(position + 8)]
    let start = position + 8
    let end = Swift.min(start + length, bytes.count)
    position = end + 4  // the checksum
    ended = type.elementsEqual("IEND".utf8)
    return (type, bytes[start..<end], end == start + length)
  }
}

/// An unsigned number, its most significant byte first.
func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
