public import FoveaCore
import FoveaFiles

/// Data as a command names it, of which nothing has been read yet: `mnist:DIR`, `fashion-mnist[:DIR]`, `cifar10:DIR`,
/// `folder:DIR`.
public struct DataReference: Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    case mnist
    case fashionMNIST = "fashion-mnist"
    case cifar10, folder
  }

  public let kind: Kind
  /// An absolute path, so that the reference can be kept.
  public let path: String

  /// What can be written, for help texts.
  public static let forms = ["mnist:DIR", "fashion-mnist[:DIR]", "cifar10:DIR", "folder:DIR"]

  /// - Parameter text: a kind, a colon and a folder; `~/` at its beginning is the home folder.
  /// - Errors: an unknown kind, with the nearest one; a folder that is not given.
  public init(parsing text: String) throws(DataError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let kind = Kind(rawValue: parts[0]) else { throw Self.unknownKind(parts[0], in: text) }
    let place = parts.count == 2 && !parts[1].isEmpty ? expandingHome(parts[1]) : nil
    guard let path = place ?? (kind == .fashionMNIST ? FashionMNIST.debianDirectory : nil) else {
      throw DataError(.usage, text, "\(kind.rawValue) needs a folder: \(kind.rawValue):DIR")
    }
    (self.kind, self.path) = (kind, absolutePath(path))
  }

  /// `mnist:/data/mnist`.
  public var description: String { "\(kind.rawValue):\(path)" }

  /// What is known of the samples without reading them.
  public struct Outline: Sendable, Hashable {
    /// `H×W×C`; `nil` where pictures of any size are brought to the size that is asked for.
    public let sampleShape: Shape?
    public let classes: Int
  }

  /// Looks at headers and at names of folders and files, so that a model can be checked before any data is read.
  /// - Errors: a file or folder that is not there; a damaged header; a class without pictures.
  public func outline() throws(DataError) -> Outline {
    switch kind {
    case .mnist, .fashionMNIST: Outline(sampleShape: try IDXFolder(path, classNames: []).sampleShape(), classes: 10)
    case .cifar10: Outline(sampleShape: [32, 32, 3], classes: 10)
    case .folder:
      Outline(
        sampleShape: nil, classes: try PictureFolder(path, sampleShape: [1, 1, 1]).countedClasses())
    }
  }

  private static func unknownKind(_ kind: String, in text: String) -> DataError {
    let kinds = Kind.allCases.map(\.rawValue)
    let nearest = kinds.min { editDistance($0, kind) < editDistance($1, kind) }!
    let isNear = editDistance(nearest, kind) <= max(nearest.count, kind.count) / 2
    return DataError(
      .usage, text,
      "there is no kind of data named '\(kind)'; \(isNear ? "did you mean \(nearest)? " : "")use "
        + forms.joined(separator: ", "))
  }
}

/// How many letters must be changed, added or left out to make `b` of `a`.
///
/// - Source: Wagner & Fischer 1974, "The String-to-String Correction Problem".
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let change = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(change, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
