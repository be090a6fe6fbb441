import FoveaCompiler
import FoveaCore

/// Times of kernels as lines of text, read at every start: a format, a machine, a line for each node, and a checksum of
/// all that is above it.
///
/// ```
/// fovea kernels 2
/// a processor × 2, oneDNN 2.6.3, 2 threads
/// usual 0.25 blocked 0	row-major 0.5 row-major 64	onednn convolution …
/// words64:…
/// ```
enum KernelTimingText {
  private static let format = "fovea kernels 2"

  static func bytes(_ times: [String: [KernelVariant: KernelTime]], of machine: String) -> [UInt8] {
    let lines = times.sorted { $0.key < $1.key }.map { key, ways in
      let fields = ways.sorted { $0.key.rawValue < $1.key.rawValue }.map { variant, time in
        "\(variant.rawValue) \(time.seconds) \(time.isRowMajor ? "row-major" : "blocked") \(time.scratchBytes)"
      }
      return (fields + [oneLine(key)]).joined(separator: "\t")
    }
    let text = ([format, oneLine(machine)] + lines).joined(separator: "\n") + "\n"
    return Array((text + checksum(Array(text.utf8)[...]) + "\n").utf8)
  }

  /// - Returns: `nil` for a text that is damaged, of another format, or of another machine.
  static func times(_ bytes: [UInt8], of machine: String) -> [String: [KernelVariant: KernelTime]]? {
    guard bytes.last == 0x0A, let end = bytes.dropLast().lastIndex(of: 0x0A),
      Array(checksum(bytes[...end]).utf8)[...] == bytes[(end + 1)..<(bytes.count - 1)]
    else { return nil }
    let lines = bytes[..<end].split(separator: 0x0A)
    guard lines.count >= 2, lines[0].elementsEqual(format.utf8), lines[1].elementsEqual(oneLine(machine).utf8)
    else { return nil }
    var times: [String: [KernelVariant: KernelTime]] = [:]
    for line in lines.dropFirst(2) {
      let fields = line.split(separator: 0x09).map { String(decoding: $0, as: UTF8.self) }
      guard let key = fields.last else { return nil }
      var ways: [KernelVariant: KernelTime] = [:]
      for field in fields.dropLast() {
        let words = field.split(separator: " ")
        guard words.count == 4, let variant = KernelVariant(rawValue: String(words[0])),
          let seconds = Double(words[1]), let scratchBytes = Int(words[3])
        else { return nil }
        ways[variant] = KernelTime(
          seconds: seconds, isRowMajor: words[2] == "row-major", scratchBytes: scratchBytes)
      }
      times[key] = ways
    }
    return times
  }

  private static func oneLine(_ text: String) -> String { String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }) }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.withUnsafeBytes { String(printf: "words64:%016llx", FNV.wideHash($0)) }
  }
}
