import FoveaCore
import FoveaFiles

/// Handwritten digits: 60,000 for training and 10,000 for testing, 28×28 grey.
///
/// - Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-Based Learning Applied to Document Recognition", §III.A.
public struct MNIST: Sendable {
  public let train: ArrayDataset
  public let test: ArrayDataset

  /// Reads the four files with the official names, with `-idx` or `.idx`, plain or with `.gz`.
  /// - Errors: a missing file; a damaged one; images and labels of different number; a label above 9.
  public init(directory: String) throws(DataError) {
    (train, test) = try readIDXPairs(directory, classNames: (0...9).map(String.init))
  }
}

/// Photographs of clothes in MNIST's format and numbers: 28×28 grey, ten classes.
///
/// - Source: Xiao, Rasul & Vollgraf 2017, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning
///   Algorithms", table 2.
public struct FashionMNIST: Sendable {
  /// Where Debian's package `dataset-fashion-mnist` puts the files.
  public static let debianDirectory = "/usr/share/datasets/fashion-mnist"

  public let train: ArrayDataset
  public let test: ArrayDataset

  /// Reads the four files, named as MNIST's.
  /// - Errors: those of `MNIST`.
  public init(directory: String = debianDirectory) throws(DataError) {
    let names = [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]
    (train, test) = try readIDXPairs(directory, classNames: names)
  }
}

private func readIDXPairs(
  _ directory: String, classNames: [String]
) throws(DataError) -> (train: ArrayDataset, test: ArrayDataset) {
  func pair(_ split: String) throws(DataError) -> ArrayDataset {
    let images = try IDXFile(
      findIDX("\(split)-images", rank: 3, in: directory), rank: 3, content: "images")
    let labels = try IDXFile(
      findIDX("\(split)-labels", rank: 1, in: directory), rank: 1, content: "labels")
    guard images.dimensions[0] == labels.dimensions[0] else {
      throw DataError(
        .inconsistent, labels.path,
        "\(labels.dimensions[0]) labels for \(images.dimensions[0]) images in \(images.path)")
    }
    let shape: Shape = [images.dimensions[1], images.dimensions[2], 1]
    return try ArrayDataset(
      pixels: images.bytes, labels: labels.bytes, sampleShape: shape, classNames: classNames, name: labels.path)
  }
  let (train, test) = (try pair("train"), try pair("t10k"))
  guard train.sampleShape == test.sampleShape else {
    throw DataError(
      .inconsistent, directory,
      "the training images are \(train.sampleShape), the test images \(test.sampleShape)")
  }
  return (train, test)
}

/// The shape of the training images in a folder, by their file's header.
func idxSampleShape(in directory: String) throws(DataError) -> Shape {
  let path = try findIDX("train-images", rank: 3, in: directory)
  let dimensions = try IDXFile.dimensions(of: path, rank: 3, content: "images")
  return [dimensions[1], dimensions[2], 1]
}

/// The path of an IDX file under any of its spellings.
private func findIDX(_ name: String, rank: Int, in directory: String) throws(DataError) -> String {
  guard FileStatus(directory)?.isDirectory == true else {
    throw DataError(.missing, directory, "there is no such folder; \(name)-idx\(rank)-ubyte.gz was looked for in it")
  }
  for separator in ["-", "."] {
    for ending in ["", ".gz"] {
      let path = "\(directory)/\(name)\(separator)idx\(rank)-ubyte\(ending)"
      if FileStatus(path) != nil { return path }
    }
  }
  throw DataError(
    .missing, directory,
    "there is no \(name)-idx\(rank)-ubyte in this folder, nor with .gz, nor with a dot before idx")
}
