import CImageCodecs
import FoveaFiles

extension Image {
  /// The most pixels an image may have unless the caller says otherwise: what Pillow refuses, too.
  public static let defaultMaximumPixels = 178_956_970

  /// The most pixels one byte of a file can stand for; what a header promises beyond that is not in the file.
  ///
  /// Deflate packs at most 1032 bytes into one, and in a PNG of 1 bit a byte holds 8 pixels. A JPEG has at least a bit
  /// for each block of 64 pixels, unless it uses arithmetic coding, which stays below this bound, too.
  private static let maximumPixelsPerByte = 8 * 1032

  /// Reads a JPEG or PNG file, upright (Exif orientation applied).
  ///
  /// Alpha is dropped, of 16 bits the upper 8 are kept, of an animation the first frame.
  /// - Errors: a missing file; neither JPEG nor PNG; cut off or damaged; more pixels than `maximumPixels` or than a
  ///   file of its size can hold.
  public init(
    contentsOf path: String, as color: Color = .rgb, maximumPixels: Int = defaultMaximumPixels
  ) throws(DataError) {
    let bytes = try asDataError { () throws(FileError) in try readFile(path, limit: 1 << 30) }
    try self.init(encoded: bytes, name: path, as: color, maximumPixels: maximumPixels)
  }

  /// Decodes the bytes of a JPEG or PNG file; `name` is what errors call it.
  public init(
    encoded bytes: [UInt8], name: String = "image", as color: Color = .rgb,
    maximumPixels: Int = defaultMaximumPixels
  ) throws(DataError) {
    let format = try ImageFormat(of: bytes, name: name)
    let size = try format.size(of: bytes, name: name)
    let pixels = size.pixels
    guard pixels <= maximumPixels else {
      throw DataError(.tooLarge, name, "\(size.text) are more than the limit of \(maximumPixels) pixels")
    }
    guard pixels / Self.maximumPixelsPerByte <= bytes.count else {
      throw DataError(.tooLarge, name, "a file of \(bytes.count) bytes cannot hold \(size.text)")
    }
    if format == .png { try checkPNGTail(bytes, name: name) }
    let decoded = try format.decode(bytes, size: size, name: name)
    let orientation = ExifOrientation(format == .png ? pngMetadata(bytes) : jpegMetadata(bytes))
    self = decoded.oriented(by: orientation).converted(to: color)
  }
}

/// The two kinds of file, told apart by their first bytes.
private enum ImageFormat {
  case jpeg, png

  init(of bytes: [UInt8], name: String) throws(DataError) {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.isEmpty {
      throw DataError(.damaged, name, "the file is empty, a JPEG or PNG image is needed")
    } else {
      let known: [(text: String, kind: String)] = [
        ("GIF8", "a GIF"), ("RIFF", "a WebP"), ("BM", "a BMP"), ("II*\0", "a TIFF"), ("MM\0*", "a TIFF"),
      ]
      let kind = known.first { bytes.starts(with: $0.text.utf8) }?.kind
      throw DataError(
        .unsupported, name, "this is \(kind.map { $0 + " image" } ?? "no image"), a JPEG or PNG image is needed")
    }
  }

  func size(of bytes: [UInt8], name: String) throws(DataError) -> CImageSize {
    var size = CImageSize()
    var message = CImageMessage()
    let read = self == .jpeg ? c_jpeg_read_size : c_png_read_size
    let succeeded = bytes.withUnsafeBufferPointer { read($0.baseAddress, $0.count, &size, &message) }
    guard succeeded, size.width > 0, size.height > 0 else { throw damage(message, name: name) }
    return size
  }

  func decode(_ bytes: [UInt8], size: CImageSize, name: String) throws(DataError) -> Image {
    var size = size
    var message = CImageMessage()
    var succeeded = false
    let decode = self == .jpeg ? c_jpeg_decode : c_png_decode
    let color: Image.Color = size.channels == 1 ? .gray : .rgb
    let image = Image(height: Int(size.height), width: Int(size.width), color: color) { pixels in
      succeeded = bytes.withUnsafeBufferPointer {
        decode($0.baseAddress, $0.count, &size, pixels.baseAddress, &message)
      }
    }
    guard succeeded else { throw damage(message, name: name) }
    return image
  }

  private func damage(_ message: CImageMessage, name: String) -> DataError {
    DataError(.damaged, name, "this \(self == .jpeg ? "JPEG" : "PNG") image cannot be decoded: \(message.string)")
  }
}

extension CImageSize {
  var pixels: Int { Int(width) * Int(height) }
  var text: String { "\(width)×\(height) pixels" }
}

extension CImageMessage {
  var string: String {
    withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
