import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers

extension Curriculum {
  /// Gradients and losses: R2, R6 … R8.
  static let training: [any Lesson] = [
    FreeLesson("R2", "003:6-9", "The gradient of shared weights") { page in
      page.give("picture x", Pictures.steps)
      page.give("∂L/∂y", [[1, 1, 1], [1, 1, 1], [1, 1, 1]])
      page.formula("∂L/∂w[p,q] = Σ_m Σ_n ∂L/∂y[m,n] · x[m + p, n + q]")
      let inputs = [
        "x": tensor(Pictures.steps.flatMap(\.self), [1, 5, 5, 1]),
        "w": tensor(Pictures.stepsKernel.flatMap(\.self), [3, 3, 1, 1]),
      ]
      let gradient = try Experiment(inputs) { values in
        let y = values["x"]!.applying(Op.Convolution(Window(size: [3, 3])), values["w"]!)
        let sum = y.applying(Op.Sum(over: [0, 1, 2, 3]))
        return gradients(of: sum, withRespectTo: [values["w"]!])[0]!
      }
      // Where all upstream gradients are 1, it is the picture correlated with ones.
      let ones = [[Double]](repeating: [1, 1, 1], count: 3)
      page.add(try Experiment(convolving: Pictures.steps, with: ones, .init(name: "")).cells(named: "∂L/∂w"))
      page.result("∂L/∂w", [0, 3, 6].map { Array(gradient.values[$0..<$0 + 3]) })
      page.remark(
        "A weight is used at every place, and its gradient is the sum over the places. Here it is nine times the "
          + "3×3 mean of Q3.")
    },
    FreeLesson("R6", "004:854-857", "Cross-entropy of one prediction") { page in
      page.give("y", [[1, 0, 0]])
      page.give("ŷ", [[0.4, 0.1, 0.5]])
      page.formula("CE = −Σ y·ln ŷ; with every unit on its own: −Σ [y·ln ŷ + (1 − y)·ln(1 − ŷ)]")
      let (y, p) = (tensor([1, 0, 0], [1, 3]), tensor([0.4, 0.1, 0.5], [1, 3]))
      let categorical = try crossEntropy(y, p)
      page.add(categorical.cells(named: "CE"))
      page.result("CE", categorical.values[0])
      page.result("with the (1 − y) term", try binaryCrossEntropy(y, p).values[0])
      page.remark(
        "Only the probability of the right class counts in the first; the second also asks the others to be small.")
    },
    FreeLesson("R7", "004:890-899", "The binary formula, and a gradient") { page in
      let (scores, y) = ([0.5, -1, 2.0], [0.0, 0, 1])
      page.give("scores z", [scores])
      page.give("y", [y])
      page.formula("E = −Σ [y·ln ŷ + (1 − y)·ln(1 − ŷ)]; with ŷ = softmax(z): ∂CE/∂z = ŷ − y")
      let z = tensor(scores, [1, 3])
      let softmax = try Experiment(["z": z]) { $0["z"]!.applying(Op.Softmax()) }
      let gradient = try Experiment(["z": z, "label": Tensor([Int32(2)], shape: [1])]) { values in
        let loss = values["z"]!.applying(Op.CrossEntropy(), values["label"]!).applying(Op.Sum(over: [0]))
        return gradients(of: loss, withRespectTo: [values["z"]!])[0]!
      }
      page.add(softmax.cells(named: "ŷ"))
      page.result("ŷ", [softmax.values])
      page.result("ŷ − y", [zip(softmax.values, y).map { $0 - $1 }])
      page.result("∂CE/∂z", [gradient.values])
      page.correct(
        "The deck writes −Σ y ln ŷ − (1 − y) ln(1 − ŷ) without brackets: read so, the last term would stand outside of the "
          + "sum. The minus belongs to both terms and the sum goes over both.")
    },
    FreeLesson("R8", "004:911-931", "Two networks with the same error") { page in
      let truth = [[1.0, 0], [0, 1], [1, 0]]
      let networks = [
        ("NN1", [[0.9, 0.1], [0.1, 0.9], [0.4, 0.6]]), ("NN2", [[0.6, 0.4], [0.3, 0.7], [0.1, 0.9]]),
      ]
      page.give("truth (dog, cat)", truth)
      page.formula("mean CE = −Σ_rows Σ y·ln ŷ / rows; squared error of a row Σ (y − ŷ)²")
      for (name, predictions) in networks {
        page.give(name, predictions)
        let (y, p) = (tensor(truth.flatMap(\.self), [3, 2]), tensor(predictions.flatMap(\.self), [3, 2]))
        let losses = try crossEntropy(y, p)
        page.add(losses.cells(named: "CE of \(name)"))
        page.result("\(name): mean CE", losses.values.reduce(0, +) / 3)
        let squares = try Experiment(["y": y, "p": p]) {
          let difference = $0["y"]! - $0["p"]!
          return (difference * difference).applying(Op.Sum(over: [1]))
        }
        page.result("\(name): mean squared error", squares.values.reduce(0, +) / 3)
        let wrong = zip(truth, predictions).count { ($0[0] > $0[1]) != ($1[0] > $1[1]) }
        page.result("\(name): classification error", Double(wrong) / 3)
      }
      page.remark(
        "Both name one of three rows wrongly. Cross-entropy tells them apart: NN2 is nearly wrong twice, and wrong "
          + "with confidence once.")
    },
  ]

  /// −Σ y·ln p of every row.
  private static func crossEntropy(_ y: Tensor, _ p: Tensor) throws -> Experiment {
    try Experiment(["y": y, "p": p]) {
      ($0["y"]! * $0["p"]!.applying(Op.Logarithm()).applying(Op.Scale(-1))).applying(Op.Sum(over: [1]))
    }
  }

  /// −Σ [y·ln p + (1 − y)·ln(1 − p)] of every row.
  private static func binaryCrossEntropy(_ y: Tensor, _ p: Tensor) throws -> Experiment {
    func complement(_ x: Value) -> Value { x.applying(Op.Scale(-1)).applying(Op.Offset(1)) }
    return try Experiment(["y": y, "p": p]) {
      let (y, p) = ($0["y"]!, $0["p"]!)
      let right = y * p.applying(Op.Logarithm())
      let wrong = complement(y) * complement(p).applying(Op.Logarithm())
      return (right + wrong).applying(Op.Scale(-1)).applying(Op.Sum(over: [1]))
    }
  }
}
