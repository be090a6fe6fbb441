import FoveaCore
import FoveaFiles

/// A folder of images and labels in IDX files with MNIST's names.
struct IDXFolder: DataFiles {
  private let directory: String
  private let classNames: [String]

  init(_ directory: String, classNames: [String]) { (self.directory, self.classNames) = (directory, classNames) }

  func has(_ part: DataPart) -> Bool {
    find(images(part), rank: 3) != nil || find(labels(part), rank: 1) != nil
  }

  func dataset(_ part: DataPart) throws(DataError) -> any Dataset { try samples(part) }

  /// - Errors: a missing file; images of training and testing that differ in size.
  func both() throws(DataError) -> (train: ArrayDataset, test: ArrayDataset) {
    let (train, test) = (try samples(.train), try samples(.test))
    guard train.sampleShape == test.sampleShape else { throw DataError.sizesDiffer(directory, train, test) }
    return (train, test)
  }

  /// The shape of the training images, or of the test images where there are no others, by their file's header.
  func sampleShape() throws(DataError) -> Shape {
    let path = try require(images(has(.train) || !has(.test) ? .train : .test), rank: 3)
    let dimensions = try IDXFile.dimensions(of: path, rank: 3, content: "images")
    return [dimensions[1], dimensions[2], 1]
  }

  private func samples(_ part: DataPart) throws(DataError) -> ArrayDataset {
    let images = try IDXFile(require(self.images(part), rank: 3), rank: 3, content: "images")
    let labels = try IDXFile(require(self.labels(part), rank: 1), rank: 1, content: "labels")
    guard images.dimensions[0] == labels.dimensions[0] else {
      throw DataError(
        .inconsistent, labels.path,
        "\(counted(labels.dimensions[0], "label")) for \(counted(images.dimensions[0], "image")) in \(images.path)")
    }
    let shape: Shape = [images.dimensions[1], images.dimensions[2], 1]
    return try ArrayDataset(
      pixels: images.bytes, labels: labels.bytes, sampleShape: shape, classNames: classNames, name: labels.path)
  }

  private func images(_ part: DataPart) -> String { (part == .train ? "train" : "t10k") + "-images" }
  private func labels(_ part: DataPart) -> String { (part == .train ? "train" : "t10k") + "-labels" }

  /// The path of a file under any of its spellings.
  private func find(_ name: String, rank: Int) -> String? {
    let names = ["-", "."].flatMap { separator in ["", ".gz"].map { "\(name)\(separator)idx\(rank)-ubyte\($0)" } }
    return names.map { directory + "/" + $0 }.first { FileStatus($0) != nil }
  }

  private func require(_ name: String, rank: Int) throws(DataError) -> String {
    guard FileStatus(directory)?.isDirectory == true else {
      throw DataError(
        .missing, directory, "there is no such folder; \(name)-idx\(rank)-ubyte.gz was looked for in it")
    }
    if let path = find(name, rank: rank) { return path }
    throw DataError(
      .missing, directory,
      "there is no \(name)-idx\(rank)-ubyte in this folder, nor with .gz, nor with a dot before idx")
  }
}
