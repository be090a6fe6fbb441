/// The parts of a data set.
public enum DataPart: String, CaseIterable, Sendable {
  case test, train
}

/// What a data set is read from: its parts can be read one without the other.
protocol DataFiles {
  /// Whether there is such a part; nothing is read.
  func has(_ part: DataPart) -> Bool

  /// - Errors: files that are missing or damaged.
  func dataset(_ part: DataPart) throws(DataError) -> any Dataset
}
