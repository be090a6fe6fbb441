import FoundationEssentials
import FoveaData
import FoveaTestSupport
import Testing

/// What Pillow makes of a file; `Scripts/make-image-fixture.py` writes it.
private enum Expectation: Decodable {
  case refused
  case picture(height: Int, width: Int, rgb: UInt64, gray: UInt64)

  private enum Keys: CodingKey { case height, width, rgb, gray }

  init(from decoder: any Decoder) throws {
    if (try? decoder.singleValueContainer().decode(String.self)) == "refused" {
      self = .refused
      return
    }
    let container = try decoder.container(keyedBy: Keys.self)
    func checksum(_ key: Keys) throws -> UInt64 {
      try #require(UInt64(container.decode(String.self, forKey: key), radix: 16))
    }
    self = .picture(
      height: try container.decode(Int.self, forKey: .height), width: try container.decode(Int.self, forKey: .width),
      rgb: try checksum(.rgb), gray: try checksum(.gray))
  }

  /// Those whose names begin with `folder`.
  static func all(in folder: String) throws -> [(name: String, expectation: Expectation)] {
    try JSONDecoder().decode([String: Expectation].self, from: fixture("images.json"))
      .filter { $0.key.hasPrefix(folder + "/") }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  func check(_ path: String) throws {
    switch self {
    case .refused:
      let error = #expect(throws: DataError.self, "\(path)") { try Image(contentsOf: path) }
      #expect(error?.subject == path)
    case .picture(let height, let width, let rgb, let gray):
      let image = try Image(contentsOf: path)
      #expect((image.height, image.width, image.color) == (height, width, .rgb), "\(path)")
      #expect(checksum(image.pixels) == rgb, "\(path)")
      #expect(checksum(try Image(contentsOf: path, as: .gray).pixels) == gray, "\(path) as grey")
    }
  }
}

@Test func `small JPEG files decode as Pillow decodes them`() throws {
  let files = try Expectation.all(in: "small")
  #expect(files.count == 6)
  for (name, expectation) in files { try expectation.check(fixturePath(name)) }
}

@Test(.enabled(if: SharedData.path("odd-images") != nil, "the folder shared/data/odd-images is not there"))
func `odd images decode as Pillow decodes them`() throws {
  let files = try Expectation.all(in: "odd-images")
  #expect(files.count > 50)
  for (name, expectation) in files { try expectation.check(#require(SharedData.path(name))) }
}

@Test(.enabled(if: SharedData.path("photos") != nil, "the folder shared/data/photos is not there"))
func `photographs decode as Pillow decodes them`() throws {
  let files = try Expectation.all(in: "photos")
  #expect(files.count == 20)
  for (name, expectation) in files { try expectation.check(#require(SharedData.path(name))) }
}

@Test func `every kind of PNG becomes grey or RGB bytes`() throws {
  func pixels(_ file: PNGFile, as color: Image.Color) throws -> [UInt8] {
    try Image(encoded: file.bytes, as: color).pixels
  }
  let grays: [(bitDepth: Int, row: [UInt8], pixels: [UInt8])] = [
    (1, [0b0110_0000], [0, 255, 255]), (2, [0b0001_1100], [0, 85, 255]), (4, [0x08, 0xF0], [0, 136, 255]),
    (8, [0, 9, 255], [0, 9, 255]), (16, [0, 255, 9, 128, 255, 0], [0, 9, 255]),
  ]
  for gray in grays {
    let file = PNGFile(width: 3, height: 1, bitDepth: gray.bitDepth, colorType: 0, rows: [0] + gray.row)
    #expect(try pixels(file, as: .gray) == gray.pixels, "\(gray.bitDepth) bits")
    #expect(try pixels(file, as: .rgb) == gray.pixels.flatMap { [$0, $0, $0] }, "\(gray.bitDepth) bits")
  }
  let rgb = PNGFile(width: 1, height: 2, bitDepth: 8, colorType: 2, rows: [0, 1, 2, 3, 0, 4, 5, 6])
  #expect(try pixels(rgb, as: .rgb) == [1, 2, 3, 4, 5, 6])
  let rgb16 = PNGFile(width: 1, height: 1, bitDepth: 16, colorType: 2, rows: [0, 1, 255, 2, 255, 3, 255])
  #expect(try pixels(rgb16, as: .rgb) == [1, 2, 3])
  let alpha = PNGFile(width: 2, height: 1, bitDepth: 8, colorType: 6, rows: [0, 1, 2, 3, 0, 4, 5, 6, 255])
  #expect(try pixels(alpha, as: .rgb) == [1, 2, 3, 4, 5, 6])
  let grayAlpha = PNGFile(width: 2, height: 1, bitDepth: 8, colorType: 4, rows: [0, 7, 0, 8, 255])
  #expect(try pixels(grayAlpha, as: .gray) == [7, 8])
  var palette = PNGFile(width: 3, height: 1, bitDepth: 4, colorType: 3, rows: [0, 0x10, 0x20])
  palette.palette = [1, 2, 3, 40, 50, 60]
  #expect(try pixels(palette, as: .rgb) == [40, 50, 60, 1, 2, 3, 0, 0, 0])  // the palette has no third entry
  var interlaced = PNGFile(width: 2, height: 2, bitDepth: 8, colorType: 3, rows: [0, 0, 0, 1, 0, 1, 0])
  interlaced.interlaced = true  // passes: top left, top right, the bottom row
  interlaced.palette = [10, 20, 30, 40, 50, 60]
  #expect(try pixels(interlaced, as: .rgb) == [10, 20, 30, 40, 50, 60, 40, 50, 60, 10, 20, 30])
}

/// `1 2 3 / 4 5 6` as a camera would have stored it, held in each of the eight ways.
@Test(
  arguments: [
    (1, 2, [1, 2, 3, 4, 5, 6]), (2, 2, [3, 2, 1, 6, 5, 4]), (3, 2, [6, 5, 4, 3, 2, 1]), (4, 2, [4, 5, 6, 1, 2, 3]),
    (5, 3, [1, 4, 2, 5, 3, 6]), (6, 3, [4, 1, 5, 2, 6, 3]), (7, 3, [6, 3, 5, 2, 4, 1]), (8, 3, [3, 6, 2, 5, 1, 4]),
    (9, 2, [1, 2, 3, 4, 5, 6]),
  ] as [(UInt8, Int, [UInt8])])
func `Exif and XMP orientation turn the picture upright`(orientation: UInt8, height: Int, pixels: [UInt8]) throws {
  let littleEndian: [UInt8] =
    [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
  let bigEndian: [UInt8] =
    [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 4, 0, 0, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0]
  let xmp = Array("XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation=\"\(orientation)\"/>".utf8)
  for (type, content) in [("eXIf", littleEndian), ("eXIf", bigEndian), ("iTXt", xmp)] {
    var file = PNGFile(width: 3, height: 2, bitDepth: 8, colorType: 0, rows: [0, 1, 2, 3, 0, 4, 5, 6])
    file.extraChunks = [(type, content)]
    let image = try Image(encoded: file.bytes, as: .gray)
    #expect(image.height == height)
    #expect(image.pixels == pixels)
  }
}

@Test func `a header that promises too much is refused before memory is taken`() {
  func reason(_ file: PNGFile, maximumPixels: Int = Image.defaultMaximumPixels) -> String? {
    #expect(throws: DataError.self) { try Image(encoded: file.bytes, name: "a.png", maximumPixels: maximumPixels) }?
      .description
  }
  var file = PNGFile(width: 60_000, height: 60_000, bitDepth: 8, colorType: 2, rows: [0])
  #expect(reason(file) == "a.png: 60000×60000 pixels are more than the limit of 178956970 pixels")
  (file.width, file.height) = (10_000, 10_000)
  #expect(reason(file) == "a.png: a file of \(file.bytes.count) bytes cannot hold 10000×10000 pixels")
  (file.width, file.height) = (10, 10)
  #expect(reason(file, maximumPixels: 99) == "a.png: 10×10 pixels are more than the limit of 99 pixels")
  #expect(reason(file) == "a.png: this PNG image cannot be decoded: Not enough image data")
}

@Test func `what is no image is named`() {
  func reason(_ bytes: some Sequence<UInt8>) -> String? {
    #expect(throws: DataError.self) { try Image(encoded: Array(bytes)) }?.reason
  }
  #expect(reason([]) == "the file is empty, a JPEG or PNG image is needed")
  #expect(reason("GIF89a".utf8) == "this is a GIF image, a JPEG or PNG image is needed")
  #expect(reason("hello".utf8) == "this is no image, a JPEG or PNG image is needed")
  #expect(throws: DataError(.missing, "/no/cat.jpg", "there is no such file; check the path")) {
    try Image(contentsOf: "/no/cat.jpg")
  }
}

@Test func `damaged images are decoded or refused, never fatal`() throws {
  var palette = PNGFile(width: 9, height: 7, bitDepth: 4, colorType: 3, rows: (0..<42).map { $0 % 6 == 0 ? 0 : $0 })
  palette.palette = [UInt8](0..<24)
  var deep = PNGFile(width: 4, height: 4, bitDepth: 16, colorType: 6, rows: [])
  deep.rows = (0..<4).flatMap { row in [UInt8(row)] + (0..<32).map { UInt8($0 * 7) } }
  deep.interlaced = true
  var files = [palette.bytes, deep.bytes]
  for name in ["rgb", "progressive", "gray", "cmyk", "orientation6"] {
    files.append(try Array(fixture("small/\(name).jpg")))
  }
  var (decoded, refused) = (0, 0)
  for (seed, file) in files.enumerated() {
    let mutations = Mutations(of: file, seed: UInt64(seed))
    for number in 0..<500 {
      do throws(DataError) {
        let image = try Image(encoded: mutations[number])
        #expect(image.pixels.count == image.height * image.width * 3)
        decoded += 1
      } catch {
        #expect(error.subject == "image")
        refused += 1
      }
    }
  }
  #expect(decoded > 100)
  #expect(refused > 100)
}

@Test func `a PNG file with its end is damaged, not cut off`() throws {
  let whole = PNGFile(width: 9, height: 9, bitDepth: 8, colorType: 0, rows: (0..<90).map { $0 % 10 == 0 ? 0 : $0 })
    .bytes
  func reason(_ bytes: [UInt8]) -> String? {
    #expect(throws: DataError.self) { try Image(encoded: bytes, name: "a.png") }?.reason
  }
  var shorter = whole
  shorter.remove(at: 60)
  var longer = whole
  longer[34] = 0x70  // the second byte of the length of the pixels' chunk
  for bytes in [shorter, longer] {
    #expect(reason(bytes) == "this PNG image cannot be decoded: bytes in it are missing or damaged")
  }
  #expect(reason(Array(whole.dropLast(30))) == "this PNG image cannot be decoded: the file is cut off")
}
