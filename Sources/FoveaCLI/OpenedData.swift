import FoveaData
import FoveaLayers
import FoveaNetwork
import FoveaTraining

/// The parts of a data set that can be asked for.
enum Split: String, CaseIterable, Sendable {
  case test, train

  static let option = Option(
    "split", "PART", "which part of the data: test or train", ValueKind<Split>.choice, "test, if there is one")
}

extension DataSource {
  /// - Errors: a part that the data does not have.
  func part(_ split: Split?) throws -> any Dataset {
    switch split {
    case nil: return test ?? train
    case .train: return train
    case .test:
      guard let test else { throw CommandError("the data has no part for testing: use --split train") }
      return test
    }
  }

  /// Opens data for a network that exists, having checked it against the network before anything is read.
  ///
  /// - Errors: more classes than the network has outputs, samples of another size; whatever the data set finds.
  init(_ reference: DataReference, for network: Network) throws {
    let outline = try reference.outline()
    try network.check(sampleShape: outline.sampleShape, classes: outline.classes)
    let known = reference.kind == .folder && !network.classNames.isEmpty ? network.classNames : nil
    try self.init(reference, sampleShape: network.inputShape, classNames: known)
    let (theirs, ours) = (train.classNames, network.classNames)
    guard !ours.isEmpty, theirs != ours else { return }
    func some(_ names: [String]) -> String { names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "") }
    Console.note("note: the data's classes (\(some(theirs))) are called otherwise than the model's (\(some(ours)))")
  }
}
