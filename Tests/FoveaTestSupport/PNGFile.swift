/// A PNG file put together by hand, of any kind and as wrong as a test wants it.
package struct PNGFile {
  package var width: Int
  package var height: Int
  package var bitDepth: Int
  /// 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
  package var colorType: Int
  package var interlaced = false
  /// Each row with its filter byte, not compressed.
  package var rows: [UInt8]
  package var palette: [UInt8] = []
  package var extraChunks: [(type: String, content: [UInt8])] = []

  package init(width: Int, height: Int, bitDepth: Int, colorType: Int, rows: [UInt8]) {
    (self.width, self.height, self.bitDepth, self.colorType, self.rows) = (width, height, bitDepth, colorType, rows)
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    func add(_ type: String, _ content: [UInt8]) {
      bytes += bigEndian(content.count) + type.utf8 + content + bigEndian(Int(crc32(Array(type.utf8) + content)))
    }
    add(
      "IHDR",
      bigEndian(width) + bigEndian(height) + [UInt8(bitDepth), UInt8(colorType), 0, 0, interlaced ? 1 : 0])
    for chunk in extraChunks { add(chunk.type, chunk.content) }
    if !palette.isEmpty { add("PLTE", palette) }
    add("IDAT", zlibCompressed(rows))
    add("IEND", [])
    return bytes
  }

  private func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
