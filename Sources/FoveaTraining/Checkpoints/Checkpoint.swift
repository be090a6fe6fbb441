import FoveaCore
import FoveaFiles
import FoveaFormats
import FoveaNetwork

/// A training on disk: the model file's files, the optimizer's state, and where the training stands.
enum Checkpoint {
  /// Writes the checkpoint in place of the one at `path`; a crash leaves the old one or the new one.
  static func write(
    _ network: Network, _ state: TrainingState, optimizerState: [String: Tensor], to path: String
  ) throws {
    try AtomicDirectory.write(to: path, replacingFoldersWith: TrainingState.fileName) { folder in
      try network.write(into: folder)
      let file = folder + "/" + TrainingState.optimizerStateName
      try SafetensorsFile.write(optimizerState, to: OpenFile(creating: file))
      var state = state
      state.optimizerState = try FileSeal(file)
      try OpenFile(creating: folder + "/" + TrainingState.fileName).write(SealedJSON.encode(state))
    }
  }

  /// - Errors: a folder without a training, a file that is missing or damaged.
  static func read(_ path: String) throws -> (state: TrainingState, optimizerState: [String: Tensor]) {
    let folder = try Network.folder(of: path)
    let file = folder + "/" + TrainingState.fileName
    guard FileStatus(file) != nil else {
      throw TrainingError(
        "\(folder): a model file without a training to resume; start one from its weights with --from \(path)")
    }
    let state = try SealedJSON.decode(
      TrainingState.self, from: readFile(file, limit: 64 << 20), path: file, newestVersion: TrainingState.newestVersion)
    let tensors = folder + "/" + TrainingState.optimizerStateName
    try state.optimizerState?.check(tensors)
    return (state, try SafetensorsFile(contentsOf: tensors).tensors())
  }
}
