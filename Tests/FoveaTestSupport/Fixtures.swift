package import FoundationEssentials

/// The content of a file in the folder `Fixtures` beside the calling test file, or beside its folder.
package func fixture(_ name: String, file: String = #filePath) throws -> Data {
  var folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
  while !FileManager.default.fileExists(atPath: folder + "/Fixtures"), let slash = folder.lastIndex(of: "/") {
    folder = folder[..<slash]
  }
  return try Data(contentsOf: URL(filePath: folder + "/Fixtures/" + name))
}

/// A checksum of 64 bits: FNV-1a.
package func checksum(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
