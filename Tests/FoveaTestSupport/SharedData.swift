import Glibc

/// Real data sets and images that are too large for the repository; tests that need them are skipped without them.
package enum SharedData {
  /// `$FOVEA_SHARED_DATA`, or the folder `shared/data` beside the package.
  package static let folder: String? = {
    let package = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let path = getenv("FOVEA_SHARED_DATA").map { String(cString: $0) } ?? package + "/../shared/data"
    return access(path, R_OK) == 0 ? path : nil
  }()

  /// A path in that folder, `nil` if it is not there.
  package static func path(_ name: String) -> String? {
    guard let path = folder.map({ $0 + "/" + name }), access(path, R_OK) == 0 else { return nil }
    return path
  }
}
