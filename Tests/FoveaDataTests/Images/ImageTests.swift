import FoundationEssentials
import FoveaData
import FoveaTestSupport
import Testing

@Test func `an image converts between grey and RGB`() {
  let rgb = Image(height: 1, width: 2, color: .rgb, pixels: [255, 0, 0, 10, 200, 30])
  #expect(rgb.converted(to: .gray).pixels == [76, 124])  // 0.299 · 255; 0.299 · 10 + 0.587 · 200 + 0.114 · 30
  let gray = Image(height: 1, width: 2, color: .gray, pixels: [7, 9])
  #expect(gray.converted(to: .rgb).pixels == [7, 7, 7, 9, 9, 9])
  #expect(gray.converted(to: .gray) == gray)
  #expect(gray.shape == [1, 2, 1])
  #expect(rgb[0, 1, 2] == 30)
}

@Test func `a resized pattern equals Pillow's to one grey level`() throws {
  let expectations = try JSONDecoder().decode([String: Data].self, from: fixture("resized.json"))
  #expect(expectations.count == 7)
  for (name, expected) in expectations {
    let size = name.split(separator: "x").compactMap { Int($0) }
    var image = Image(
      height: 37, width: 53, color: size[2] == 3 ? .rgb : .gray,
      pixels: [UInt8](repeating: 0, count: 37 * 53 * size[2]))
    for y in 0..<37 {
      for x in 0..<53 {
        for c in 0..<size[2] { image[y, x, c] = UInt8((7 * x + 13 * y + 29 * c + x * y) % 256) }
      }
    }
    let resized = image.resized(height: size[0], width: size[1])
    let differences = zip(resized.pixels, expected).map { abs(Int($0) - Int($1)) }
    #expect(differences.count == expected.count)
    #expect(differences.max()! <= 1, "\(name)")
    let filtersRowsFirst = size[0] * 53 >= size[1] * 37  // as here, always
    if filtersRowsFirst { #expect(differences.max()! == 0, "\(name)") }
  }
}

@Test func `resizing keeps constants, and the same size changes nothing`() {
  let flat = Image(height: 5, width: 7, color: .rgb, pixels: [UInt8](repeating: 255, count: 105))
  #expect(flat.resized(height: 11, width: 3).pixels.allSatisfy { $0 == 255 })
  #expect(flat.resized(height: 5, width: 7) == flat)
}

@Test func `a centre crop takes the middle and adds black where there is none`() {
  let image = Image(height: 3, width: 4, color: .gray, pixels: [UInt8](1...12))
  #expect(image.centerCropped(height: 1, width: 2).pixels == [6, 7])
  #expect(image.centerCropped(height: 3, width: 4) == image)
  #expect(image.centerCropped(height: 5, width: 2).pixels == [0, 0, 2, 3, 6, 7, 10, 11, 0, 0])
}

@Test func `a PNG that was written is read back`() throws {
  let folder = TemporaryFolder()
  let rgb = Image(height: 3, width: 5, color: .rgb, pixels: (0..<45).map { UInt8($0 * 5) })
  try rgb.writePNG(to: folder.path("a.png"))
  #expect(try Image(contentsOf: folder.path("a.png")) == rgb)
  let gray = Image(height: 2, width: 2, color: .gray, pixels: [0, 1, 254, 255])
  #expect(try Image(encoded: gray.encodedPNG(), as: .gray) == gray)
}
