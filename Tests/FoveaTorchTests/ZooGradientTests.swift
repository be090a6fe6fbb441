import FoveaCore
import FoveaFormats
import FoveaGraph
import FoveaLayers
import FoveaNetwork
import FoveaReference
import FoveaTestSupport
import Foundation
import Testing

/// What `Scripts/zoo-parity.py --gradients FOLDER NAME …` made; too large to be committed.
private let folder = ProcessInfo.processInfo.environment["FOVEA_ZOO_GRADIENTS"]

/// In training, auxiliary heads included, but without dropout, which no two libraries draw alike.
@Test(
  .enabled(
    if: folder != nil,
    "FOVEA_ZOO_GRADIENTS names no folder; `Scripts/zoo-parity.py --gradients FOLDER resnet18` makes one"))
func `all gradients and running moments of models of the zoo are PyTorch's`() throws {
  let files = try FileManager.default.contentsOfDirectory(atPath: try #require(folder)).filter { $0.hasSuffix(".npz") }
  #expect(!files.isEmpty)
  for file in files.sorted() {
    let (name, path) = (String(file.dropLast(4)), "\(folder!)/\(file.dropLast(4))")
    let arrays = try NPZFile.read(path + ".npz")
    let network = try Network(named: name, weights: path + ".weights.pth")
    let expected = try Network(named: name, weights: path + ".gradients.pth").parameters
    let input = try #require(arrays["input"])

    let builder = GraphBuilder(isTraining: true)
    let scores = builder.trace(
      network.model, input: input.shape.ofExample, elementType: network.inputElementType, batchSize: input.shape[0])
    let upstream = builder.constant(try #require(arrays["upstream"]))
    let loss = builder.auxiliaryOutputs.reduce((scores * upstream).sum()) { sum, head in
      sum + head.weight * (head.value * upstream).sum()
    }
    let trained = builder.graph.parameters.filter(\.parameter.isTrainable)
    let gradients = gradients(of: loss, withRespectTo: trained.map { builder.value(of: $0.node) })
    for (parameter, gradient) in zip(trained, gradients) {
      builder.output("gradient of \(parameter.parameter.path)", try #require(gradient))
    }
    var graph = try builder.finish()
    for id in graph.nodes.indices where graph.nodes[id].operation is Op.Dropout {
      graph.replaceUses(of: id, with: graph.nodes[id].inputs[0])
    }
    graph.removeDeadNodes()

    var feed = network.parameters.mapValues { ReferenceTensor($0.floats.map(Double.init), shape: $0.shape) }
    feed["input"] = ReferenceTensor(input)
    let configuration = arrays["exact"]?.floats == [1] ? Configuration.definition : .program
    let results = try configuration.results(of: graph, on: feed)
    // The gradient of a bias before a batch normalisation is 0 but for rounding.
    let least = 1e-9 * (results.values.joined().map(abs).max() ?? 0)
    var worst = (error: 0.0, name: "")
    for (found, numbers) in results {
      let target = try #require(expected[String(found.trimmingPrefix("gradient of "))]).floats.map(Double.init)
      if (numbers + target).allSatisfy({ abs($0) < least }) { continue }
      let error = relativeError(of: numbers, to: target)
      if !(error <= worst.error) { worst = (error, found) }
    }
    print("\(name): \(results.count) results, the largest relative error \(worst.error), \(worst.name)")
    #expect(worst.error < 1e-3, "\(name): \(worst.name)")
  }
}
