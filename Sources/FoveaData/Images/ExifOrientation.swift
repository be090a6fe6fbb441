/// How a stored picture must be turned to stand upright. The raw values are those of the Exif tag.
///
/// - Source: CIPA DC-008-2023 (Exif 3.0), §4.6.5.1.6, tag 0x0112.
enum ExifOrientation: Int {
  case upright = 1
  case mirrored = 2
  case halfTurn = 3
  case upsideDownMirrored = 4
  case transposed = 5
  case quarterTurnRight = 6
  case antiTransposed = 7
  case quarterTurnLeft = 8

  /// What the metadata say: Exif first, then XMP. Upright if they say nothing or are malformed.
  init(_ metadata: ImageMetadata) {
    let value = metadata.exif.flatMap(exifValue) ?? metadata.xmp.flatMap(xmpValue)
    self = value.flatMap(ExifOrientation.init(rawValue:)) ?? .upright
  }
}

/// The orientation entry of the first directory of a TIFF structure.
private func exifValue(_ exif: ArraySlice<UInt8>) -> Int? {
  var bytes = Array(exif)
  if bytes.starts(with: "Exif\0\0".utf8) { bytes.removeFirst(6) }  // some writers put the name twice
  let isLittleEndian = bytes.starts(with: [0x49, 0x49, 0x2A, 0])
  guard isLittleEndian || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A]) else { return nil }

  func number(at offset: Int, size: Int) -> Int? {
    guard offset >= 0, offset + size <= bytes.count else { return nil }
    let field = bytes[offset..<(offset + size)]
    return isLittleEndian ? field.reversed().reduce(0) { $0 << 8 | Int($1) } : bigEndian(field)
  }

  guard let directory = number(at: 4, size: 4), let count = number(at: directory, size: 2) else { return nil }
  var value: Int?
  for entry in 0..<count {
    let start = directory + 2 + 12 * entry
    guard
      let tag = number(at: start, size: 2), let type = number(at: start + 2, size: 2),
      let repetitions = number(at: start + 4, size: 4)
    else { break }
    // Types 3 and 8 have two bytes, 4 and 9 four; what does not fit into four bytes stands elsewhere.
    guard tag == 0x0112, let size = [3: 2, 8: 2, 4: 4, 9: 4][type], repetitions > 0 else { continue }
    let place = repetitions * size <= 4 ? start + 8 : number(at: start + 8, size: 4)
    guard let place, place + repetitions * size <= bytes.count else { continue }
    value = number(at: place, size: size) ?? value
  }
  return value
}

/// The digit after `tiff:Orientation="` or `tiff:Orientation>`.
private func xmpValue(_ xmp: ArraySlice<UInt8>) -> Int? {
  let name = Array("tiff:Orientation".utf8)
  for start in xmp.indices.dropLast(name.count) where xmp[start...].starts(with: name) {
    var rest = xmp[(start + name.count)...]
    if rest.starts(with: "=\"".utf8) {
      rest = rest.dropFirst(2)
    } else if rest.starts(with: ">".utf8) {
      rest = rest.dropFirst()
    } else {
      continue
    }
    if let digit = rest.first, (0x30...0x39).contains(digit) { return Int(digit) - 0x30 }
  }
  return nil
}

extension Image {
  /// The picture as it should be seen.
  func oriented(by orientation: ExifOrientation) -> Image {
    // Where the top left pixel of the result lies, and the steps in the source for one column and one row.
    let (w, h) = (width, height)
    let (start, column, row, swaps): (Int, Int, Int, Bool) =
      switch orientation {
      case .upright: (0, 1, w, false)
      case .mirrored: (w - 1, -1, w, false)
      case .halfTurn: (w * h - 1, -1, -w, false)
      case .upsideDownMirrored: (w * (h - 1), 1, -w, false)
      case .transposed: (0, w, 1, true)
      case .quarterTurnRight: (w * (h - 1), -w, 1, true)
      case .antiTransposed: (w * h - 1, -w, -1, true)
      case .quarterTurnLeft: (w - 1, w, -1, true)
      }
    guard orientation != .upright else { return self }
    return pixels.withUnsafeBufferPointer { source in
      Image(height: swaps ? w : h, width: swaps ? h : w, color: color) { target in
        var next = 0
        for y in 0..<(swaps ? w : h) {
          var pixel = start + y * row
          for _ in 0..<(swaps ? h : w) {
            for channel in 0..<channels { target[next + channel] = source[pixel * channels + channel] }
            next += channels
            pixel += column
          }
        }
      }
    }
  }
}
