/// Handwritten digits: 60,000 for training and 10,000 for testing, 28×28 grey.
///
/// - Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-Based Learning Applied to Document Recognition", §III.A.
public struct MNIST: Sendable {
  public let train: ArrayDataset
  public let test: ArrayDataset

  /// Reads the four files with the official names, with `-idx` or `.idx`, plain or with `.gz`.
  /// - Errors: a missing file; a damaged one; images and labels of different number; a label above 9.
  public init(directory: String) throws(DataError) {
    (train, test) = try IDXFolder(directory, classNames: Self.classNames).both()
  }

  static let classNames = (0...9).map(String.init)
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
    (train, test) = try IDXFolder(directory, classNames: Self.classNames).both()
  }

  static let classNames = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
  ]
}
