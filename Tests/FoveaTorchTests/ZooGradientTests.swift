import FoveaCore
import FoveaFormats
import FoveaGraph
import FoveaLayers
import FoveaNetwork
import FoveaReference
import FoveaTestSupport
import FoveaZoo
import Foundation
import Testing

/// What `Scripts/zoo-parity.py --gradients FOLDER NAME …` made; too large to be committed.
private let folder = ProcessInfo.processInfo.environment["FOVEA_ZOO_GRADIENTS"]

/// In training where a model normalises batches; else without its dropout, which no two libraries draw alike.
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
    let parameters = try Network(named: name, weights: path + ".weights.pth").parameters
    let expected = try Network(named: name, weights: path + ".gradients.pth").parameters
    let input = try #require(arrays["input"])

    let builder = GraphBuilder(isTraining: arrays["training"]?.floats == [1])
    let model = try Catalogue.entry(for: name).make()
    let scores = builder.trace(model, input: input.shape.ofExample, batchSize: input.shape[0])
    let loss = (scores * builder.constant(try #require(arrays["upstream"]))).sum(over: [0, 1])
    let trained = builder.graph.parameters.filter(\.parameter.isTrainable)
    let gradients = gradients(of: loss, withRespectTo: trained.map { builder.value(of: $0.node) })
    for (parameter, gradient) in zip(trained, gradients) {
      builder.output("gradient of \(parameter.parameter.path)", try #require(gradient))
    }
    let graph = try builder.finish()

    var feed = parameters.mapValues { ReferenceTensor($0.floats.map(Double.init), shape: $0.shape) }
    feed["input"] = ReferenceTensor(input.floats.map(Double.init), shape: input.shape)
    let results = try Configuration.program.results(of: graph, on: feed)
    var worst = (error: 0.0, name: "")
    for (found, numbers) in results {
      let target = try #require(expected[String(found.trimmingPrefix("gradient of "))])
      let error = relativeError(of: numbers, to: target.floats.map(Double.init))
      if !(error <= worst.error) { worst = (error, found) }
    }
    print("\(name): \(results.count) results, the largest relative error \(worst.error), \(worst.name)")
    #expect(worst.error < 1e-3, "\(name): \(worst.name)")
  }
}
