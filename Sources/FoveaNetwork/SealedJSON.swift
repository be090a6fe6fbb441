import FoveaCore
internal import FoundationEssentials

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
    String(printf: "fnv1a64:%016llx", FNV.hash(try encoder([]).encode(content)))
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
    bytes.reduce(start) { step($0, $1) }
  }

  private static let start: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always)
  private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

  /// The same on eight lanes of 64-bit words, for files that are large: `words64:…`. Each step is one to one, so that no
  /// single word changes without the hash.
  ///
  /// - Parameter passed: called with the bytes that have been read since the last call, every 16 MiB.
  package static func wideHash(
    _ bytes: UnsafeRawBufferPointer, passed: (UnsafeRawBufferPointer) -> Void = { _ in }
  ) -> UInt64 {
    var lanes = SIMD8<UInt64>(repeating: start) &+ SIMD8(0, 1, 2, 3, 4, 5, 6, 7)
    let (blocks, prime) = (bytes.count / 64, SIMD8<UInt64>(repeating: 0x0000_0100_0000_01B3))
    for first in stride(from: 0, to: blocks, by: 1 << 18) {
      let end = min(first + (1 << 18), blocks)
      for block in first..<end {
        let words = bytes.loadUnaligned(fromByteOffset: 64 * block, as: SIMD8<UInt64>.self)
        let mixed = lanes ^ SIMD8(truncatingIfNeeded: words)
        lanes = ((mixed &<< 23) | (mixed &>> 41)) &* prime
      }
      passed(UnsafeRawBufferPointer(rebasing: bytes[(64 * first)..<(64 * end)]))
    }
    var hash = hash(bytes[(64 * blocks)...])
    for lane in 0..<8 { hash = (hash ^ lanes[lane]) &* 0x0000_0100_0000_01B3 ^ (hash &>> 29) }
    return hash
  }

  /// The hash of bytes that come piece by piece.
  package struct Hasher: CustomStringConvertible {
    private var hash = FNV.start

    package init() {}

    package mutating func add(_ bytes: some Sequence<UInt8>) { hash = bytes.reduce(hash) { FNV.step($0, $1) } }

    /// As files spell it.
    package var description: String { String(printf: "fnv1a64:%016llx", hash) }
  }
}
