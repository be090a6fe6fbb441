import FoveaCore
internal import Glibc

/// What came of comparing a network with what other software computed.
package struct Verification: Sendable {
  /// The arrays that agree, in the order of the network.
  package var agreeing: [String] = []
  /// The largest difference among these.
  package var largest = 0.0
  /// Arrays that are called like no layer.
  package var ignored: [String] = []
  /// The first array that differs.
  package var difference: Difference?

  package struct Difference: Sendable {
    package var name: String
    /// What is there, in words.
    package var text: String
    /// What explains it, if one of the usual causes does.
    package var cause: String?
  }

  package var text: String {
    let ignored = ignored.isEmpty ? "" : "; no layer is called \(Self.list(ignored.sorted()))"
    guard let difference else {
      return "\(counted(agreeing.count, "array")) agree\(agreeing.count == 1 ? "s" : ""), relative difference at most "
        + "\(Self.short(largest))\(ignored)"
    }
    let before =
      agreeing.isEmpty ? "" : " (\(counted(agreeing.count, "array")) before agree\(agreeing.count == 1 ? "s" : ""))"
    let cause =
      difference.cause.map { ": \($0)" }
      ?? "; no usual cause (layout, padding, epsilon, channel order, scale, activation) explains it alone"
    return "\(difference.name) is the first that differs\(before), \(difference.text)\(cause)\(ignored)"
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.count > 8 ? names.prefix(6) + ["\(names.count - 6) others"] : names[...]
    return shown.joined(separator: ", ")
  }

  static func short(_ number: Double) -> String { String(printf: "%.2g", number) }
}

/// The difference of two arrays of one shape.
struct ArrayDifference {
  /// Of the place where they differ most, by the largest number that was expected.
  var relative: Double
  var index = 0
  /// Whether it is as small as rounding makes it.
  var isAgreement: Bool

  /// The largest relative difference that counts as agreement, and that for an array that was written in half precision:
  /// its numbers were rounded to 11 bits, and perhaps what they came from, too.
  private static let (tolerance, toleranceOfHalves) = (1e-4, 2e-3)

  init(_ found: Tensor, from expected: Tensor) {
    let (a, b) = (found.floats, expected.floats)
    var (largest, difference) = (0.0, 0.0)
    for i in a.indices {
      if b[i].isFinite { largest = max(largest, Double(abs(b[i]))) }
      let here = abs(Double(a[i]) - Double(b[i]))
      // What is no number on one side alone, or infinite, differs most.
      let isSame = a[i] == b[i] || (a[i].isNaN && b[i].isNaN)
      let counts = isSame ? 0 : here.isNaN ? .infinity : here
      if counts > difference { (difference, index) = (counts, i) }
    }
    relative = difference == 0 ? 0 : difference / max(largest, .leastNormalMagnitude)
    isAgreement =
      relative <= Self.tolerance || (relative <= Self.toleranceOfHalves && b.allSatisfy { Float(Float16($0)) == $0 })
  }
}
