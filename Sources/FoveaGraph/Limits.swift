import FoveaCore

// Sizes that no machine can hold are mistakes, and arithmetic on them must not overflow.

extension Shape {
  /// The most elements of a tensor in a graph: 2⁴⁰, four tebibytes of float32.
  package static let largestCount = 1 << 40

  /// Whether it has at most `largestCount` elements and no negative dimension; does not overflow.
  package var isHoldable: Bool {
    var count = 1
    for dimension in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow, product <= Self.largestCount else { return false }
      count = product
    }
    return true
  }
}

/// Where sums and products that may be absurd end: 2⁵³, up to which JSON readers keep every integer.
package let saturation = 1 << 53

/// The product of numbers that are not negative, at most `saturation`.
package func saturatingProduct(_ factors: Int...) -> Int {
  factors.reduce(1) { product, factor in
    let (result, overflow) = product.multipliedReportingOverflow(by: factor)
    return overflow ? saturation : min(result, saturation)
  }
}
