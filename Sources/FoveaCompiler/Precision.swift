/// How exact the arithmetic of a program is.
public enum Precision: String, Sendable, CaseIterable, Codable {
  /// 32-bit floating point, every sum by its definition.
  case exact
  /// 32-bit floating point; a convolution may have fewer products than its definition (Winograd's algorithm) where that
  /// was measured to be faster, or, in a training, is expected to be: results differ by less than 10⁻⁴ of the largest one,
  /// and where an input is not finite, more of them are not.
  case float32
  /// Convolutions, matrix products and their gradients multiply bfloat16 numbers, of 8 bits of precision, and add in
  /// `float32`, by their definition or by Winograd's algorithm, which rounds sums of operands to bfloat16 on its way: 0.4 % of
  /// the results' deviation, where rounding the results costs 0.2 %. Activations and their gradients are held in bfloat16;
  /// parameters, statistics and losses stay `float32`. On processors without such arithmetic all of it is `float32`.
  case bfloat16
}

/// What a plan may do for speed.
public struct Planning: Sendable {
  public var precision: Precision
  /// Where the times of kernels are kept; without them every node runs in its usual way.
  public var timings: (any KernelTimings)?

  public init(precision: Precision = .exact, timings: (any KernelTimings)? = nil) {
    (self.precision, self.timings) = (precision, timings)
  }
}
