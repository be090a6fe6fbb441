import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers

extension Curriculum {
  /// Normalisations, the leaky rectifiers and the RBF output: L9 … L12, L16, L21, T8.
  static let normalizations: [any Lesson] = [
    FreeLesson("L9", "004:821-830", "Layer normalisation") { page in
      let rows: [[Double]] = [[1, 2, 3, 4], [10, 20, 30, 40]]
      page.give("batch x", rows)
      page.formula("μ = Σ x / H; σ² = Σ (x − μ)² / H over the H units of one example; y = γ·(x − μ)/√(σ² + ε) + β")
      let both = try Experiment(["x": tensor(rows.flatMap(\.self), [2, 4])]) { LayerNorm().forward($0["x"]!) }
      let alone = try Experiment(["x": tensor(rows[0], [1, 4])]) { LayerNorm().forward($0["x"]!) }
      let batch = try Experiment(["x": tensor(rows.flatMap(\.self), [2, 4])], [:], true) {
        BatchNorm().forward($0["x"]!)
      }
      page.add(both.cells())
      page.result("normalised", both.rows)
      page.result("the first example without the second", alone.rows)
      page.result("batch normalisation of the same", batch.rows)
      page.remark(
        "Each example has its own mean and variance: it does not matter which others are in the batch, and "
          + "training and inference do the same.")
    },
    FreeLesson("L10", "004:834", "Four normalisations of one batch") { page in
      page.give("batch x", "2 examples of 2×2×4")
      page.formula("y = (x − μ)/√(σ² + ε); which numbers share a μ is what sets the four apart")
      let numbers = (0..<32).map { (i: Int) -> Double in Double(i * 7 % 13 - i / 16 * 3) }
      let x = ["x": tensor(numbers, [2, 2, 2, 4])]
      let batch = try Experiment(x, [:], true) { BatchNorm().forward($0["x"]!) }
      let layer = try Experiment(x) { LayerNorm(over: .example).forward($0["x"]!) }
      let instance = try Experiment(x) { InstanceNorm().forward($0["x"]!) }
      let group = try Experiment(x) { GroupNorm(groups: 2).forward($0["x"]!) }
      let oneGroup = try Experiment(x) { GroupNorm(groups: 1).forward($0["x"]!) }
      let allGroups = try Experiment(x) { GroupNorm(groups: 4).forward($0["x"]!) }
      page.add(Array(group.cells(named: "group norm").prefix(4)))
      page.result(
        "numbers that share a mean",
        table: [
          ["normalisation", "over", "numbers"], ["batch", "N, H, W of a channel", "\(2 * 2 * 2)"],
          ["layer", "H, W, C of an example", "\(2 * 2 * 4)"],
          ["instance", "H, W of a channel of an example", "\(2 * 2)"],
          ["group", "H, W of 2 channels of an example", "\(2 * 2 * 2)"],
        ])
      for (name, experiment) in [("batch", batch), ("layer", layer), ("instance", instance), ("group", group)] {
        page.result("channel 0 of example 0, \(name)", Array(experiment.channel(0).prefix(2)))
      }
      page.result("one group less layer normalisation", distance(oneGroup, layer))
      page.result("as many groups as channels less instance normalisation", distance(allGroups, instance))
      page.remark(
        "Group normalisation is both ends and all between: one group is layer normalisation over H, W and C, a "
          + "group for each channel is instance normalisation.")
    },
    FreeLesson("L11", "004:818", "Weight normalisation") { page in
      page.give("direction v", [[3], [4]])
      page.give("length g", "10")
      page.give("x", [[1, 1]])
      page.formula("w = g · v / ‖v‖; y = x · w")
      let layer = WeightNorm { Dense(1, bias: false).named("dense") }
      let experiment = try Experiment(
        layer, tensor([1, 1], [2]),
        ["dense.weights": tensor([3, 4], [2, 1]), "dense.weights_length": tensor([10], [1])])
      let doubled = try Experiment(
        layer, tensor([1, 1], [2]),
        ["dense.weights": tensor([6, 8], [2, 1]), "dense.weights_length": tensor([10], [1])])
      page.add(experiment.cells())
      page.result("y", experiment.values[0])
      page.result("with v twice as long", doubled.values[0])
      page.result("parameters", try trace(layer, input: [2]).summary.parameters)
      page.remark("Length and direction are learned apart: the length of v does not matter.")
    },
    FreeLesson("L12", "000:657-691", "Local response normalisation") { page in
      page.give("a, five channels at one position", [[1, 2, 3, 4, 5]])
      page.give("constants", "k = 2, n = 5, α = 0.0001, β = 0.75")
      page.formula("bᵢ = aᵢ / (k + α·Σ aⱼ²)^β, j = max(0, i − n/2) … min(N − 1, i + n/2)")
      let a = ["a": tensor([1, 2, 3, 4, 5], [1, 1, 1, 5])]
      let paper = try Experiment(a) { LocalResponseNorm().forward($0["a"]!) }
      let framework = try Experiment(a) { LocalResponseNorm(alphaConvention: .mean).forward($0["a"]!) }
      page.add(paper.cells(named: "b"))
      page.result("b", [paper.values])
      page.result("with α divided by n, as PyTorch does", [framework.values])
      let square: [[Double]] = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
      page.give("one channel, for the intra-channel form", square)
      let within = try Experiment(["x": image(square).reshaped(to: [1, 3, 3, 1])]) {
        LocalResponseNorm(size: 3, alpha: 0.1, over: .positions).forward($0["x"]!)
      }
      page.result("within the channel, n = 3, α = 0.1", within.rows)
      page.correct(
        "The deck's upper bound of the sum is max(W, x + n/2): it would always be outside of the image. It is "
          + "min(W − 1, x + n/2), and min(H − 1, …) and min(N − 1, …) likewise.")
      page.remark(
        "A channel is held down where its neighbours answer strongly; within a channel the neighbours are those "
          + "around the pixel.")
    },
    FunctionLesson(
      id: "L16", deck: "004:756-764", title: "The leaky rectifier", layer: LeakyReLU(slope: 0.01),
      formula: "f(x) = x for x > 0, else a·x; f′(x) = 1 for x > 0, else a = 0.01",
      relatives: [
        .init("a = 0.3", LeakyReLU(slope: 0.3)), .init("PReLU before training", PReLU()),
        .init("randomised, in inference", RandomizedLeakyReLU()),
        .init("randomised, in training", RandomizedLeakyReLU(), isTraining: true),
      ],
      correction:
        "\"When a ≠ 0.01 it is Randomized ReLU\" is wrong: any fixed a is a leaky ReLU. An a that is learned is "
        + "a PReLU; the randomised leaky ReLU draws a new a for every number while training, and takes the mean in "
        + "inference.",
      remarks: ["A unit whose input is always negative still has a gradient."]),
    FreeLesson("L21", "002:341", "The RBF output") { page in
      page.give("x", [[1, 2]])
      page.give("centres w, a column each", [[0, 1, -1], [1, 2, 1]])
      page.formula("yⱼ = Σᵢ (xᵢ − wᵢⱼ)²")
      let experiment = try Experiment(
        RBF(3), tensor([1, 2], [2]), ["centers": tensor([0, 1, -1, 1, 2, 1], [2, 3])])
      page.add(experiment.cells())
      page.result("y", [experiment.values])
      page.result("parameters of 84 to 10", try trace(RBF(10), input: [84]).summary.parameters)
      page.remark("A distance, not a score: the nearest centre wins. LeNet-5's centres are drawn letters of ±1 (T8).")
    },
    FreeLesson("T8", "002:339-348", "LeNet-5 with distances at its end") { page in
      page.give("input", "32×32×1")
      page.formula("the last layer gives yⱼ = Σᵢ (xᵢ − wᵢⱼ)², the squared Euclidean distance to class j")
      let model = try trace(
        Sequential {
          Conv2D(filters: 6, kernel: 5, activation: .tanh).named("C1")
          AveragePool2D(2).named("S2")
          Conv2D(filters: 16, kernel: 5, activation: .tanh).named("C3")
          AveragePool2D(2).named("S4")
          Conv2D(filters: 120, kernel: 5, activation: .tanh).named("C5")
          Flatten().named("flatten")
          Dense(84, activation: .tanh).named("F6")
          RBF(10).named("out")
        }, input: [32, 32, 1])
      let head = ["layer", "output", "parameters"]
      for row in model.summary.layers where row.parameters > 0 {
        page.cell(row.path, "\(row.output), \(grouped(row.parameters)) parameters", Double(row.parameters))
      }
      page.result(
        "layers", table: [head] + model.summary.layers.map { [$0.path, $0.output.description, grouped($0.parameters)] })
      page.result("total", model.summary.parameters)
      page.remark("The same shapes as T6; the output has no bias.")
    },
  ]
}

private func distance(_ a: Experiment, _ b: Experiment) -> Double {
  zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
}
