import FoveaCore
import FoveaGraph
import FoveaLayers
import FoveaReference
import FoveaTestSupport
import Foundation

/// What PyTorch computes for one layer: output, and the gradients of a weighted sum of the output.
/// `Fixtures/make_….py` made it.
struct TorchExample: Decodable {
  struct Numbers: Decodable {
    let shape: Shape
    let values: [Double]
  }

  struct Parameter: Decodable {
    let path: String
    let shape: Shape
  }

  /// With the batch.
  let input: Shape
  /// Where the input is of whole numbers, those below this one; it has no gradient then.
  let integers: Int?
  /// In the order in which the layer makes them; paths without the layer's own name.
  let parameters: [Parameter]
  /// Of the numbers of a parameter, or of `input`.
  let ranges: [String: [Double]]
  let training: Bool
  let output: Numbers
  /// By the parameter's path, and `input`.
  let gradients: [String: Numbers]

  static func all(_ family: String) throws -> [String: TorchExample] {
    try JSONDecoder().decode([String: TorchExample].self, from: fixture(family + ".json"))
  }

  /// As `torch_fixture.py` makes them.
  static func numbers(_ shape: Shape, seed: Int, in range: [Double]) -> ReferenceTensor<Double> {
    let values = (0..<shape.count).map { index in
      let uniform = (Double((index * 7919 + seed * 104729 + 12345) % 16381) + 0.5) / 16381
      return Double(Float(range[0] + (range[1] - range[0]) * uniform))
    }
    return ReferenceTensor(values, shape: shape)
  }

  /// Likewise.
  static func wholeNumbers(_ shape: Shape, seed: Int, below bound: Int) -> ReferenceTensor<Double> {
    let numbers = (0..<shape.count).map { Int32(($0 * 7919 + seed * 104729 + 12345) % 16381 % bound) }
    return ReferenceTensor(integers: numbers, shape: shape)
  }

  /// The parts whose error is larger than the tolerance, relative to the part's largest number.
  ///
  /// - Parameter run: gives the results by name: `output`, and `gradient of …` for each of `gradients`.
  func mistakes(of layer: (Value) -> Value, tolerance: Double, on configuration: Configuration) throws -> [String] {
    let builder = GraphBuilder(isTraining: training)
    let x = builder.input("input", shape: input, elementType: integers == nil ? .float32 : .int32)
    let y = layer(x)
    var mistakes: [String] = []
    if y.shape != output.shape { mistakes.append("the shape is \(y.shape), PyTorch's \(output.shape)") }
    let weights = Self.numbers(y.shape, seed: 100, in: [-1, 1])
    let loss = (y * builder.constant(weights.tensor)).applying(Op.Sum(over: Array(0..<y.rank)))

    let trainable = builder.graph.parameters.filter(\.parameter.isTrainable)
    guard trainable.map(\.parameter.shape) == parameters.map(\.shape) else {
      let found = trainable.map { "\($0.parameter.path) \($0.parameter.shape)" }
      return mistakes + ["the parameters are \(found), PyTorch's \(parameters.map { "\($0.path) \($0.shape)" })"]
    }
    let variables = (integers == nil ? [x] : []) + trainable.map { builder.value(of: $0.node) }
    let names = (integers == nil ? ["input"] : []) + parameters.map(\.path)
    builder.output("output", y)
    for (name, gradient) in zip(names, FoveaGraph.gradients(of: loss, withRespectTo: variables)) {
      if let gradient { builder.output("gradient of \(name)", gradient) }
    }
    let graph = try builder.finish()

    var feed = graph.feed()
    feed["input"] =
      integers.map { Self.wholeNumbers(input, seed: 1, below: $0) }
      ?? Self.numbers(input, seed: 1, in: ranges["input"] ?? [-1, 1])
    for (index, (own, theirs)) in zip(trainable, parameters).enumerated() {
      feed[own.parameter.path] = Self.numbers(theirs.shape, seed: 2 + index, in: ranges[theirs.path] ?? [-1, 1])
    }
    let results = try configuration.results(of: graph, on: feed)
    var expected = ["output": output.values]
    for (name, gradient) in gradients { expected["gradient of \(name)"] = gradient.values }
    for name in expected.keys.sorted() {
      let error = relativeError(of: results[name] ?? [], to: expected[name]!)
      if !(error < tolerance) { mistakes.append("\(name): relative error \(error)") }
    }
    return mistakes
  }
}
