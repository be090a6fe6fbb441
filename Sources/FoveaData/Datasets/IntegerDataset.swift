public import FoveaCore

/// Samples of whole numbers held in memory, such as texts whose words are numbers of a dictionary: for models that begin
/// with `Embedding` or `OneHot`.
public struct IntegerDataset: Dataset {
  public let classNames: [String]
  public let sampleShape: Shape
  private let labels: [Int]
  private let numbers: [Int32]

  /// - Parameters:
  ///   - numbers: the samples one after the other, each in row-major order.
  ///   - labels: one for each sample, below `classNames.count`.
  ///   - sampleShape: of a sample, e.g. `[20]` for texts of 20 words.
  ///   - classNames: by class index.
  ///   - name: what it is called.
  /// - Errors: the numbers do not fit together, or a label has no class; `name` is what the error calls the data.
  public init(
    numbers: [Int32], labels: [Int], sampleShape: Shape, classNames: [String], name: String = "samples"
  ) throws(DataError) {
    guard sampleShape.isOfSamples else {
      throw DataError(.usage, name, "samples have the shape \(sampleShape): use sizes of 1 or more, below 2³¹ numbers")
    }
    guard numbers.count == labels.count * sampleShape.count else {
      throw DataError(
        .inconsistent, name,
        "\(counted(numbers.count, "number")) are not \(counted(labels.count, "sample")) of \(sampleShape)")
    }
    if let record = labels.firstIndex(where: { !classNames.indices.contains($0) }) {
      throw DataError(
        .damaged, name, "record \(record) has the label \(labels[record]), outside 0...\(classNames.count - 1)")
    }
    (self.numbers, self.labels, self.sampleShape, self.classNames) = (numbers, labels, sampleShape, classNames)
  }

  public var count: Int { labels.count }
  public var elementType: ElementType { .int32 }
  public func label(at index: Int) -> Int { labels[index] }

  public func read(_ index: Int, into target: UnsafeMutableBufferPointer<UInt8>) {
    precondition(0..<count ~= index && target.count == sampleBytes, "sample \(index) of \(count)")
    numbers.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(target).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: $0[(index * target.count)..<((index + 1) * target.count)]))
    }
  }
}
