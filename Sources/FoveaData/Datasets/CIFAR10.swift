import FoveaCore
import FoveaFiles

/// Photographs of ten kinds of things: 50,000 for training and 10,000 for testing, 32×32 RGB.
///
/// - Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images", §3; the "binary version".
public struct CIFAR10: Sendable {
  public let train: ArrayDataset
  public let test: ArrayDataset

  /// Reads `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`.
  ///
  /// - Parameter path: the folder with these files, or the one around `cifar-10-batches-bin`, or the official
  ///   `cifar-10-binary.tar.gz`. Class names come from `batches.meta.txt` if it is there.
  /// - Errors: a missing file; one whose size is no multiple of 3073 bytes; a label above 9; a damaged archive.
  public init(_ path: String) throws(DataError) {
    let files = try CIFARFiles(path)
    (train, test) = (try files.samples(.train), try files.samples(.test))
  }
}

extension CIFARFiles: DataFiles {
  func has(_ part: DataPart) -> Bool { names(of: part).contains(where: isThere) }

  func dataset(_ part: DataPart) throws(DataError) -> any Dataset { try samples(part) }

  fileprivate func samples(_ part: DataPart) throws(DataError) -> ArrayDataset {
    let classNames = try classNames()
    var (pixels, labels): ([UInt8], [UInt8]) = ([], [])
    for name in names(of: part) {
      try append(records: read(name), name: path(of: name), to: &pixels, &labels)
    }
    return try ArrayDataset(
      pixels: pixels, labels: labels, sampleShape: [32, 32, 3], classNames: classNames, name: place)
  }

  private func names(of part: DataPart) -> [String] { part == .train ? Self.trainNames : [Self.testName] }
}

/// Splits records of a label, 1024 red, 1024 green and 1024 blue bytes; puts the channels of a pixel together.
private func append(
  records bytes: [UInt8], name: String, to pixels: inout [UInt8], _ labels: inout [UInt8]
) throws(DataError) {
  let plane = 32 * 32
  let size = 1 + 3 * plane
  guard !bytes.isEmpty, bytes.count % size == 0 else {
    throw DataError(
      .damaged, name,
      "\(bytes.count == 1 ? "1 byte is" : "\(bytes.count) bytes are") no whole number of records of \(size) bytes; fetch the file again"
    )
  }
  let count = bytes.count / size
  let newLabels = (0..<count).map { bytes[$0 * size] }
  try checkLabels(newLabels, classes: 10, name: name)
  labels += newLabels
  let start = pixels.count
  pixels += [UInt8](repeating: 0, count: count * 3 * plane)
  bytes.withUnsafeBufferPointer { source in
    pixels.withUnsafeMutableBufferPointer { target in
      for record in 0..<count {
        for channel in 0..<3 {
          let from = source.baseAddress! + record * size + 1 + channel * plane
          let to = target.baseAddress! + start + record * 3 * plane + channel
          for i in 0..<plane { to[3 * i] = from[i] }
        }
      }
    }
  }
}
