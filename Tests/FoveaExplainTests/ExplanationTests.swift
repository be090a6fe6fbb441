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
  let layers = try trace(network.model, input: network.inputShape).layers.filter { !$0.path.isEmpty }
  // Of models of hundreds of layers some dozens.
  for index in stride(from: 0, to: layers.count, by: max(layers.count / 60, 1)) {
    let layer = layers[index]
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
    ($0.input?.count ?? .max) <= 4096 && $0.elementType == .float32
      && ($0.name == "resnet20" || !$0.name.hasPrefix("resnet"))
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
  ("xyzzy", [0, 0, 0], "there is no layer 'xyzzy'; `fovea summary` lists them"),
  ("c3", [0], "c3 gives 10×10×16: a position in it is y,x,c, not 1 number"),
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

private func explanation(
  _ line: String, _ position: [Int], of layer: String? = nil, on input: Tensor? = nil
) throws -> Explanation {
  let entry = try Catalogue.entry(for: line)
  let network = try Network(entry.make(), input: try #require(entry.input), seed: 2)
  let last = try #require(network.summary().layers.last).path
  return try network.explain(input ?? noise(network.inputShape), layer: layer ?? last, at: position)
}

@Test func `what is computed twice is one step, and steps of one name are numbered`() throws {
  let elu = try explanation("input 6x6x3 - elu", [1, 1, 2])
  #expect(Set(elu.steps.map(\.operation)).count == elu.steps.count)
  #expect(elu.steps.count { $0.operation == "relu" } == 1)
  #expect(elu.formula == "y = max(x, 0) + α · (e^min(x, 0) − 1)")
  #expect(elu.text().contains("\nELU: y = max(x, 0)"))
  let gelu = try explanation("input 6x6x3 - gelu", [1, 1, 2])
  #expect(gelu.steps.map(\.operation).filter { $0.hasPrefix("scale") } == ["scale_1", "scale_2"])
  #expect(try #require(gelu.steps.last).sources == ["scale_1", "offset"])
}

@Test func `a reshape inside a layer is not seen, and a place never has a batch`() throws {
  let norm = try explanation("input 6x7x3 - ln", [1, 2, 2])
  #expect(norm.steps.map(\.operation) == ["layer_norm"] && norm.steps[0].at == [1, 2, 2])
  #expect(norm.steps[0].sources == ["the input", "layer_norm_1.scale", "layer_norm_1.bias"])
  #expect(norm.steps[0].arithmetic.terms[0].factors[0].at == [1, 2, 2])
  let after = try explanation("input 6x6x3 - ln - elu", [1, 1, 2])
  for step in after.steps {
    #expect(step.at == [1, 1, 2])
    for factor in step.arithmetic.terms.flatMap(\.factors) where factor.operand != nil && factor.at != [] {
      #expect(factor.at == [1, 1, 2], "\(step.operation)")
    }
  }
  let flat = try explanation("input 3x4x2 - flatten", [13])
  #expect(flat.steps.count == 1 && flat.steps[0].arithmetic.terms[0].factors[0].at == [1, 2, 1])
}

@Test func `batch normalisation reads its parameters by their names`() throws {
  let norm = try explanation("input 5x5x2 - conv 3 - bn", [1, 2, 2])
  #expect(
    norm.steps[0].sources
      == ["conv2d_1"] + ["moving_mean", "moving_variance", "scale", "bias"].map { "batch_norm_1." + $0 })
  let factors = norm.steps[0].arithmetic.terms[0].factors
  #expect(factors.map(\.at) == [[1, 2, 2], [2], [2], [2], [2]])
  #expect(factors.map { $0.operand.map { norm.steps[0].sources[$0] } } == norm.steps[0].sources)
}

@Test func `no rounded number makes an equation wrong`() throws {
  #expect(spelled(1.000004) == "1.000004" && spelled(0.9999999) == "0.9999999")
  #expect(
    spelled(1) == "1" && spelled(1.5) == "1.5" && spelled(Double(Float(0.1))) == "0.1" && spelled(1 / 3.0) == "0.333333"
  )
  let text = try explanation("input 5x5x2 - bn", [1, 2, 1]).text()
  #expect(text.contains("√(σ² + ε) = √(1 + 1e−05) = 1.000005\n"), "\(text)")
}

@Test(arguments: [1, 2, 5, 9]) func `rounding is measured by what cancels`(seed: UInt64) throws {
  // Grey: the three channels are nearly equal, and their differences are rounding.
  let gray = noise([2, 2, 1]).array(of: Float.self).flatMap { [$0 + 90, $0 + 90.00001, $0 + 90.00002] }
  for (line, position) in [
    ("input 2x2x3 - flatten - ln - fc 44 - fc 28 - dropout 0.3 - ln", [3]), ("input 2x2x3 - ln", [1, 1, 2]),
    ("input 2x2x3 - conv 1 - ln", [1, 0, 0]), ("input 2x2x3 - prelu - elu - ln", [1, 0, 1]),
  ] {
    let entry = try Catalogue.entry(for: line)
    let network = try Network(entry.make(), input: [2, 2, 3], seed: seed)
    let layer = try #require(network.summary().layers.last).path
    let explanation = try network.explain(Tensor(gray, shape: [2, 2, 3]), layer: layer, at: position)
    #expect(explanation.agrees, "\(line): \(explanation.value) \(explanation.programValue)")
  }
}

@Test func `an explanation that is wrong by more than rounding does not agree`() throws {
  let right = try explanation("input 6x6x3 - conv 4 - ln", [1, 1, 2])
  #expect(right.agrees && right.tolerance < 1e-3)
}

@Test func `a model that is one layer is called by its kind`() throws {
  let network = try Network(ReLU(), input: [3, 3, 1])
  #expect(network.summary().layers.map(\.path) == ["ReLU"])
  #expect(try network.explain(noise([3, 3, 1]), layer: "ReLU", at: [1, 1, 0]).agrees)
}

@Test func `every layer that is put together has a formula`() throws {
  let words = PatternWord.all.filter { $0.usage == $0.name }.map(\.name)
  #expect(words.count > 15)
  for word in words {
    let line = "input 3x4x4 - " + word
    let entry = try Catalogue.entry(for: line)
    let network = try Network(entry.make(), input: [3, 4, 4])
    let position = network.outputShape.dimensions.map { $0 - 1 }
    let layer = try #require(network.summary().layers.last).path
    let explanation = try network.explain(noise([3, 4, 4]), layer: layer, at: position)
    #expect(explanation.steps.count == 1 || explanation.formula != nil, "\(word)")
  }
}
