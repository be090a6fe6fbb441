import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport
import Testing

/// Two convolutions with batch normalisation, a shortcut, and a classifier.
private func network(_ builder: GraphBuilder) -> Value {
  var x = builder.input("x", shape: [2, 6, 6, 3])
  for (name, channels) in [("first", 3), ("second", 4)] {
    builder.scope(named: name, kind: "block") {
      let y = x.applying(
        Op.Convolution(Window(size: [3, 3], padding: .same)),
        x.parameter("weights", shape: [3, 3, channels, 4], .heNormal))
      let (scale, bias) = (y.parameter("scale", shape: [4], .zeros), y.parameter("bias", shape: [4], .zeros))
      let running = y.parameter("moments", shape: [2, 4], .zeros, isTrainable: false)
      let norm =
        y.isTraining
        ? y.applying(Op.BatchNorm(epsilon: 1e-3), scale, bias)
        : y.applying(Op.BatchNormalize(epsilon: 1e-3), running, scale, bias)
      if y.isTraining {
        running.applying(Op.LinearCombination([0.9, 0.1]), y.applying(Op.BatchMoments())).update(running)
      }
      x = (channels == 4 ? norm + x : norm).applying(Op.ReLU())
    }
  }
  return matmul(x.applying(Op.Mean(over: [1, 2])), x.parameter("weights", shape: [4, 5], .glorotUniform))
}

private let pipeline = Pipeline.standard(backends: [ReferenceBackend()])

@Test func `a graph for inference keeps its results and loses its normalisations`() throws {
  let builder = GraphBuilder(isTraining: false)
  builder.output("scores", network(builder))
  var graph = try builder.finish()
  let before = graph.results()
  pipeline.run(on: &graph)
  #expect(graph.malformedNodes == [])
  #expect(relativeError(of: graph.results()["scores"]!, to: before["scores"]!) < 1e-9)
  #expect(!graph.nodes.contains { $0.operation is Op.BatchNormalize })
  let isStatic = graph.isStatic
  let labels = graph.nodes.indices.filter { !isStatic[$0] }.map { graph.nodes[$0].operation.label }
  #expect(labels == ["input", "convolution+bias+relu", "convolution+bias+add+relu", "mean", "matrix_product"])
}

@Test func `a graph for training keeps its results and computes nothing twice`() throws {
  let builder = GraphBuilder(isTraining: true)
  let labels = builder.input("labels", shape: [2], elementType: .int32)
  let loss = network(builder).applying(Op.CrossEntropy(), labels).applying(Op.Mean(over: [0]))
  builder.output("loss", loss)
  let weights = builder.graph.parameters.filter(\.parameter.isTrainable).map { builder.value(of: $0.node) }
  for (w, gradient) in zip(weights, gradients(of: loss, withRespectTo: weights)) {
    builder.update(w, to: w.applying(Op.Descend(), gradient!, builder.input("rate", shape: [])))
  }
  var graph = try builder.finish()
  let (before, count) = (graph.results(), graph.nodes.count)
  pipeline.run(on: &graph)
  #expect(graph.malformedNodes == [])
  let after = graph.results()
  #expect(Set(after.keys) == Set(before.keys))
  for (name, numbers) in before { #expect(relativeError(of: after[name]!, to: numbers) < 1e-6, "\(name)") }
  #expect(graph.nodes.count < count)
  #expect(graph.nodes.count { $0.operation is Op.BatchMoments } == 2)
  // The rectifier behind the first normalisation; the other is behind a sum.
  for part in ["reductions", "input_gradient"] {
    #expect(graph.nodes.count { $0.operation.label == "relu_gradient+batch_norm_\(part)" } == 1)
  }

  // A second time there is nothing left to do.
  let once = graph.listing
  pipeline.run(on: &graph)
  #expect(graph.listing == once)
}

@Test func `passes run in their order`() throws {
  struct Append: Pass {
    let factor: Float
    func run(on graph: inout Graph) {
      let output = graph.outputs[0].node
      graph.nodes.append(
        Graph.Node(Op.Scale(factor), inputs: [output], shape: [], elementType: .float32, path: ""))
      graph.outputs[0].node = graph.nodes.count - 1
    }
  }
  let builder = GraphBuilder(isTraining: false)
  builder.output("y", builder.input("x", shape: []))
  var graph = try builder.finish()
  Pipeline([Append(factor: 2), Append(factor: 3)]).run(on: &graph)
  #expect(graph.nodes.map { ($0.operation as? Op.Scale)?.factor } == [nil, 2, 3])
}
