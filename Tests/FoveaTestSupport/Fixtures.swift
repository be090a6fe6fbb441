package import FoundationEssentials

/// The path of a file in the folder `Fixtures` beside the calling test file, or beside a folder around it.
package func fixturePath(_ name: String, file: String = #filePath) -> String {
  var folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
  while !FileManager.default.fileExists(atPath: folder + "/Fixtures"), let slash = folder.lastIndex(of: "/") {
    folder = folder[..<slash]
  }
  return folder + "/Fixtures/" + name
}

/// The content of such a file.
package func fixture(_ name: String, file: String = #filePath) throws -> Data {
  try Data(contentsOf: URL(filePath: fixturePath(name, file: file)))
}

/// A checksum of 64 bits: FNV-1a.
package func checksum(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
