import FoveaCore
import FoveaLayers
import FoveaNetwork
import FoveaReference
import FoveaTestSupport
import FoveaZoo
import Testing

private let small = ProbabilisticUNet(channels: [2, 3], latentSize: 2)

/// A batch of two 4×4 images with masks, and what their posteriors are drawn with.
private func evidence(_ builder: GraphBuilder, beta: Float) -> ProbabilisticUNet.Evidence {
  small.evidence(
    image: builder.input("image", shape: [2, 4, 4, 1]),
    mask: builder.input("mask", shape: [2, 4, 4], elementType: .int32),
    noise: builder.input("noise", shape: [2, 2]), beta: beta)
}

private func noise(_ shape: Shape, _ name: String) -> ReferenceTensor<Double> {
  let random = RandomStream(seed: 5, stream: RandomStream.identifier(of: name))
  return ReferenceTensor((0..<shape.count).map { Double(random.normal($0)) }, shape: shape)
}

/// Numbers for every input and parameter; these are small, so that no exponential outweighs all else.
private func feed(_ graph: Graph) -> [String: ReferenceTensor<Double>] {
  var feed = ["image": noise([2, 4, 4, 1], "image"), "noise": noise([2, 2], "noise")]
  feed["mask"] = ReferenceTensor(integers: (0..<32).map { $0 % 3 == 0 ? 1 : 0 }, shape: [2, 4, 4])
  for (_, parameter) in graph.parameters {
    feed[parameter.path] = noise(parameter.shape, parameter.path)
    feed[parameter.path]!.values = feed[parameter.path]!.values.map { 0.3 * $0 + 0.05 }
  }
  return feed
}

@Test func `A14: the gradients of the evidence are those of finite differences, for all four nets`() throws {
  let builder = GraphBuilder(isTraining: true)
  _ = evidence(builder, beta: 0.7)
  let graph = try builder.finish()
  let paths = graph.parameters.map(\.parameter.path)
  for net in ["unet", "prior", "posterior", "combination"] { #expect(paths.contains { $0.hasPrefix(net + ".") }) }
  var check = GradientCheck()
  check.step = 1e-6
  let errors = try check.errors(at: feed(graph), variables: paths) { evidence($0, beta: 0.7).loss }
  for (path, error) in errors { #expect(error < 1e-5, "\(path): \(error)") }
  #expect(errors.count == paths.count)
  // A gradient of zeros would be right for a net that nothing depends on.
  let moved = GraphBuilder(isTraining: true)
  let loss = evidence(moved, beta: 0.7).loss
  let values = moved.graph.parameters.map { moved.value(of: $0.node) }
  #expect(gradients(of: loss, withRespectTo: values).allSatisfy { $0 != nil })
}

@Test func `A14: steps along the gradients make the loss smaller, and the posterior learns, too`() throws {
  let builder = GraphBuilder(isTraining: true)
  let loss = evidence(builder, beta: 1).loss
  let parameters = builder.graph.parameters
  let found = gradients(of: loss, withRespectTo: parameters.map { builder.value(of: $0.node) })
  let graph = try builder.finish()
  var (numbers, losses) = (feed(graph), [Double]())
  for _ in 0..<5 {
    let results = ReferenceEvaluator.evaluate(graph) { numbers[$0]! }
    losses.append(results[loss.node!].values[0])
    for ((_, parameter), gradient) in zip(parameters, found) {
      let slopes = try results[#require(gradient?.node)].values
      let old = numbers[parameter.path]!.values
      numbers[parameter.path]!.values = zip(old, slopes).map { $0 - 0.003 * $1 }
    }
  }
  #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 }, "\(losses)")
  let before = feed(graph)
  for net in ["unet", "prior", "posterior", "combination"] {
    #expect(
      parameters.contains { (_, parameter) in
        parameter.path.hasPrefix(net) && before[parameter.path]!.values != numbers[parameter.path]!.values
      }, "\(net)")
  }
}

/// With weights of zero the nets give their last biases, so that every part is known: the divergence is that of
/// `torch.distributions.kl_divergence` for these Gaussians, the scores of every pixel are (0.5, −1).
@Test(arguments: [0, 0.5, 1] as [Float])
func `A14: the loss is the cross-entropy of the mask and β times the divergence`(
  beta: Float
) throws {
  let builder = GraphBuilder(isTraining: true)
  let parts = evidence(builder, beta: beta)
  let graph = try builder.finish()
  var numbers = feed(graph)
  for (_, parameter) in graph.parameters { numbers[parameter.path] = ReferenceTensor(shape: parameter.shape) }
  numbers["prior.moments.bias"]!.values = [0.1, 0.5, 0.6, -0.3]
  numbers["posterior.moments.bias"]!.values = [0.3, -0.7, -0.2, 0.4]
  numbers["combination.outputs.bias"]!.values = [0.5, -1]
  let divergence = 2.546497662939075
  let found = ReferenceEvaluator.evaluate(graph) { numbers[$0]! }
  let values = [parts.loss, parts.reconstruction, parts.divergence].map { found[$0.node!].values[0] }
  // log(e^0.5 + e^−1) for each pixel, less its score; of the 32 pixels of both images 11 have class 1.
  let normalizer: Double = 0.7014132779827524
  let reconstruction: Double = (32.0 * normalizer - 21.0 * 0.5 + 11.0) / 2.0
  #expect(abs(values[1] - reconstruction) < 1e-6)
  #expect(abs(values[2] - divergence) < 1e-6)
  #expect(abs(values[0] - (reconstruction + Double(beta) * divergence)) < 1e-6)
}

@Test func `A14: a seed is one hypothesis, whatever the batch, and the mean is one without a draw`() throws {
  let image = Tensor(noise([1, 16, 16, 1], "image").values.map { Float($0) }, shape: [1, 16, 16, 1])
  func scores(_ options: String, _ batch: Tensor) throws -> [Float] {
    let entry = try Catalogue.entry(for: "probabilistic-unet:channels=4-8,input=16" + options)
    let network = try Network(entry.make(), input: try #require(entry.input), seed: 3, name: entry.name)
    return try network.predict(batch: batch).floats
  }
  let (first, second) = (try scores(",seed=1", image), try scores(",seed=2", image))
  #expect(first != second)
  #expect(try first == scores(",seed=1", image))
  #expect(try scores(",latent=mean", image) == scores(",latent=mean,seed=7", image))
  #expect(try scores(",latent=mean", image) != first)
  let three = Tensor([Float](repeating: 0.1, count: 512) + image.floats, shape: [3, 16, 16, 1])
  let last = try Array(scores(",seed=1", three).suffix(first.count))
  #expect(zip(last, first).allSatisfy { abs($0 - $1) < 1e-5 })
}

@Test func `A14: inputs that do not belong together are one mistake`() {
  let builder = GraphBuilder(isTraining: true)
  let image = builder.input("image", shape: [2, 8, 8, 1])
  let mask = builder.input("mask", shape: [2, 8, 8, 1], elementType: .int32)
  let found = small.evidence(image: image, mask: mask, noise: builder.input("noise", shape: [2, 2]))
  #expect(!found.loss.isValid)
  #expect(
    builder.errors.map(\.description) == [
      "model: an image 2×8×8×1 with a mask 2×8×8×1 and noise 2×2; give images N×H×W×C, masks N×H×W and noise N×2"
    ])
}
