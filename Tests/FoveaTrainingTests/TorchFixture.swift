import FoveaTestSupport
import Foundation

/// What PyTorch computes; `Scripts/make-loss-fixture.py` made it.
struct TorchFixture: Decodable {
  struct Training: Decodable {
    var batchSize: Int
    var learningRate: Float
    /// Of every step, in float32, which is PyTorch's default.
    var losses: [Double]
    var lossesInDouble: [Double]
    /// Some parameters after `earlySteps` and after the last step, by the project's paths and in its order of axes.
    var earlySteps: Int
    var earlyParameters: [String: [Double]]
    var parameters: [String: [Double]]
  }

  var losses: [String: Training]
  /// The five weights after each of 20 steps.
  var optimizers: [String: [Double]]

  static let shared = try! JSONDecoder().decode(TorchFixture.self, from: fixture("torch.json"))
}
