import Glibc

/// Real data sets and images that are too large for the repository; tests that need them are skipped without them.
package enum SharedData {
  /// `$FOVEA_SHARED_DATA`, or the folder `shared/data` beside the package.
  private static let folder =
    variable("FOVEA_SHARED_DATA")
    ?? #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    + "/../shared/data"

  /// `$FOVEA_UNPACKED_DATA`, or `data` in the home folder: what `unpack.sh` of the shared folder writes.
  private static let unpackedFolder = variable("FOVEA_UNPACKED_DATA") ?? (variable("HOME") ?? "") + "/data"

  /// A path in the shared folder, `nil` if it is not there.
  package static func path(_ name: String) -> String? { existing(folder + "/" + name) }

  /// A path in the unpacked folder, `nil` if it is not there.
  package static func unpacked(_ name: String) -> String? { existing(unpackedFolder + "/" + name) }

  private static func existing(_ path: String) -> String? { access(path, R_OK) == 0 ? path : nil }

  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
