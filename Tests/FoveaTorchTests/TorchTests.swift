import FoveaGraph
import Testing

/// Layers and the examples of PyTorch that they belong to, by name: one fixture, one file in `Examples/`.
struct TorchFamily: Sendable, CustomTestStringConvertible {
  let name: String
  let layers: [String: @Sendable (Value) -> Value]
  /// Relative, to the largest number of a result: looser for long sums.
  let tolerances: [String: Double]

  init(_ name: String, tolerances: [String: Double] = [:], _ layers: [String: @Sendable (Value) -> Value]) {
    (self.name, self.layers, self.tolerances) = (name, layers, tolerances)
  }

  var testDescription: String { name }

  /// A new family is listed here.
  static let all: [TorchFamily] = [
    basic, convolution, pooling, activations, losses, normalization, arrangement,
  ]
}

@Suite struct `layers beside PyTorch's` {
  @Test(arguments: TorchFamily.all) func `every example belongs to a layer`(family: TorchFamily) throws {
    #expect(try TorchExample.all(family.name).keys.sorted() == family.layers.keys.sorted())
  }

  @Test(arguments: TorchFamily.all, Configuration.allCases)
  func `outputs and gradients are PyTorch's`(family: TorchFamily, configuration: Configuration) throws {
    for (name, example) in try TorchExample.all(family.name) {
      guard let layer = family.layers[name] else { continue }
      let tolerance = configuration == .definition ? 1e-7 : family.tolerances[name] ?? 1e-5
      let mistakes = try example.mistakes(of: layer, tolerance: tolerance, on: configuration)
      #expect(mistakes == [], "\(name)")
    }
  }
}
