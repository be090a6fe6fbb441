import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers
import FoveaNetwork
import FoveaZoo
import Testing

/// Explains some positions of every layer and compares them with the program.
private func checkAllLayers(of network: Network, positions: Int) throws {
  var generator = Generator()
  let input = noise(network.inputShape)
  for layer in try trace(network.model, input: network.inputShape).layers where !layer.path.isEmpty {
    for _ in 0..<positions {
      let position = layer.outputShape.ofExample.dimensions.map { Int.random(in: 0..<$0, using: &generator) }
      let explanation = try network.explain(input, layer: layer.path, at: position)
      #expect(
        explanation.agrees,
        "\(network.name) \(layer.path) \(position): \(explanation.value) ≠ \(explanation.programValue)")
      #expect(explanation.steps.allSatisfy { $0.arithmetic.isComplete }, "\(layer.path) has no terms")
      #expect(!explanation.steps.isEmpty)
    }
  }
}

@Test(
  arguments: Catalogue.entries.filter {
    ($0.input?.count ?? .max) <= 4096 && ($0.name == "resnet20" || !$0.name.hasPrefix("resnet"))
  }.map(\.name))
func `every layer of the catalogue's models is its terms`(name: String) throws {
  let entry = try Catalogue.entry(for: name)
  let network = try Network(entry.make(), input: try #require(entry.input), seed: 3, name: name)
  try checkAllLayers(of: network, positions: name.hasPrefix("resnet") ? 1 : 3)
}

@Test(arguments: [BackendChoice.onednn, .reference])
func `layers that the catalogue does not have are their terms`(backend: BackendChoice) throws {
  let line =
    "input 13x11x3 - conv 8 3x3 dilation 2 groups 1 - bn - sigmoid - avgpool 3x3 /2 same - conv 4 3x3 /2 valid "
    + "- tanh - dropout 0.5 - gmp - fc 6 - softmax"
  let entry = try Catalogue.entry(for: line)
  let network = try Network(entry.make(), input: try #require(entry.input), seed: 5, backend: backend)
  try checkAllLayers(of: network, positions: 4)
}

@Test func `a dense layer with softmax is taken apart`() throws {
  let network = try Network(
    Sequential {
      Flatten()
      Dense(5, activation: .softmax)
      Dense(3, activation: .logSoftmax)
    }, input: [4, 4, 1])
  try checkAllLayers(of: network, positions: 3)
  let explanation = try network.explain(noise([4, 4, 1]), layer: "dense_1", at: [2])
  #expect(explanation.steps.map(\.operation).last == "softmax")
}

@Test func `an activation sees its receptive field, cut at the borders`() throws {
  let entry = try Catalogue.entry(for: "lenet5")
  let network = try Network(entry.make(), input: [28, 28, 1])
  let input = noise([28, 28, 1])
  let corner = try network.explain(input, layer: "c1", at: [0, 27, 0]).field
  #expect(corner.map(\.first) == [0, 25] && corner.map(\.last) == [2, 27] && corner.map(\.outside) == [2, 2])
  let inner = try network.explain(input, layer: "c3", at: [4, 7, 3]).field
  #expect(inner.map(\.first) == [6, 12] && inner.map(\.last) == [19, 25])
  // Flattening keeps the place; a dense layer sees everything.
  let flat = try network.explain(input, layer: "flatten", at: [0]).field
  #expect(flat.map(\.first) == [0, 0] && flat.map(\.last) == [13, 13])
  let dense = try network.explain(input, layer: "c5", at: [0]).field
  #expect(dense.map(\.last) == [27, 27])
}

/// What lies outside of the field does not matter, what lies inside does.
@Test func `the field is what the activation depends on`() throws {
  let entry = try Catalogue.entry(for: "lenet5")
  let network = try Network(entry.make(), input: [28, 28, 1])
  let input = noise([28, 28, 1])
  let explanation = try network.explain(input, layer: "s2", at: [3, 9, 1])
  var changed = input.array(of: Float.self)
  for y in 0..<28 {
    for x in 0..<28 {
      let isSeen = zip([y, x], explanation.field).allSatisfy { ($1.first...$1.last).contains($0) }
      if !isSeen { changed[y * 28 + x] += 1 }
    }
  }
  let other = try network.explain(Tensor(changed, shape: [28, 28, 1]), layer: "s2", at: [3, 9, 1])
  #expect(other.programValue == explanation.programValue)
  let (y, x) = (explanation.field[0].last, explanation.field[1].first)
  changed[y * 28 + x] += 1
  let third = try network.explain(Tensor(changed, shape: [28, 28, 1]), layer: "s2", at: [3, 9, 1])
  #expect(third.programValue != explanation.programValue)
}

@Test func `dropout passes on what comes in`() throws {
  let entry = try Catalogue.entry(for: "input 8x8x1 - conv 4 3x3 - dropout 0.5 - flatten - fc 2")
  let network = try Network(entry.make(), input: [8, 8, 1])
  let path = try #require(network.summary().layers.map(\.path).first { $0.contains("dropout") })
  let explanation = try network.explain(noise([8, 8, 1]), layer: path, at: [1, 1, 1])
  #expect(explanation.source?.contains("conv2d") == true && explanation.agrees)
}

@Test(arguments: [
  ("c2", [0, 0, 0], "there is no layer 'c2'; did you mean 'c1'? `fovea summary` lists them"),
  ("c3", [0, 0], "c3 gives 10×10×16: a position in it is y,x,c, not 2 numbers"),
  ("c3", [0, 10, 0], "c3 gives 10×10×16: x goes from 0 to 9, 10 is outside"),
  ("c5", [-1], "c5 gives 120: c goes from 0 to 119, -1 is outside"),
])
func `wrong places are told`(layer: String, position: [Int], message: String) throws {
  let network = try Network(try Catalogue.entry(for: "lenet5").make(), input: [28, 28, 1])
  let error = #expect(throws: NetworkError.self) {
    try network.explain(noise([28, 28, 1]), layer: layer, at: position)
  }
  #expect(error?.description == message)
}
