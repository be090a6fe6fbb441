public import FoveaLayers

extension Loss {
  /// The connectionist temporal classification loss of sequences: minus the logarithm of the probability of the labels,
  /// summed over all ways to stretch them over time; the mean over examples.
  ///
  /// - Parameters:
  ///   - scores: of the classes at each time, not probabilities.
  ///   - labels: shorter sequences filled up with −1.
  ///   - lengths: the time of each example, at most T.
  ///   - blank: the class that stands for no label.
  /// - Shapes: `N×T×classes`, `int32` `N×S`, `int32` `N` → a scalar.
  /// - Errors: shapes that do not belong together. A sequence that does not fit into its time gives +∞.
  /// - Source: Graves et al. 2006, "Connectionist Temporal Classification", §4.
  public static func ctc(_ scores: Value, labels: Value, lengths: Value, blank: Int = 0) -> Value {
    scores.applying(Op.LogSoftmax()).applying(Op.CTC(blank: blank), labels, lengths).mean()
  }
}
