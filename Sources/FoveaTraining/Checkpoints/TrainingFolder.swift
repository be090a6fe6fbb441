import FoveaFiles
import FoveaNetwork

/// The output folder of a training: `checkpoint`, `best` and `metrics.jsonl`.
///
/// It is locked while the value lives: two trainings that wrote to it by turns would leave a log of both.
package final class TrainingFolder: Sendable {
  package let path: String
  private let lock: OpenFile

  package var checkpoint: String { path + "/" + Self.checkpointName }
  package var best: String { path + "/best" }
  package var metrics: String { path + "/" + MetricsLog.fileName }
  private static let checkpointName = "checkpoint"

  /// Makes the folder if it is not there, and locks it.
  ///
  /// - Errors: a `FileError` for a folder that cannot be made or written to; another training that writes there now.
  package init(_ path: String) throws {
    self.path = path
    try makeFolders(path)
    try checkWritable(path)
    lock = try OpenFile(folder: path)
    guard lock.lock() else {
      throw TrainingError(
        "\(path): another training writes to this folder now; wait for its end, or use another folder")
    }
  }

  /// Whether a training, or the best network of one, is there.
  package var holdsTraining: Bool {
    FileStatus(checkpoint + "/" + TrainingState.fileName) != nil || FileStatus(best + "/" + Manifest.fileName) != nil
  }

  /// Checks that what a training writes replaces at most what another training wrote.
  ///
  /// - Errors: somebody's own files under the names that a training uses.
  package func check(keepsBest: Bool) throws {
    try AtomicDirectory.checkReplaceable(checkpoint, marker: TrainingState.fileName)
    if keepsBest { try AtomicDirectory.checkReplaceable(best, marker: Manifest.fileName) }
    guard let status = FileStatus(metrics) else { return }
    guard status.isRegularFile else { throw FileError(.system, metrics, "a file is needed, this is none") }
    // Without a checkpoint no training has written to it yet.
    guard status.size == 0 || holdsTraining else {
      throw FileError(.system, metrics, "it belongs to no training that is here and is not replaced")
    }
  }

  /// Removes the best network of the training that was here before.
  func removeBest() { if FileStatus(best + "/" + Manifest.fileName) != nil { removeTree(best) } }

  /// The output folder of the training whose checkpoint `path` leads to: `path` itself, or the folder around it where
  /// `path` is the checkpoint, however it is spelled; `nil` for a checkpoint that lies by itself.
  package static func path(around path: String) -> String? {
    guard FileStatus(path + "/" + Manifest.fileName) != nil else { return path }
    guard let real = realPath(path), real.hasSuffix("/" + checkpointName) else { return nil }
    let folder = String(real.dropLast(checkpointName.count + 1))
    return folder.isEmpty ? "/" : folder
  }

  /// Whether this is the folder at `other`, however it is spelled.
  package func isSame(as other: String?) -> Bool { other.map { realPath($0) == realPath(path) } ?? false }
}
