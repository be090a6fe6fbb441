public import FoveaCore
import FoveaFiles

/// Data sets as a command names them: `mnist:DIR`, `fashion-mnist[:DIR]`, `cifar10:DIR`, `folder:DIR`.
public struct DataSource: Sendable {
  public let train: any Dataset
  public let test: (any Dataset)?

  /// What can be written, for help texts.
  public static let forms = ["mnist:DIR", "fashion-mnist[:DIR]", "cifar10:DIR", "folder:DIR"]

  /// - Parameters:
  ///   - text: a kind, a colon and a folder; `~/` at its beginning is the home folder.
  ///   - sampleShape: `H×W×C` that the pictures of a `folder` are brought to; the other kinds have their own.
  /// - Errors: an unknown kind, with the nearest one; a folder that is not given; whatever the data set finds.
  public init(parsing text: String, sampleShape: Shape = [224, 224, 3]) throws(DataError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let kind = String(parts[0])
    let place = parts.count == 2 && !parts[1].isEmpty ? expandingHome(String(parts[1])) : nil
    func needed() throws(DataError) -> String {
      guard let place else { throw DataError(.usage, text, "\(kind) needs a folder: \(kind):DIR") }
      return place
    }
    switch kind {
    case "mnist":
      let data = try MNIST(directory: needed())
      (train, test) = (data.train, data.test)
    case "fashion-mnist":
      let data = try FashionMNIST(directory: place ?? FashionMNIST.debianDirectory)
      (train, test) = (data.train, data.test)
    case "cifar10":
      let data = try CIFAR10(needed())
      (train, test) = (data.train, data.test)
    case "folder":
      let data = try ImageFolder(directory: needed(), sampleShape: sampleShape)
      (train, test) = (data.train, data.test)
    default:
      let kinds = ["mnist", "fashion-mnist", "cifar10", "folder"]
      let nearest = kinds.min { editDistance($0, kind) < editDistance($1, kind) }!
      let suggestion =
        editDistance(nearest, kind) <= max(nearest.count, kind.count) / 2 ? "did you mean \(nearest)? " : ""
      throw DataError(
        .usage, text, "there is no kind of data named '\(kind)'; \(suggestion)use \(Self.forms.joined(separator: ", "))"
      )
    }
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
