import FoveaCompiler
import FoveaNetwork

/// What products are made of: the value of `--precision`.
enum NumberType: String, CaseIterable, Sendable {
  case float32, bfloat16

  /// How exact the arithmetic is, with `--exact` or without.
  ///
  /// - Errors: both at once.
  func precision(isExact: Bool) throws -> Precision {
    guard isExact else { return self == .bfloat16 ? .bfloat16 : .float32 }
    guard self == .float32 else { throw UsageError("--exact is for float32: leave it or --precision \(rawValue) out") }
    return .exact
  }

  /// Says so where the processor does without.
  static func noteFallback(of type: NumberType) {
    guard type == .bfloat16, !BackendChoice.computesBFloat16 else { return }
    Console.note("note: this processor has no bfloat16 arithmetic (AVX512-BF16 or AMX): float32 is used instead")
  }
}
