import FoveaTraining

/// The optimizers by their names on the command line.
enum OptimizerChoice: String, CaseIterable, Sendable {
  case sgd, momentum, nesterov, adam, adamw

  /// What trains small networks well with batches of 128; `OptimizerSettings` says where it was tried.
  var defaultLearningRate: Float {
    switch self {
    case .sgd: 0.2
    case .momentum, .nesterov: 0.05
    case .adam, .adamw: 0.002
    }
  }

  var defaultMomentum: Float { self == .sgd ? 0 : 0.9 }

  var usesMomentum: Bool { [.sgd, .momentum, .nesterov].contains(self) }

  var defaultWeightDecay: Float { self == .adamw ? 0.01 : self == .adam ? 0 : 5e-4 }
}

/// An optimizer as the command line describes it.
struct OptimizerSettings: Equatable {
  var choice: OptimizerChoice
  var learningRate: Float
  var momentum: Float
  var weightDecay: Float

  static let optimizer = Option(
    "optimizer", "NAME", "how weights change: \(listed(OptimizerChoice.allCases.map(\.rawValue)))", .choice,
    default: OptimizerChoice.nesterov)
  static let learningRate = Option(
    "learning-rate", "R", "the size of a step", .number("a number above 0") { $0 > 0 },
    defaults { $0.defaultLearningRate })
  static let momentum = Option(
    "momentum", "M", "how much of the last step goes into the next, for sgd, momentum and nesterov",
    .number("a number from 0 to below 1") { (0..<1).contains($0) },
    defaults { $0.usesMomentum ? $0.defaultMomentum : nil })
  static let weightDecay = Option(
    "weight-decay", "D", "how much weights shrink", .number("a number of 0 or more") { $0 >= 0 },
    defaults { $0.defaultWeightDecay })
  static let options: [any OptionDeclaration] = [optimizer, learningRate, momentum, weightDecay]

  /// `0.2 for sgd; 0.05 for momentum, nesterov`.
  private static func defaults(_ value: (OptimizerChoice) -> Float?) -> String {
    var groups: [(value: Float, names: [String])] = []
    for choice in OptimizerChoice.allCases {
      guard let value = value(choice) else { continue }
      if groups.last?.value == value {
        groups[groups.count - 1].names.append(choice.rawValue)
      } else {
        groups.append((value, [choice.rawValue]))
      }
    }
    return groups.map { "\(plain($0.value)) for \($0.names.joined(separator: ", "))" }.joined(separator: "; ")
  }

  /// - Errors: a momentum for an optimizer that has none.
  init(_ arguments: Arguments) throws(UsageError) {
    choice = arguments[Self.optimizer]
    if arguments.has(Self.momentum), !choice.usesMomentum {
      throw UsageError("--momentum is for sgd, momentum and nesterov, not for \(choice.rawValue)")
    }
    learningRate = arguments[Self.learningRate] ?? choice.defaultLearningRate
    momentum = arguments[Self.momentum] ?? choice.defaultMomentum
    weightDecay = arguments[Self.weightDecay] ?? choice.defaultWeightDecay
  }

  /// The settings of an optimizer that a checkpoint names; `nil` for one that the command does not know.
  init?(_ optimizer: any Optimizer) {
    learningRate = optimizer.learningRate
    switch optimizer {
    case let sgd as SGD:
      choice = sgd.isNesterov ? .nesterov : sgd.momentum == 0 ? .sgd : .momentum
      (momentum, weightDecay) = (sgd.momentum, sgd.weightDecay)
    case let adam as Adam: (choice, momentum, weightDecay) = (.adam, adam.beta1, adam.weightDecay)
    case let adamW as AdamW: (choice, momentum, weightDecay) = (.adamw, 0.9, adamW.weightDecay)
    default: return nil
    }
  }

  func make() -> any Optimizer {
    switch choice {
    case .sgd, .momentum, .nesterov:
      SGD(
        learningRate: learningRate, momentum: momentum, nesterov: choice == .nesterov && momentum > 0,
        weightDecay: weightDecay)
    case .adam: Adam(learningRate: learningRate, weightDecay: weightDecay)
    case .adamw: AdamW(learningRate: learningRate, weightDecay: weightDecay)
    }
  }
}
