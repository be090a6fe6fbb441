import FoveaLayers
import FoveaZoo
import Testing

@Test func `every name and alias stands for one model, which trains on its own input`() throws {
  let names = Catalogue.entries.flatMap { [$0.name] + $0.aliases }
  #expect(Set(names).count == names.count)
  for entry in Catalogue.entries {
    #expect(try Catalogue.entry(for: entry.name).name == entry.name)
    #expect(!entry.source.isEmpty)
    let builder = GraphBuilder(isTraining: true)
    let output = builder.trace(
      entry.make(), input: try #require(entry.input), elementType: entry.elementType, batchSize: 2)
    let weights = builder.graph.parameters.filter(\.parameter.isTrainable).map { builder.value(of: $0.node) }
    let found = gradients(of: output.applying(Op.Sum(over: Array(0..<output.rank))), withRespectTo: weights)
    _ = try builder.finish()
    #expect(!weights.isEmpty && found.allSatisfy { $0 != nil }, "\(entry.name)")
  }
}

@Test(arguments: ["lenet5", "LeNet-5", "LENET_5", "t6"]) func `names do not depend on capitals and hyphens`(
  name: String
) throws {
  #expect(try Catalogue.entry(for: name).name == "lenet5")
}

@Test(arguments: [
  ("lenet", "lenet5"), ("resnet21", "resnet20"), ("reznet56", "resnet56"), ("keras-minst-pool", "keras-mnist-pool"),
])
func `an unknown name suggests the nearest`(name: String, nearest: String) {
  let error = #expect(throws: ZooError.self) { try Catalogue.entry(for: name) }
  #expect(
    error?.description == "there is no model '\(name)'; did you mean '\(nearest)'? `fovea models` lists the names, "
      + "`fovea layers` says how to write a line of layers")
}

@Test func `a line is a model too`() throws {
  let entry = try Catalogue.entry(for: "input 28×28×1 → conv 6 5x5 → tanh → avgpool → fc 10")
  #expect(entry.name == "input 28x28x1 - conv 6 5x5 - tanh - avgpool 2x2 - fc 10")
  #expect(entry.input == [28, 28, 1])
  #expect(try trace(entry.make(classes: 7), input: [28, 28, 1]).outputShape == [10])
  #expect(throws: ZooError.self) { try Catalogue.entry(for: "conv 6 - tanhh") }
}

@Test func `the edit distance counts insertions, deletions and replacements`() {
  #expect(nearest(to: "kitten", among: ["sitting", "mitten", "kit"]) == "mitten")
  // Neighbours that changed places are one mistake; a word with more than a third wrong is another word.
  #expect(nearest(to: "trian", among: ["train", "plain"]) == "train")
  #expect(nearest(to: "fx", among: ["fc", "conv"]) == "fc")
  for word in ["", "f", "foo", "xyzzy", String(repeating: "train", count: 20_000)] {
    #expect(nearest(to: word, among: ["pool", "train", "lenet5", "fc"]) == nil)
  }
}
