import FoveaCore
import FoveaFormats
import Foundation

/// A file system of a few kilobytes in memory, to fill up.
final class TinyDisk {
  let path: String

  /// Whether this process may mount one.
  static let isPossible: Bool = {
    let place = NSTemporaryDirectory() + "/fovea-disk-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: place) }
    guard let disk = try? TinyDisk(place, bytes: 4096) else { return false }
    disk.unmount()
    return true
  }()

  init(_ path: String, bytes: Int) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(bytes)") == 0 else { throw POSIXError(.EPERM) }
  }

  func unmount() { umount(path) }
}

/// Arrays for `fovea run`.
enum NPZ {
  static func writeZeros(_ shape: Shape, to path: String) throws {
    try NPZFile.write(["input": Tensor(shape: shape)], to: path)
  }
}
