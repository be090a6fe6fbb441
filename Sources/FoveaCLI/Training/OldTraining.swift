import FoveaFiles

/// What the output folder of a new training holds of an older one.
struct OldTraining {
  private let folder: String

  /// Makes the folder, before hours of work could be for nothing; removes nothing.
  ///
  /// - Errors: a training that is not to be replaced; somebody's own files where a training would write; a folder that
  ///   cannot be written to.
  init(in folder: String, overwriting: Bool) throws {
    self.folder = folder
    for (name, marker) in [("checkpoint", "training.json"), ("best", "manifest.json")] {
      let part = folder + "/" + name
      guard FileStatus(part) != nil else { continue }
      guard FileStatus(part + "/" + marker) != nil else {
        throw CommandError(
          "\(part) is not of a training: it holds no \(marker); move it away, or choose another folder with --output")
      }
      if name == "checkpoint", !overwriting {
        throw CommandError(
          "\(folder) holds a training already: go on with it by --resume \(folder), choose another folder by --output, "
            + "or replace it by --overwrite")
      }
    }
    do throws(FileError) {
      try makeFolders(folder)
      try checkWritable(folder)
    } catch {
      throw CommandError("\(error); choose another folder with --output")
    }
  }

  /// Removes it: nothing that the new training reads may still lie there.
  func remove() { for name in ["checkpoint", "best", "metrics.jsonl"] { removeTree(folder + "/" + name) } }
}
