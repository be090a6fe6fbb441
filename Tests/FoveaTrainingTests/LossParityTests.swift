import FoveaCore
import FoveaData
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import FoveaTraining
import FoveaZoo
import Synchronization
import Testing

/// A model of the fixture: trains it as `Scripts/make-loss-fixture.py` trains its twin.
private struct Twin {
  let model: any Layer
  let shape: Shape
  let torch: TorchFixture.Training
  /// By what the weights of the last layer, `linear`, are multiplied.
  var headScale: Float = 1

  /// The loss of every step, and the trained network.
  func train(steps: Int) throws -> (losses: [Double], network: Network) {
    let preprocessing = try Preprocessing(
      color: shape.channels == 1 ? .gray : .rgb, scale: 1 / 256, mean: [0.5], deviation: [0.25])
    let network = try Network(model, input: shape, preprocessing: preprocessing)
    for (path, tensor) in network.parameters where path.hasSuffix(".weights") {
      let weights = Initializer.heUniform.tensor(shape: tensor.shape, path: path, seed: 1)
      let scale = path == "linear.weights" ? headScale : 1
      network.parameters = [path: Tensor(weights.floats.map { $0 * scale }, shape: weights.shape)]
    }
    var plan = TrainingPlan(epochs: 1, batchSize: torch.batchSize)
    plan.shuffles = false
    let losses = Mutex<[Double]>([])
    var trainer = Trainer(network, optimizer: SGD(learningRate: torch.learningRate))
    trainer.onEvent = { event in
      if case .step(let step) = event { losses.withLock { $0.append(step.loss) } }
    }
    _ = try trainer.fitHere(pictureClasses(steps * torch.batchSize, shape: shape), plan: plan)
    return (losses.withLock { $0 }, network)
  }

  /// At every step the loss is PyTorch's, and so are the parameters of the fixture, early and late.
  ///
  /// - Parameter lateError: late, rounding has grown: PyTorch in float32 itself leaves PyTorch in float64.
  func expectParity(lateError: Double) throws {
    let early = try train(steps: torch.earlySteps)
    expect(early.network, toHold: torch.earlyParameters, within: 5e-5)

    let late = try train(steps: torch.losses.count)
    #expect(late.losses.count == 50)
    for expected in [torch.losses, torch.lossesInDouble] {
      let errors = zip(late.losses, expected).map { abs($0 / $1 - 1) }
      #expect(errors.max()! < 1e-3)
    }
    expect(late.network, toHold: torch.parameters, within: lateError)
    // The test is worth something only if the training moves.
    #expect(torch.losses.last! < 0.9 * torch.losses[0])
  }

  private func expect(_ network: Network, toHold parameters: [String: [Double]], within bound: Double) {
    for (path, expected) in parameters {
      let found = network.parameters[path]?.floats.map { Double($0) } ?? []
      let error = relativeError(of: found, to: expected)
      #expect(error < bound, "\(path)")
    }
  }
}

@Test func `LeNet-5 learns as in PyTorch`() throws {
  let torch = try #require(TorchFixture.shared.losses["lenet5"])
  try Twin(model: LeNet5(), shape: [28, 28, 1], torch: torch).expectParity(lateError: 1e-4)
}

@Test func `ResNet-20 learns as in PyTorch, running mean and variance included`() throws {
  let torch = try #require(TorchFixture.shared.losses["resnet20"])
  #expect(torch.parameters.keys.count { $0.hasSuffix("moving_variance") } == 19)
  let twin = Twin(model: ResNetCIFAR(depth: 20), shape: [32, 32, 3], torch: torch, headScale: 1 / 16)
  try twin.expectParity(lateError: 1e-2)
}
