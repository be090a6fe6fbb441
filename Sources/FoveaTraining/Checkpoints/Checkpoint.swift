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

  /// - Errors: a folder without a training; a file that is missing or damaged, or holds numbers that no training has.
  static func read(_ path: String) throws -> (state: TrainingState, optimizerState: [String: Tensor]) {
    let folder = try Network.folder(of: path)
    let file = folder + "/" + TrainingState.fileName
    guard FileStatus(file) != nil else {
      throw TrainingError(
        "\(folder): a model file without a training to resume; start one from its weights with --from \(path)")
    }
    let state = try SealedJSON.decode(
      TrainingState.self, from: readFile(file, limit: 64 << 20), path: file, newestVersion: TrainingState.newestVersion)
    do {
      try state.check()
    } catch { throw TrainingError("\(file): these are no numbers of a training (\(error)); restore a copy") }
    return (state, try optimizerState(folder + "/" + TrainingState.optimizerStateName, sealed: state.optimizerState))
  }

  private static func optimizerState(_ file: String, sealed: FileSeal?) throws -> [String: Tensor] {
    try sealed?.check(file)
    let tensors = try SafetensorsFile(contentsOf: file).tensors()
    for (path, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      guard tensor.elementType == .float32 else {
        throw TrainingError("\(file): \(path) is \(tensor.elementType), not float32; restore a copy")
      }
      if let mistake = tensor.notFinite {
        throw TrainingError("\(file): \(path) holds \(mistake.value) at index \(mistake.index); restore a copy")
      }
    }
    return tensors
  }
}
