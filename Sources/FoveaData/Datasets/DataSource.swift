public import FoveaCore

/// The data that a command names: for training and, if there is such a part, for testing.
public struct DataSource: Sendable {
  public let train: any Dataset
  public let test: (any Dataset)?

  /// Opens what `text` names, see `DataReference`.
  ///
  /// - Parameter sampleShape: `H×W×C` that the pictures of a `folder` are brought to; the other kinds have their own.
  /// - Errors: those of `DataReference`; whatever the data set finds.
  public init(parsing text: String, sampleShape: Shape = [224, 224, 3]) throws(DataError) {
    try self.init(DataReference(parsing: text), sampleShape: sampleShape)
  }

  /// - Parameter classNames: the classes of a `folder` in their order, where a model knows them already.
  /// - Errors: whatever the data set finds.
  public init(
    _ reference: DataReference, sampleShape: Shape = [224, 224, 3], classNames: [String]? = nil
  ) throws(DataError) {
    switch reference.kind {
    case .mnist:
      let data = try MNIST(directory: reference.path)
      (train, test) = (data.train, data.test)
    case .fashionMNIST:
      let data = try FashionMNIST(directory: reference.path)
      (train, test) = (data.train, data.test)
    case .cifar10:
      let data = try CIFAR10(reference.path)
      (train, test) = (data.train, data.test)
    case .folder:
      let data = try ImageFolder(directory: reference.path, sampleShape: sampleShape, classNames: classNames)
      (train, test) = (data.train, data.test)
    }
  }
}
