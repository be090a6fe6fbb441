import FoveaCore
package import FoveaGraph
package import FoveaReference

/// Compares the gradients of a scalar with what finite differences say, in `Double`.
package struct GradientCheck {
  /// Half the distance of the two evaluations.
  package var step = 1e-4
  /// How many numbers of a variable are moved one by one; longer variables are moved along random directions as well.
  package var samples = 32
  package var directions = 4

  package init() {}

  /// The relative error of each gradient, by the name of its variable. The scale is the gradient's largest number.
  ///
  /// - Parameters:
  ///   - feed: the numbers of every parameter and input, by path and name.
  ///   - variables: the paths of the parameters to check.
  ///   - isTraining: how the builder traces.
  ///   - loss: traces the scalar, with the parameters' values by path.
  package func errors(
    at feed: [String: ReferenceTensor<Double>], variables: [String], isTraining: Bool = true,
    loss trace: (GraphBuilder) -> Value
  ) throws -> [String: Double] {
    let builder = GraphBuilder(isTraining: isTraining)
    let loss = trace(builder)
    let forward = try builder.finish()
    let values = variables.map { path in
      builder.value(of: forward.parameters.first { $0.parameter.path == path }!.node)
    }
    let gradients = FoveaGraph.gradients(of: loss, withRespectTo: values)
    let results = ReferenceEvaluator.evaluate(try builder.finish()) { feed[$0]! }

    var errors: [String: Double] = [:]
    for (path, gradient) in zip(variables, gradients) {
      // No gradient means that the variable does not matter.
      let zeros = [Double](repeating: 0, count: feed[path]!.values.count)
      let expected = gradient.map { results[$0.node!].values } ?? zeros
      errors[path] = largestError(of: expected, path, at: feed) { moved in
        ReferenceEvaluator.evaluate(forward) { moved[$0]! }[loss.node!].values[0]
      }
    }
    return errors
  }

  private func largestError(
    of gradient: [Double], _ path: String, at feed: [String: ReferenceTensor<Double>],
    _ loss: ([String: ReferenceTensor<Double>]) -> Double
  ) -> Double {
    func slope(along direction: [(index: Int, length: Double)]) -> Double {
      func value(after step: Double) -> Double {
        var moved = feed
        for (index, length) in direction { moved[path]!.values[index] += step * length }
        return loss(moved)
      }
      return (value(after: step) - value(after: -step)) / (2 * step)
    }
    let random = RandomStream(seed: 0, stream: RandomStream.identifier(of: path))
    let largest = gradient.map(abs).max() ?? 0
    var error = 0.0
    for index in random.permutation(of: gradient.count).prefix(samples) {
      let difference = abs(slope(along: [(index, 1)]) - gradient[index])
      error = max(error, difference / (largest > 0 ? largest : 1))
    }
    guard gradient.count > samples else { return error }
    for direction in 0..<directions {
      let lengths = gradient.indices.map { 2 * Double(random.uniform((direction + 1) * gradient.count + $0)) - 1 }
      let expected = zip(gradient, lengths).reduce(0) { $0 + $1.0 * $1.1 }
      let scale = zip(gradient, lengths).reduce(0) { $0 + abs($1.0 * $1.1) }
      let difference = abs(slope(along: Array(zip(gradient.indices, lengths))) - expected)
      error = max(error, difference / (scale > 0 ? scale : 1))
    }
    return error
  }
}
