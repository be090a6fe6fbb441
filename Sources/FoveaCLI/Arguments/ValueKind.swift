import FoveaCore
import FoveaFiles
import FoveaZoo

/// What the value of an option may be, and how it is read.
struct ValueKind<Value: Sendable>: Sendable {
  /// As in "--epochs takes …".
  let expectation: String
  /// The words that may be written, where there is a list.
  var words: [String] = []
  /// `nil` for a text that is no such value.
  let read: @Sendable (String) -> Value?

  /// - Errors: a text that is no such value.
  func value(of text: String, for name: String) throws(UsageError) -> Value {
    if let value = read(text) { return value }
    throw UsageError(
      "\(name) takes \(expectation), not '\(shortened(text))'\(suggestion(for: text, among: words))")
  }
}

extension ValueKind where Value == String {
  /// Any text but the empty one.
  static func text(_ noun: String) -> ValueKind {
    ValueKind(expectation: noun) { $0.isEmpty ? nil : $0 }
  }

  /// A path, without slashes at its end; `~/` at its beginning is the home folder, also after `=`, where no shell sees it.
  static func path(_ noun: String) -> ValueKind {
    ValueKind(expectation: noun) { $0.isEmpty ? nil : plainPath(expandingHome($0)) }
  }
}

extension ValueKind where Value == Int {
  static func integer(_ range: ClosedRange<Int>) -> ValueKind {
    ValueKind(expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension ValueKind where Value == Int {
  /// `800MB` in powers of ten, `2GiB` in powers of two.
  static let byteCount = ValueKind(expectation: "a size such as 800MB, 1.5GB or 2GiB") { text in
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let units = ["kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 1024, "mib": 0x1p20, "gib": 0x1p30]
    guard let factor = units[text.dropFirst(number.count).lowercased()], let size = Double(number) else { return nil }
    return (1...1e15).contains(size * factor) ? Int(size * factor) : nil
  }
}

extension ValueKind where Value == UInt64 {
  static let seed = ValueKind(expectation: "a whole number from 0 to \(UInt64.max)") { UInt64($0) }
}

extension ValueKind where Value == Float {
  /// - Parameter expectation: the range in words.
  static func number(_ expectation: String, where isAllowed: @escaping @Sendable (Float) -> Bool) -> ValueKind {
    ValueKind(expectation: expectation) { text in
      Float(text).flatMap { $0.isFinite && isAllowed($0) ? $0 : nil }
    }
  }
}

extension ValueKind where Value == Bool {
  static let onOff = ValueKind(expectation: "on or off", words: ["on", "off"]) { ["on": true, "off": false][$0] }
}

extension ValueKind where Value == Shape {
  /// Three sizes with `x` or `×` between them.
  static let imageShape = ValueKind(expectation: "HEIGHTxWIDTHxCHANNELS, such as 28x28x1") { text in
    let sizes = text.split(omittingEmptySubsequences: false) { "xX×".contains($0) }.map { Int($0) ?? 0 }
    return sizes.count == 3 && sizes.allSatisfy((1...65_535).contains) ? Shape(sizes) : nil
  }
}

extension ValueKind where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
  /// One of the words of an enum.
  static var choice: ValueKind {
    let words = Value.allCases.map(\.rawValue)
    return ValueKind(expectation: listed(words), words: words) { Value(rawValue: $0) }
  }
}

/// `a, b or c`.
func listed(_ words: [String]) -> String {
  words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
}
