import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import FoveaZoo
import Testing

/// The graph of a model for a batch, after passes.
private func graph(_ model: some Layer, _ input: Shape, _ batchSize: Int) throws -> Graph {
  var graph = try trace(model, input: input, batchSize: batchSize).graph
  Pipeline.standard(backends: BackendChoice.reference.backends).run(on: &graph)
  return graph
}

private struct Classifier: Model {
  var body: Sequential {
    Conv2D(filters: 64, kernel: 5, padding: .same)
    ReLU()
    MaxPool2D(4)
    Conv2D(filters: 64, kernel: 3, padding: .same)
    ReLU()
    MaxPool2D(4)
    Flatten()
    Dense(1000)
  }
}

private struct Skipping: Model {
  var body: Sequential {
    Residual {
      Conv2D(filters: 64, kernel: 3, padding: .same)
      ReLU()
      Conv2D(filters: 16, kernel: 3, padding: .same)
    }
    Conv2D(filters: 8, kernel: 1)
  }
}

private struct Pooled: Model {
  var body: Sequential {
    MaxPool2D(4)
    Flatten()
    Dense(10)
  }
}

@Test func `what is large goes in parts that are enough work`() throws {
  let graph = try graph(Classifier(), [64, 64, 16], 16)
  let front = try #require(FrontInParts(graph))
  // The first convolution has 105 million multiply-adds a picture: two are not enough.
  #expect(front.size == 4)
  // Behind its pooling: the second one's image is small already.
  #expect(graph.nodes[front.cut].shape == [16, 16, 16, 64])
}

@Test func `a single example, little work, and images of one size are not divided`() throws {
  #expect(FrontInParts(try graph(Classifier(), [64, 64, 16], 1)) == nil)
  #expect(FrontInParts(try graph(Classifier(), [16, 16, 3], 16)) == nil)
  #expect(FrontInParts(try graph(Conv2D(filters: 16, kernel: 5, padding: .same), [64, 64, 16], 16)) == nil)
  // Pooling is no work.
  #expect(FrontInParts(try graph(Pooled(), [64, 64, 1], 512)) == nil)
}

@Test func `nothing is cut that another way leads past`() throws {
  let graph = try graph(Skipping(), [64, 64, 16], 16)
  let front = try #require(FrontInParts(graph))
  let isFront = graph.ancestors(of: [front.cut])
  #expect(isFront.indices.filter { isFront[$0] && graph.multiplyAdds(of: [$0]) > 0 }.count == 2)
}

@Test(arguments: [("alexnet", 0.5), ("vgg16", 0.5), ("resnet50", 0.8)])
func `a classifier takes less memory for it`(name: String, share: Double) throws {
  let entry = try Catalogue.entry(for: name)
  let graph = { try trace(entry.make(), input: entry.input!, batchSize: $0).graph }
  let whole = try BackendChoice.onednn.plan(graph(16), isMeasured: false)
  let inParts = try BackendChoice.onednn.plan(graph(16), isMeasured: false, part: graph)
  #expect(inParts.front.parts > 1)
  #expect(Double(inParts.workingBytes) < share * Double(whole.workingBytes))
  #expect(inParts.multiplyAdds == whole.multiplyAdds)
}

/// Every node of the graph as the cut: in parts it gives the same bits, or says that it cannot be.
@Test(arguments: [1, 2, 3]) func `a batch whose front goes in parts gives the same`(size: Int) throws {
  let cases: [(any Layer, Shape)] = [(Classifier(), [16, 16, 2]), (Skipping(), [5, 4, 16])]
  for (model, input) in cases {
    let network = try Network(model, input: input, seed: 3)
    let (whole, part) = (try graph(model, input, 6), try graph(model, input, size))
    let stream = RandomStream(seed: 1, stream: 2)
    let images = (0..<(6 * input.count)).map(stream.normal)
    let parameters = ParameterStorage(sharing: network.parameters)
    func output(_ graph: Graph) throws -> [Float] {
      let program = try Program(
        Plan(graph, backends: BackendChoice.reference.backends), parameters: parameters)
      return images.withUnsafeBytes { bytes in
        program.readingInput("input", from: bytes) { for _ in 0..<2 { program.run() } }
        return program.output("output").floats
      }
    }
    let expected = try output(whole)
    var cuts = 0
    for cut in whole.nodes.indices {
      guard let joined = whole.joining(part, at: cut) else { continue }
      cuts += 1
      let found = try output(joined)
      #expect(found == expected, "cut at \(whole.nodes[cut].path)")
    }
    #expect(cuts >= 2)
  }
}

@Test func `graphs that are not the same are not joined`() throws {
  let whole = try graph(Classifier(), [16, 16, 2], 6)
  let cut = whole.nodes.indices.first { whole.nodes[$0].operation is Op.MaxPool }!
  #expect(whole.joining(try graph(Classifier(), [16, 16, 2], 2), at: cut) != nil)
  #expect(whole.joining(try graph(Classifier(), [16, 16, 2], 4), at: cut) == nil)
  #expect(whole.joining(try graph(Classifier(), [32, 16, 2], 2), at: cut) == nil)
  #expect(whole.joining(try graph(Skipping(), [8, 8, 16], 2), at: cut) == nil)
  #expect(whole.joining(try graph(Classifier(), [16, 16, 2], 2), at: whole.outputs[0].node) == nil)
}
