internal import Foundation

/// A JSON file that notices damage: `{"checksum": …, "content": …}`, the checksum over the content's canonical form.
package enum SealedJSON {
  private struct Sealed<Content: Codable>: Codable {
    let checksum: String
    let content: Content
  }

  private struct Versioned: Codable {
    struct Content: Codable { let formatVersion: Int }
    let content: Content
  }

  package static func encode(_ content: some Codable) throws -> [UInt8] {
    let sealed = Sealed(checksum: try checksum(of: content), content: content)
    return Array(try encoder(.prettyPrinted).encode(sealed)) + [0x0A]
  }

  /// - Errors: text that is no such JSON, a newer format, or content that was changed after it was written.
  package static func decode<Content: Codable>(
    _ type: Content.Type, from bytes: [UInt8], path: String, newestVersion: Int
  ) throws -> Content {
    let data = Data(bytes)
    if let version = try? JSONDecoder().decode(Versioned.self, from: data).content.formatVersion,
      version > newestVersion
    {
      throw NetworkError("\(path): format version \(version) is newer than this program's \(newestVersion); update it")
    }
    let sealed: Sealed<Content>
    do {
      sealed = try JSONDecoder().decode(Sealed<Content>.self, from: data)
    } catch {
      throw NetworkError("\(path): not a manifest that fovea wrote, or damaged (\(brief(error))); restore a copy")
    }
    guard try checksum(of: sealed.content) == sealed.checksum else {
      throw NetworkError("\(path): the content does not match its checksum: the file was changed or damaged")
    }
    return sealed.content
  }

  private static func checksum(of content: some Codable) throws -> String {
    String(format: "fnv1a64:%016llx", FNV.hash(try encoder([]).encode(content)))
  }

  private static func encoder(_ formatting: JSONEncoder.OutputFormatting) -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [formatting, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  private static func brief(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has the wrong type"
    case DecodingError.dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "not valid JSON"
        : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))': \(context.debugDescription)"
    default: "\(error)"
    }
  }
}

/// The 64-bit FNV-1a hash, to notice damage; it is no protection against intent.
package enum FNV {
  package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}
