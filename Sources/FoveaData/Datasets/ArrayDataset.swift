public import FoveaCore

/// Samples held in memory.
public struct ArrayDataset: Dataset {
  public let classNames: [String]
  public let sampleShape: Shape
  private let labels: [UInt8]
  private let pixels: [UInt8]

  /// - Parameters:
  ///   - pixels: the samples one after the other, each row by row, the channels of a pixel together.
  ///   - labels: one for each sample, below `classNames.count`.
  ///   - sampleShape: height, width and channels of a sample.
  ///   - classNames: by class index.
  ///   - name: what it is called.
  /// - Errors: the numbers do not fit together, or a label has no class; `name` is what the error calls the data.
  public init(
    pixels: [UInt8], labels: [UInt8], sampleShape: Shape, classNames: [String], name: String = "samples"
  ) throws(DataError) {
    guard sampleShape.isPicture else {
      throw DataError(.usage, name, "samples have the shape height×width×1 or height×width×3, not \(sampleShape)")
    }
    guard pixels.count == labels.count * sampleShape.count else {
      throw DataError(
        .inconsistent, name,
        "\(counted(pixels.count, "byte")) are not \(counted(labels.count, "sample")) of \(sampleShape)")
    }
    try checkLabels(labels, classes: classNames.count, name: name)
    (self.pixels, self.labels, self.sampleShape, self.classNames) = (pixels, labels, sampleShape, classNames)
  }

  public var count: Int { labels.count }

  public func label(at index: Int) -> Int { Int(labels[index]) }

  public func read(_ index: Int, into target: UnsafeMutableBufferPointer<UInt8>) {
    precondition(0..<count ~= index && target.count == sampleShape.count, "sample \(index) of \(count)")
    pixels.withUnsafeBufferPointer {
      target.baseAddress!.update(from: $0.baseAddress! + index * target.count, count: target.count)
    }
  }
}

extension Shape {
  /// Whether it is height×width×channels of a picture, grey or in colour.
  var isPicture: Bool {
    rank == 3 && dimensions.prefix(2).allSatisfy((1...65_535).contains) && Image.Color(rawValue: channels) != nil
  }
}

extension Shape {
  /// Whether a sample can be so large: no empty axis, and fewer than 2³¹ numbers.
  var isOfSamples: Bool {
    var count = 1
    for size in dimensions {
      guard size > 0, case (let product, false) = count.multipliedReportingOverflow(by: size) else { return false }
      count = product
    }
    return count < 1 << 31
  }
}

/// Refuses labels that stand for no class.
func checkLabels(_ labels: [UInt8], classes: Int, name: String) throws(DataError) {
  guard let record = labels.firstIndex(where: { $0 >= classes }) else { return }
  throw DataError(.damaged, name, "record \(record) has the label \(labels[record]), outside 0...\(classes - 1)")
}
