import FoveaLayers

// What the relatives of U-Net join their maps with.

extension Value {
  /// These maps and `others`, channels side by side.
  ///
  /// - Errors: another height or width, as of an image that a pooling does not halve.
  func joined(with others: [Value]) -> Value {
    guard isValid, others.allSatisfy(\.isValid) else { return isValid ? others.first { !$0.isValid }! : self }
    guard let other = others.first(where: { $0.shape.dimensions.dropLast() != shape.dimensions.dropLast() }) else {
      return concatenate([self] + others)
    }
    let channels = others.reduce(self.channels) { $0 + $1.channels }
    return failing(
      "maps of \(shape.ofExample) and of \(other.shape.ofExample) are to be joined: their heights or widths differ",
      fix: "use a height and width that every pooling halves",
      assuming: Shape(other.shape.dimensions.dropLast() + [channels]))
  }

  /// Reports a `model` on what are no images; `nil` if all is well.
  func failingUnlessImages(_ model: String) -> Value? {
    rank == 4
      ? nil : failing("\(model) takes images H×W×C, got \(shape.ofExample)", fix: "give it images", assuming: nil)
  }
}
