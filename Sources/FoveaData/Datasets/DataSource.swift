public import FoveaCore

/// The data that a command names: for training and, if its files are there, for testing.
public struct DataSource: Sendable {
  public let train: any Dataset
  public let test: (any Dataset)?

  /// Opens what `text` names, see `DataReference`.
  ///
  /// - Parameters:
  ///   - text: as on the command line.
  ///   - sampleShape: `H×W×C` that the pictures of a `folder` are brought to; the other kinds have their own.
  /// - Errors: those of `DataReference`; whatever the data set finds.
  public init(parsing text: String, sampleShape: Shape = [224, 224, 3]) throws(DataError) {
    try self.init(DataReference(parsing: text), sampleShape: sampleShape)
  }

  /// - Parameters:
  ///   - reference: where the data lies.
  ///   - sampleShape: height, width and channels of a sample.
  ///   - classNames: the classes of a `folder` in their order, where a model knows them already.
  ///   - preprocessing: a network's, which brings the pictures of a `folder` to that size; without, they are scaled
  ///     until they just cover it.
  /// - Errors: whatever the data set finds.
  public init(
    _ reference: DataReference, sampleShape: Shape = [224, 224, 3], classNames: [String]? = nil,
    preprocessing: Preprocessing? = nil
  ) throws(DataError) {
    let files = try reference.files(sampleShape, classNames, preprocessing)
    train = try files.dataset(.train)
    test = files.has(.test) ? try files.dataset(.test) : nil
    guard let test, test.sampleShape != train.sampleShape else { return }
    throw DataError.sizesDiffer(reference.path, train, test)
  }
}

extension DataReference {
  /// One part of the data; the files of the other need not be there.
  ///
  /// - Parameters:
  ///   - part: without it, that for testing if there is one, otherwise that for training.
  ///   - sampleShape: as for `DataSource`.
  ///   - classNames: as for `DataSource`.
  ///   - preprocessing: as for `DataSource`.
  /// - Errors: no such part; whatever the data set finds.
  public func dataset(
    _ part: DataPart?, sampleShape: Shape = [224, 224, 3], classNames: [String]? = nil,
    preprocessing: Preprocessing? = nil
  ) throws(DataError) -> any Dataset {
    let files = try files(sampleShape, classNames, preprocessing)
    if part == .test, !files.has(.test), files.has(.train) {
      throw DataError(.missing, path, "there is no part for testing; use the one for training")
    }
    return try files.dataset(part ?? (files.has(.test) ? .test : .train))
  }

  fileprivate func files(
    _ sampleShape: Shape, _ classNames: [String]?, _ preprocessing: Preprocessing?
  ) throws(DataError) -> any DataFiles {
    switch kind {
    case .mnist: IDXFolder(path, classNames: MNIST.classNames)
    case .fashionMNIST: IDXFolder(path, classNames: FashionMNIST.classNames)
    case .cifar10: try CIFARFiles(path)
    case .folder:
      try PictureFolder(path, sampleShape: sampleShape, classNames: classNames, preprocessing: preprocessing)
    }
  }
}

extension DataError {
  static func sizesDiffer(_ path: String, _ train: any Dataset, _ test: any Dataset) -> DataError {
    DataError(
      .inconsistent, path, "the training images are \(train.sampleShape), the test images \(test.sampleShape)")
  }
}
