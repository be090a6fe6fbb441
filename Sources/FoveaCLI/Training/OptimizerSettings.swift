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

  /// Whether a training with this choice could have this optimizer: one optimizer can be asked for in several ways, such
  /// as `momentum` and `sgd --momentum 0.9`.
  ///
  /// - Parameter momentum: what was given beside the choice.
  func describes(_ optimizer: any Optimizer, momentum: Float?) -> Bool {
    switch self {
    case .sgd: (optimizer as? SGD)?.isNesterov == false
    case .momentum:
      (optimizer as? SGD).map { !$0.isNesterov && ($0.momentum > 0 || momentum == $0.momentum) } ?? false
    case .nesterov:
      (optimizer as? SGD).map { $0.isNesterov || ($0.momentum == 0 && momentum == 0) } ?? false
    case .adam: optimizer is Adam
    case .adamw: optimizer is AdamW
    }
  }
}

/// An optimizer as the command line describes it.
struct OptimizerSettings {
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

  /// The options that are given and say otherwise than the optimizer of a training, each in words. What is not given is
  /// the training's own.
  static func differences(_ arguments: Arguments, from own: any Optimizer) -> [String] {
    var differences: [String] = []
    func compare(_ option: Option<Float?>, _ value: Float?) {
      guard let given = arguments[option], given != value else { return }
      differences.append("--\(option.name) was \(value.map { "\($0)" } ?? "not given")")
    }
    if arguments.has(optimizer), !arguments[optimizer].describes(own, momentum: arguments[momentum]) {
      let names = OptimizerChoice.allCases.filter { $0.describes(own, momentum: nil) }.map(\.rawValue)
      differences.append("--optimizer was \(names.isEmpty ? type(of: own).name : listed(names))")
    }
    compare(learningRate, own.learningRate)
    compare(momentum, (own as? SGD)?.momentum)
    switch own {
    case let sgd as SGD: compare(weightDecay, sgd.weightDecay)
    case let adam as Adam: compare(weightDecay, adam.weightDecay)
    case let adamW as AdamW: compare(weightDecay, adamW.weightDecay)
    default: break
    }
    return differences
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
