import FoveaCore
import FoveaExplain
import FoveaLayers
import FoveaNetwork
import FoveaZoo
import Testing

// The patch that an activation sees, to the pixel.

private func network(_ line: String) throws -> Network {
  let entry = try Catalogue.entry(for: line)
  return try Network(entry.make(), input: try #require(entry.input), seed: 7, backend: .reference)
}

@Test(arguments: [
  ("input 15x16x1 - conv 3 2x4 /2 full dilation 3", [8, 2, 2], [13, 1], [13, 4]),
  // Every other row and column: the taps in the corner of the second window lie on what the first one left out.
  ("input 9x9x1 - conv 2 3x3 /2 - conv 2 3x3 dilation 2", [0, 0, 0], [0, 0], [5, 5]),
])
func `taps on padding are not seen`(line: String, position: [Int], first: [Int], last: [Int]) throws {
  let network = try network(line)
  let layer = try #require(network.summary().layers.last).path
  let field = try network.explain(noise(network.inputShape), layer: layer, at: position).field
  #expect(field.map(\.first) == first && field.map(\.last) == last)
}

@Test(arguments: [
  ("input 12x11x1 - tanh - conv 2 3x4 /3 valid dilation 3 - conv 3 4x4 /3 same dilation 3", [0, 0, 2]),
  // A number alone in its group is its own mean.
  ("input 5x5x1 - conv 1 3x3 - ln", [2, 2, 0]),
])
func `what depends on no pixel says so`(line: String, position: [Int]) throws {
  let network = try network(line)
  let layer = try #require(network.summary().layers.last).path
  let explanation = try network.explain(noise(network.inputShape), layer: layer, at: position)
  #expect(explanation.field.isEmpty && !explanation.dependsOnInput)
  #expect(explanation.text().contains("\nsees nothing of the input"))
}

@Test func `a padded channel of a shortcut sees nothing, a passed one what it passes`() throws {
  let network = try Network(try Catalogue.entry(for: "resnet20").make(), input: [32, 32, 3], seed: 1)
  let input = noise([32, 32, 3])
  let padding = try network.explain(input, layer: "layer2.0.pad_1", at: [3, 3, 3])
  #expect(padding.field.isEmpty && !padding.dependsOnInput && padding.value == 0)
  let passed = try network.explain(input, layer: "layer2.0.pad_1", at: [3, 3, 12])
  #expect(passed.dependsOnInput && passed.field.map(\.first) == [0, 0])
}

/// A model line whose layers all let small changes through, so that what is seen can be told from the numbers.
private func smoothLine(_ generator: inout Generator) -> String {
  func one(_ words: [String]) -> String { words.randomElement(using: &generator)! }
  func window(_ sizes: [Int]) -> String {
    "\(sizes.randomElement(using: &generator)!)x\(sizes.randomElement(using: &generator)!)"
  }
  let sides = (Int.random(in: 7...13, using: &generator), Int.random(in: 7...13, using: &generator))
  var layers = ["input \(sides.0)x\(sides.1)x\(one(["1", "4"]))"]
  for _ in 0..<Int.random(in: 1...4, using: &generator) {
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: layers.append("tanh")
    case 1: layers.append(one(["ln", "lrn", "bn"]))
    case 2: layers.append("avgpool \(window([2, 3])) /\(window([1, 2, 3])) \(one(["same", "valid"]))")
    default:
      layers.append(
        "conv \(one(["4", "6"])) \(window([1, 2, 3, 4])) /\(window([1, 2, 3])) \(one(["same", "valid", "full"])) "
          + "dilation \(window([1, 2, 3]))" + one(["", "", " groups 2"]))
    }
  }
  return layers.joined(separator: " - ")
}

/// Where the first and last rows and columns are of which a change of a pixel changes the activation.
private func influence(on element: Int, of network: Network, _ input: Tensor) throws -> [ClosedRange<Int>]? {
  let shape = network.inputShape
  let (height, width, channels) = (shape[0], shape[1], shape[2])
  let values = input.array(of: Float.self)
  // The picture as it is, and once for each pixel with that one changed.
  let batch = (0...(height * width)).flatMap { changed in
    values.indices.map { $0 / channels == changed - 1 ? 1.5 - 3 * values[$0] : values[$0] }
  }
  let results = try network.predict(batch: Tensor(batch, shape: Shape([height * width + 1] + shape.dimensions)))
  let outputs = results.array(of: Float.self)
  let size = results.shape.count / (height * width + 1)
  let pixels = (0..<(height * width)).filter { outputs[($0 + 1) * size + element] != outputs[element] }
  let (rows, columns) = (pixels.map { $0 / width }, pixels.map { $0 % width })
  guard let top = rows.min(), let bottom = rows.max(), let left = columns.min(), let right = columns.max() else {
    return nil
  }
  return [top...bottom, left...right]
}

@Test(arguments: 0..<40)
func `what is seen is what changes the activation, pixel by pixel`(seed: Int) throws {
  var generator = Generator(state: UInt64(seed) &* 7919 &+ 11)
  for _ in 0..<8 { _ = generator.next() }
  var known: Network?
  var line = ""
  // Not every line of windows fits its input.
  while known == nil {
    line = smoothLine(&generator)
    known = try? network(line)
  }
  let network = try #require(known)
  let input = noise(network.inputShape)
  let layer = try #require(network.summary().layers.last).path
  for _ in 0..<4 {
    let shape = network.outputShape
    let position = shape.dimensions.map { Int.random(in: 0..<$0, using: &generator) }
    let explanation = try network.explain(input, layer: layer, at: position)
    let field = explanation.field.map { $0.first...$0.last }
    let seen = try influence(on: shape.element(at: position), of: network, input)
    #expect(field == seen ?? [], "\(line) at \(position)")
    #expect(explanation.dependsOnInput == (seen != nil))
  }
}
