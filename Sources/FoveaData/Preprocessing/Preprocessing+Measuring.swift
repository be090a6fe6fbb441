extension Preprocessing {
  /// The preprocessing that gives every channel of a data set the mean 0 and the deviation 1.
  ///
  /// The same data gives the same numbers, on any number of threads: sums of bytes are exact.
  /// - Parameters:
  ///   - dataset: where the samples come from.
  ///   - color: what the network wants, whatever the samples are.
  ///   - samples: how many are looked at, at equal distances; all if there are fewer.
  /// - Errors: no samples; samples that are no pictures; what keeps one from being read.
  public init(measuredOn dataset: any Dataset, color: Image.Color, samples: Int = 10_000) throws {
    guard dataset.elementType == .uint8 else {
      throw DataError(
        .usage, "preprocessing", "it is measured on pictures; the samples are of \(dataset.elementType)")
    }
    let count = min(max(samples, 1), dataset.count)
    let part = Subset(of: dataset, indices: (0..<count).map { $0 * dataset.count / count })
    let loader = try BatchLoader(
      part, batchSize: 64, shuffles: false, preprocessing: Preprocessing(color: color, scale: 1))
    var sums = [ByteSums](repeating: ByteSums(), count: color.rawValue)
    while let batch = try loader.next() {
      batch.images.withUnsafeBytes { bytes in
        let values = bytes.bindMemory(to: Float.self)
        for channel in sums.indices { sums[channel].add(values, from: channel, step: sums.count) }
      }
    }
    let shape = dataset.sampleShape
    try self.init(
      crop: [shape[0], shape[1]], color: color, mean: sums.map(\.mean), deviation: sums.map(\.deviation))
  }
}

/// The sum of bytes and of their squares.
private struct ByteSums {
  private var count = 0
  private var sum = 0
  private var squares = 0

  mutating func add(_ values: UnsafeBufferPointer<Float>, from start: Int, step: Int) {
    for i in stride(from: start, to: values.count, by: step) {
      let value = Int(values[i])
      sum += value
      squares += value * value
    }
    count += values.count / step
  }

  /// In 0...1.
  var mean: Float { Float(Double(sum) / Double(count) / 255) }

  /// In 0...1; 1 where all bytes are equal, which division by 0 must not spread.
  var deviation: Float {
    let mean = Double(sum) / Double(count)
    let variance = Double(squares) / Double(count) - mean * mean
    return variance > 1e-9 ? Float(variance.squareRoot() / 255) : 1
  }
}
