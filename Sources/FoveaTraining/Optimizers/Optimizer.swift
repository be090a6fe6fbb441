public import FoveaGraph

/// A rule that turns a gradient into a step of a parameter.
///
/// It writes its step into the training graph once, for every parameter; what changes from step to step comes in
/// through `rates`.
public protocol Optimizer: Sendable, Codable {
  /// The name in manifests and on the command line.
  static var name: String { get }

  /// The learning rate before the schedule's factor.
  var learningRate: Float { get }

  /// What is wrong with the settings, such as "a momentum of 5: use 0 or more, below 1"; `nil` if nothing is. Asked
  /// before a training starts.
  var mistake: String? { get }

  /// The numbers that a step needs, given the scheduled learning rate.
  ///
  /// - Parameters:
  ///   - learningRate: of this step.
  ///   - step: the number of this step, from 1.
  func rates(learningRate: Float, step: Int) -> [Float]

  /// Adds the nodes of one step.
  ///
  /// - Parameters:
  ///   - parameter: what is changed.
  ///   - gradient: ∂loss/∂parameter.
  ///   - rates: what `rates(learningRate:step:)` gives, as an input of the graph.
  ///   - state: a tensor of the parameter's shape that is kept from step to step, zero at first, by its name.
  func addStep(parameter: Value, gradient: Value, rates: Value, state: (String) -> Value)
}

extension Optimizer {
  public var mistake: String? { mistakeOfRates }

  /// What is wrong with the numbers that every optimizer has.
  func mistake(weightDecay: Float) -> String? {
    mistakeOfRates ?? Self.mistake(weightDecay, "weight decay", isRight: weightDecay >= 0, "0 or more")
  }

  private var mistakeOfRates: String? {
    Self.mistake(learningRate, "learning rate", isRight: learningRate >= 0, "0 or more")
  }

  static func mistake(_ number: Float, _ noun: String, isRight: Bool, _ range: String) -> String? {
    isRight && number.isFinite ? nil : "\(noun.hasPrefix("e") ? "an" : "a") \(noun) of \(number): use \(range)"
  }

  /// `gradient + decay · parameter`: the gradient of the loss with a penalty of ½·decay·‖w‖² added.
  func penalized(_ gradient: Value, _ parameter: Value, decay: Float) -> Value {
    decay == 0 ? gradient : gradient.applying(Op.LinearCombination([1, decay]), parameter)
  }
}

/// The optimizers by name, to read manifests.
package enum Optimizers {
  package static let all: [any Optimizer.Type] = [SGD.self, Adam.self, AdamW.self]

  package static func type(named name: String) -> (any Optimizer.Type)? { all.first { $0.name == name } }
}
