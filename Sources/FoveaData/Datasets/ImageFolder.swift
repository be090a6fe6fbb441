public import FoveaCore
import FoveaFiles

/// Pictures sorted into folders, one folder per class.
///
/// Either the folder holds the class folders itself, or it holds `train` and, if wanted, one of `test`, `val` and
/// `validation` with the class folders inside.
public struct ImageFolder: Sendable {
  public let train: ImageFiles
  /// `nil` if there is no such part; `train.holdingOut(_:seed:)` makes one.
  public let test: ImageFiles?

  /// - Parameters:
  ///   - directory: the folder that holds one folder for each class.
  ///   - sampleShape: `H×W×C` that every picture is brought to: scaled until it just covers `H×W`, then the middle is
  ///     taken.
  ///   - classNames: the classes in their order, where a model knows them already.
  ///   - preprocessing: a network's, which brings pictures to that size as it says instead.
  /// - Errors: no folder there; no class folders; a class without pictures; a file that is no picture by its name; a
  ///   class for testing that is not there for training, or that is not in `classNames`.
  public init(
    directory: String, sampleShape: Shape, classNames: [String]? = nil, preprocessing: Preprocessing? = nil
  ) throws(DataError) {
    let folder = try PictureFolder(
      directory, sampleShape: sampleShape, classNames: classNames, preprocessing: preprocessing)
    train = try folder.files(.train)
    test = folder.has(.test) ? try folder.files(.test) : nil
  }
}

/// Where the parts of an `ImageFolder` lie.
struct PictureFolder: DataFiles {
  private let train: String
  private let test: String?
  private let sampleShape: Shape
  private let classNames: [String]?
  private let preprocessing: Preprocessing?

  /// - Errors: several parts for testing.
  init(
    _ directory: String, sampleShape: Shape, classNames: [String]? = nil, preprocessing: Preprocessing? = nil
  ) throws(DataError) {
    func parts(_ names: [String]) -> [String] {
      names.filter { FileStatus(directory + "/" + $0)?.isDirectory == true }
    }
    let hasParts = !parts(["train"]).isEmpty
    let tests = hasParts ? parts(["test", "val", "validation"]) : []
    guard tests.count <= 1 else {
      throw DataError(
        .inconsistent, directory,
        "beside train there may be only one of the folders \(tests.joined(separator: ", "))")
    }
    train = hasParts ? directory + "/train" : directory
    test = tests.first.map { directory + "/" + $0 }
    (self.sampleShape, self.classNames, self.preprocessing) = (sampleShape, classNames, preprocessing)
  }

  func has(_ part: DataPart) -> Bool { part == .train || test != nil }

  func dataset(_ part: DataPart) throws(DataError) -> any Dataset { try files(part) }

  /// The pictures of a part. The classes are those for training, also where only the part for testing is looked at.
  func files(_ part: DataPart) throws(DataError) -> ImageFiles {
    var names = classNames
    if names == nil, part == .test { names = try ImageFiles.classFolders(in: train) }
    return try ImageFiles(
      directory: part == .train ? train : test ?? train, sampleShape: sampleShape, classNames: names,
      preprocessing: preprocessing)
  }

  /// How many classes there are for training; no picture is read.
  ///
  /// - Errors: a class without pictures.
  func countedClasses() throws(DataError) -> Int {
    let folders = try ImageFiles.classFolders(in: train)
    for folder in folders { _ = try ImageFiles.pictures(in: train + "/" + folder) }
    return folders.count
  }
}

/// Picture files, decoded when they are read.
public struct ImageFiles: Dataset {
  public let classNames: [String]
  public let sampleShape: Shape
  private let color: Image.Color
  /// What brings a picture to the size of a sample, where that is not just covered.
  private let preprocessing: Preprocessing?
  private let directory: String
  private let files: [(name: String, label: Int)]

  /// The JPEG and PNG files in the folders of `directory`; these folders, sorted by name, are the classes.
  /// - Parameters:
  ///   - classNames: the classes in their order, where they are known from elsewhere.
  ///   - preprocessing: is asked for the size if it crops to that of the samples.
  init(
    directory: String, sampleShape: Shape, classNames known: [String]? = nil, preprocessing: Preprocessing? = nil
  ) throws(DataError) {
    guard sampleShape.isPicture, let color = Image.Color(rawValue: sampleShape.channels) else {
      throw DataError(.usage, directory, "samples have the shape height×width×1 or height×width×3, not \(sampleShape)")
    }
    let folders = try Self.classFolders(in: directory)
    let classNames = known ?? folders
    var files: [(name: String, label: Int)] = []
    for folder in folders {
      guard let label = classNames.firstIndex(of: folder) else {
        throw DataError(
          .inconsistent, directory + "/" + folder,
          "'\(folder)' is none of the classes \(listing(classNames))")
      }
      files += try Self.pictures(in: directory + "/" + folder).map { (folder + "/" + $0, label) }
    }
    (self.directory, self.sampleShape, self.classNames) = (directory, sampleShape, classNames)
    (self.color, self.files) = (color, files)
    self.preprocessing = preprocessing?.crop == [sampleShape[0], sampleShape[1]] ? preprocessing : nil
  }

  public var count: Int { files.count }

  public func label(at index: Int) -> Int { files[index].label }

  /// The file of a sample.
  public func path(at index: Int) -> String { directory + "/" + files[index].name }

  public func read(_ index: Int, into pixels: UnsafeMutableBufferPointer<UInt8>) throws {
    let image = try Image(contentsOf: path(at: index), as: color)
    let sized = preprocessing?.sized(image) ?? image.covering(height: sampleShape[0], width: sampleShape[1])
    _ = pixels.update(fromContentsOf: sized.pixels)
  }

  /// The names of the folders that are classes, sorted.
  static func classFolders(in directory: String) throws(DataError) -> [String] {
    guard FileStatus(directory) != nil else { throw DataError(.missing, directory, "there is no such folder") }
    let names = try asDataError { () throws(FileError) in try namesInFolder(directory) }
    let folders = names.filter { !$0.hasPrefix(".") && FileStatus(directory + "/" + $0)?.isDirectory == true }
    guard !folders.isEmpty else {
      throw DataError(
        .missing, directory, "there are no folders in it; the pictures of each class need one of their own")
    }
    return folders
  }

  /// The names of the picture files of a class, sorted; hidden files do not count.
  static func pictures(in folder: String) throws(DataError) -> [String] {
    let names = try asDataError { () throws(FileError) in try namesInFolder(folder) }.filter { !$0.hasPrefix(".") }
    for name in names where ![".jpg", ".jpeg", ".png"].contains(where: name.lowercased().hasSuffix) {
      throw DataError(
        .unsupported, folder + "/" + name,
        "only .jpg, .jpeg and .png files belong into a class folder; move this elsewhere")
    }
    guard !names.isEmpty else { throw DataError(.missing, folder, "there are no pictures in this class folder") }
    return names
  }
}

/// The first few of some names.
private func listing(_ names: [String]) -> String {
  names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
}
