import FoveaData
import FoveaLayers
import FoveaNetwork
import FoveaTraining

extension DataPart {
  static let option = Option(
    "split", "PART", "which part of the data: test or train", ValueKind<DataPart>.choice, "test, if there is one")
}

// Data for a network that exists: checked against the network before anything is read.

extension DataReference {
  /// One part; the files of the other need not be there.
  ///
  /// - Errors: another number of classes than the network has outputs, samples of another size; whatever the data set
  ///   finds.
  func dataset(_ part: DataPart?, for network: Network) throws -> any Dataset {
    let known = try check(network)
    let samples = try dataset(
      part, sampleShape: network.inputShape, classNames: known, preprocessing: network.preprocessing)
    noteOtherNames(samples.classNames, than: network.classNames)
    return samples
  }

  /// All parts.
  ///
  /// - Errors: as for one.
  func source(for network: Network) throws -> DataSource {
    let known = try check(network)
    let source = try DataSource(
      self, sampleShape: network.inputShape, classNames: known, preprocessing: network.preprocessing)
    noteOtherNames(source.train.classNames, than: network.classNames)
    return source
  }

  /// - Returns: the classes that a folder of pictures is to be read with; it may have folders for some of them only.
  private func check(_ network: Network) throws -> [String]? {
    let outline = try outline()
    let known = kind == .folder && !network.classNames.isEmpty ? network.classNames : nil
    try network.check(sampleShape: outline.sampleShape, classes: max(outline.classes, known?.count ?? 0))
    return known
  }

  private func noteOtherNames(_ theirs: [String], than ours: [String]) {
    guard !ours.isEmpty, theirs != ours else { return }
    func some(_ names: [String]) -> String { names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "") }
    Console.note("note: the data's classes (\(some(theirs))) are called otherwise than the model's (\(some(ours)))")
  }
}
