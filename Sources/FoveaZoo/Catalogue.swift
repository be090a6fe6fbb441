import FoveaLayers

/// The models that have a name: those of each family, which its own file lists. A new family is added here.
public enum Catalogue {
  public static let entries: [CatalogueEntry] =
    LeNet5.entries + LeNet51998.entries + LeCunLetters1995.entries + KerasMNIST.entries + KerasHeads.entries
    + AlexNet.entries + AlexNet2012.entries + ZFNet.entries + VGG.entries + NetworkInNetwork.entries
    + ResNet.entries + ResNetV2.entries + ResNetCIFAR.entries + DenseNet.entries + DenseNetCIFAR.entries
    + GoogLeNet.entries + InceptionV2.entries + InceptionV3.entries + InceptionResNetV2.entries + Xception.entries
    + SqueezeNet.entries + MobileNetV1.entries
    + MobileNetV2.entries + MobileNetV3.entries + ShuffleNetV2.entries + EfficientNet.entries + ConvNeXt.entries
    + UNet.entries + SmallUNet.entries + DenseUNet.entries + MDUNet.entries + ProbabilisticUNet.entries
    + FCN.entries + DeconvNet.entries + Wav2Letter.entries + TextCNN.entries

  /// The model of a name or of a model line such as `"input 8x8x1 - conv 32 3x3 - relu - fc 10"`.
  ///
  /// Capitals, hyphens and underscores in a name do not matter. Behind a colon stand options: `resnet20:classes=100`. The
  /// lectures' pattern with its numbers is a model, too: `[[CONV-RELU]*2-POOL]*3-[FC-RELU]*1-SOFTMAX`.
  ///
  /// - Errors: an unknown name, with the nearest; a mistake in a line, with its column; an option that does not exist.
  public static func entry(for text: String) throws(ZooError) -> CatalogueEntry {
    if ModelPattern.looksLikeOne(text) {
      if let pattern = try LecturePattern(matching: text) { return pattern.entry }
      let pattern: ModelPattern
      do throws(PatternError) { pattern = try ModelPattern(text) } catch { throw .pattern(error) }
      let (name, source) = (pattern.description, "a model line")
      return CatalogueEntry(
        name, nil, source, input: pattern.input, elementType: pattern.elementType, classes: nil, isLine: true
      ) { _ in pattern }
    }
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let wanted = plain(parts.first ?? "")
    guard let entry = entries.first(where: { ([$0.name] + $0.aliases).contains { plain($0) == wanted } }) else {
      throw .unknownModel(text, nearest: nearest(to: wanted, among: entries.map(\.name)))
    }
    return parts.count > 1 ? try entry.choosing(parts[1]) : entry
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0 != "-" && $0 != "_" }
  }
}

/// What can go wrong in naming a model.
public enum ZooError: Error, Hashable, Sendable, CustomStringConvertible {
  /// - Parameter nearest: the name most like it, if one is like it.
  case unknownModel(String, nearest: String?)
  case pattern(PatternError)
  /// What is wrong with an option, in one sentence.
  case badOption(String)

  public var description: String {
    switch self {
    case .unknownModel(let name, let nearest):
      "there is no model '\(shortened(name))'\(nearest.map { "; did you mean '\($0)'?" } ?? ";") `fovea models` lists the "
        + "names, `fovea layers` says how to write a line of layers"
    case .pattern(let error): error.description
    case .badOption(let sentence): sentence
    }
  }
}
