import FoveaCore
import Testing

/// Expects bfloat16 numbers to be the nearest to what they stand for. Sums in another order move the few beside a tie;
/// cutting bits off would move half of them, by less than a bound for the largest difference can tell.
func expectNearest(_ found: Tensor, _ expected: Tensor, sourceLocation: SourceLocation = #_sourceLocation) {
  let others = zip(found.floats, expected.floats).count { $0 != $1 }
  #expect(
    others <= 1 + found.shape.count / 50, "\(others) of \(found.shape.count) are not the nearest",
    sourceLocation: sourceLocation)
}
