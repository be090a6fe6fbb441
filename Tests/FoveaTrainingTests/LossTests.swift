import FoveaCore
import FoveaLayers
import FoveaNetwork
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import FoveaTraining
import Testing

/// The value of a loss of `output`, and the gradient.
private func evaluate(
  _ output: [Float], _ shape: Shape, _ loss: (Value) -> Value
) throws -> (loss: Float, gradient: [Float]) {
  let builder = GraphBuilder(isTraining: true)
  let x = builder.input("output", shape: shape)
  let value = loss(x)
  builder.output("loss", value)
  let gradient = gradients(of: value, withRespectTo: [x])[0]
  builder.output("gradient", try #require(gradient))
  let run = try ProgramRun(
    builder.finish(), on: [OneDNNBackend(), ReferenceBackend()],
    feed: ["output": ReferenceTensor(output.map(Double.init), shape: shape)])
  let results = try run(["output": ReferenceTensor(output.map(Double.init), shape: shape)])
  return (results["loss"]!.floats[0], results["gradient"]!.floats)
}

private func mistake(_ shape: Shape, _ loss: (Value) -> Value) -> String {
  let builder = GraphBuilder(isTraining: true)
  _ = loss(builder.input("output", shape: shape))
  return builder.errors.map(\.description).joined(separator: "\n")
}

private func labels(_ x: Value, _ labels: [Int32]) -> Value {
  x.builder.constant(Tensor(labels, shape: [labels.count]))
}

@Test func `a class of weight 0 keeps its smoothing term, as in PyTorch`() throws {
  // torch.nn.functional.cross_entropy(…, weight=[1, 0, 2], label_smoothing=0.3), labels 1 and 2.
  let scores: [Float] = [0.2, -1, 0.7, 1, 0.3, -0.4]
  let found = try evaluate(scores, [2, 3]) {
    Loss.crossEntropy(smoothing: 0.3, weights: [1, 0, 2])($0, labels($0, [1, 2]))
  }
  #expect(abs(found.loss - 1.70462) < 1e-5)
}

@Test func `an impossible class that is not the label costs nothing`() throws {
  let scores: [Float] = [0, 1, -.infinity, 2, 0, 1]
  for loss in [Loss.crossEntropy, .crossEntropy(weights: [1, 1, 1]), .crossEntropy(ignored: 2)] {
    let found = try evaluate(scores, [2, 3]) { loss($0, labels($0, [1, 0])) }
    #expect(abs(found.loss - 0.36043) < 1e-4, "\(loss.name)")
    let isFinite = found.gradient.allSatisfy { $0.isFinite }
    #expect(isFinite, "\(loss.name): \(found.gradient)")
  }
}

@Test(arguments: [1, 1e-2, 1e-3, 1e-6] as [Float]) func `the cosine of a short row with itself is 1`(length: Float)
  throws
{
  let row: [Float] = [0.6 * length, -0.8 * length]
  let found = try evaluate(row, [1, 2]) { Loss.cosine($0, $0) }
  #expect(abs(found.loss) < 1e-6)
}

@Test func `losses of pairs and triplets stretch nothing`() {
  let triplet = mistake([4, 3]) { x in
    Loss.triplet(anchor: x, positive: x, negative: x.builder.input("other", shape: [1, 3]))
  }
  #expect(triplet == "model: the triplet loss compares 4×3 with 1×3; give them one shape; nothing is stretched here")
  let contrastive = mistake([4, 3]) { x in
    Loss.contrastive(x, x, different: x.builder.input("different", shape: [4, 1]))
  }
  #expect(
    contrastive == "model: the contrastive loss compares 4 with 4×1; give them one shape; nothing is stretched here")
}

@Test(arguments: [Loss.dice(), .jaccard(), .tversky()]) func `the overlap of a scalar is a mistake`(loss: Loss) {
  #expect(mistake([]) { loss($0, $0) } == "model: overlap of a scalar; give it …×classes")
}
