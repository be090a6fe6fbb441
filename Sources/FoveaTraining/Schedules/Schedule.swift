internal import Glibc

/// How the learning rate changes over a training: a factor on the optimizer's rate for each step.
public struct Schedule: Hashable, Sendable, Codable {
  public enum Shape: Hashable, Sendable, Codable {
    case constant
    /// Times `factor` at each of the given fractions of the training.
    case steps(at: [Double], factor: Double)
    /// Times `factor` after every epoch.
    case exponential(factor: Double)
    /// Half a cosine, from 1 to 0. Loshchilov & Hutter 2017, "SGDR", eq. 5, without restarts.
    case cosine
    /// A straight line from 1 to 0.
    case linear
  }

  public var shape: Shape
  /// The epochs over which the rate first rises from 0 in a straight line. Goyal et al. 2017, §2.2.
  public var warmupEpochs: Double

  public init(_ shape: Shape, warmupEpochs: Double = 0) { (self.shape, self.warmupEpochs) = (shape, warmupEpochs) }

  public static let constant = Schedule(.constant)
  public static let cosine = Schedule(.cosine)

  /// The factor for a step.
  ///
  /// - Parameters:
  ///   - step: from 0.
  ///   - stepsPerEpoch: 1 or more; less counts as 1.
  ///   - epochs: of the whole training.
  public func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
    let stepsPerEpoch = max(stepsPerEpoch, 1)
    let warmupSteps = warmupEpochs * Double(stepsPerEpoch)
    let warmup = Double(step) < warmupSteps ? Double(step + 1) / warmupSteps : 1
    let progress = Double(step) / max(Double(stepsPerEpoch) * Double(epochs), 1)
    let factor =
      switch shape {
      case .constant: 1.0
      case .steps(let fractions, let factor): pow(factor, Double(fractions.count { $0 <= progress }))
      case .exponential(let factor): pow(factor, Double(step / stepsPerEpoch))
      case .cosine: 0.5 * (1 + cos(.pi * min(progress, 1)))
      case .linear: max(1 - progress, 0)
      }
    return min(warmup, 1) * factor
  }
}

extension Schedule {
  /// What is wrong with the numbers; `nil` if nothing is.
  var mistake: String? {
    if !(warmupEpochs >= 0 && warmupEpochs.isFinite) { return "a warm-up of \(warmupEpochs) epochs: use 0 or more" }
    switch shape {
    case .steps(_, let factor), .exponential(let factor):
      return factor >= 0 && factor.isFinite ? nil : "a schedule's factor of \(factor): use 0 or more"
    case .constant, .cosine, .linear: return nil
    }
  }

  /// A schedule by its name on the command line: `constant`, `cosine`, `linear`, `step` (a tenth at one half and at
  /// three quarters), `exponential` (0.95 each epoch), each with `+warmup` for one epoch of rising.
  public init?(named name: String) {
    let parts = name.split(separator: "+", omittingEmptySubsequences: false)
    guard parts.count == 1 || (parts.count == 2 && parts[1] == "warmup") else { return nil }
    switch parts[0] {
    case "constant": self.init(.constant)
    case "cosine": self.init(.cosine)
    case "linear": self.init(.linear)
    case "step": self.init(.steps(at: [0.5, 0.75], factor: 0.1))
    case "exponential": self.init(.exponential(factor: 0.95))
    default: return nil
    }
    if parts.count == 2 { warmupEpochs = 1 }
  }

  public static let names = ["constant", "cosine", "linear", "step", "exponential"]
}

extension Schedule: CustomStringConvertible {
  /// As on the command line, if it is one of those that have a name.
  public var description: String {
    for name in Self.names.flatMap({ [$0, $0 + "+warmup"] }) where Schedule(named: name) == self { return name }
    return "\(shape), \(warmupEpochs) epochs of warm-up"
  }
}
