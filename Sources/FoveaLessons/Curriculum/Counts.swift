import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers
import FoveaZoo

extension Curriculum {
  /// Parameters and connections: P1 … P10.
  static let counts: [any Lesson] = [
    CountLesson(
      id: "P1", deck: "002:147", title: "Shared weights",
      cases: [.init("one filter", [28, 28, 1], Conv2D(filters: 1, kernel: 5))],
      remarks: ["All neurons of a map share 25 weights and one bias."]),
    CountLesson(
      id: "P2", deck: "002:148", title: "The same picture fully connected",
      cases: [.init("30 neurons", [784], Dense(30))],
      remarks: ["Thirty neurons without sharing have about nine hundred times the parameters of one shared filter."]),
    CountLesson(
      id: "P3", deck: "002:230", title: "A picture stretched into a row",
      cases: [.init("flatten", [32, 32, 3], Flatten())],
      remarks: ["Flattening keeps every number and forgets which were neighbours."]),
    CountLesson(
      id: "P4", deck: "003:441", title: "Letters with one dense layer",
      cases: [
        .init("without bias", [28, 28, 1], Sequential([Flatten(), Dense(26, bias: false)])),
        .init("with bias", [28, 28, 1], Sequential([Flatten(), Dense(26)])),
      ]),
    CountLesson(
      id: "P5", deck: "004:311-313", title: "A fully connected layer on a photograph",
      cases: [.init("40,000 hidden units", [200, 200, 1], Sequential([Flatten(), Dense(40_000, bias: false)]))],
      remarks: ["The deck rounds 1.6 billion up to \"~2B\". One 3×3 filter over the same picture has 9 weights."]),
    FreeLesson("P6", "003:709-714", "Connections of a dense block") { page in
      page.formula("L layers, each connected with all before it: 1 + 2 + … + L = L(L + 1)/2")
      for layers in [5, 3] {
        let block = try DenseBlock(layers: layers, growth: 4).traced(channels: 8)
        let counts = block.sources
        page.cell(
          "L = \(layers)", counts.map(String.init).joined(separator: " + ") + " = \(counts.reduce(0, +))",
          Double(counts.reduce(0, +)))
        page.result("L = \(layers)", counts.reduce(0, +))
      }
      page.remark("A chain of L layers has L connections; here every layer also reads what all earlier ones made.")
    },
    FreeLesson("P7", "003:697-704", "Growth of a dense block") { page in
      page.give("block", "k₀ = 64 channels come in, every layer adds k = 32")
      page.formula("channels into layer l: k₀ + k·(l − 1)")
      let block = try DenseBlock(layers: 3, growth: 32).traced(channels: 64)
      for (index, channels) in block.channels.enumerated() {
        page.cell("layer \(index + 1)", "64 + 32·\(index) = \(channels)", Double(channels))
        page.result("into layer \(index + 1)", channels)
      }
      page.remark("Layer 3 reads the block's input and what layers 1 and 2 added.")
    },
    FreeLesson("P8", "003:515", "Receptive fields") { page in
      page.formula("r ← r + (k − 1)·j, then j ← j·s, for each window of k at stride s; at first r = 1, j = 1")
      for count in [2, 3] {
        let fields = try Self.fields("input 32x32x1 - [conv 1 3x3 valid]*\(count)")
        page.cell("\(count) convolutions of 3×3", Self.growth(count), Double(fields.last ?? 0))
        page.result("\(count) convolutions of 3×3", fields.last ?? 0)
      }
      let lenet = try Self.fields(
        "input 32x32x1 - conv 6 5x5 valid - avgpool - conv 16 5x5 valid - avgpool - conv 120 5x5 valid")
      page.result("LeNet-5", lenet.map(String.init).joined(separator: ", "))
      page.result("AlexNet, after the last pooling", try Self.fields("alexnet-ungrouped").last ?? 0)
      page.result("VGG16, after the last pooling", try Self.fields("vgg16").last ?? 0)
      let residual = try Catalogue.traced("resnet18")
      let last = residual.summary.layers.last { $0.kind == "Conv2D" }
      page.result("ResNet-18, after the last convolution", last?.receptiveField?.first ?? 0)
      page.remark("Two 3×3 layers see as much as one of 5×5, with 18 weights for 25 and one more nonlinearity.")
    },
    CountLesson(
      id: "P9", deck: "003:628-640", title: "Factorised convolutions",
      cases: [
        .init("5×5", [9, 9, 1], Conv2D(filters: 1, kernel: 5, bias: false)),
        .init(
          "two of 3×3", [9, 9, 1],
          Sequential([Conv2D(filters: 1, kernel: 3, bias: false), Conv2D(filters: 1, kernel: 3, bias: false)])),
        .init("3×3", [9, 9, 1], Conv2D(filters: 1, kernel: 3, bias: false)),
        .init("1×3 and 3×1", [9, 9, 1], Self.factorised(3)),
        .init("7×7", [9, 9, 1], Conv2D(filters: 1, kernel: 7, bias: false)),
        .init("1×7 and 7×1", [9, 9, 1], Self.factorised(7)),
      ], remarks: ["Each pair gives the output of the single layer's size and sees the same patch."]),
    FreeLesson("P10", "003:567", "A 1×1 convolution is a dense layer at every pixel") { page in
      let x = tensor((0..<24).map { Double(($0 * 7) % 11) / 4 - 1 }, [2, 3, 4])
      let w = (0..<8).map { Double(($0 * 5) % 7) / 8 - 0.25 }
      page.formula("y[p, o] = Σ_i x[p, i] · w[i, o]: no neighbour takes part")
      let convolution = try Experiment(
        Conv2D(filters: 2, kernel: 1, bias: false), x, ["weights": tensor(w, [1, 1, 4, 2])])
      let dense = try Experiment(["x": x.reshaped(to: [6, 4]), "w": tensor(w, [4, 2])]) {
        matmul($0["x"]!, $0["w"]!)
      }
      page.add(convolution.cells())
      page.result("1×1 convolution", convolution.channel(0) + convolution.channel(1))
      let difference = zip(convolution.values, dense.values).map { abs($0 - $1) }.max() ?? 0
      page.result("largest difference to the dense layer", difference)
      page.remark("With fewer filters than channels it reduces the dimension, as before the 3×3 and 5×5 of Inception.")
    },
  ]

  private static func factorised(_ n: Int) -> Sequential {
    Sequential([
      Conv2D(filters: 1, kernel: Size2D(1, n), bias: false), Conv2D(filters: 1, kernel: Size2D(n, 1), bias: false),
    ])
  }

  /// The side that each convolution and pooling of a model sees, from the summary.
  private static func fields(_ name: String) throws -> [Int] {
    try Catalogue.traced(name).summary.layers
      .filter { $0.kind.hasPrefix("Conv") || $0.kind.contains("Pool") }.compactMap { $0.receptiveField?.first }
  }

  private static func growth(_ count: Int) -> String {
    "1" + String(repeating: " + (3 − 1)·1", count: count) + " = \(1 + 2 * count)"
  }
}

/// Layers of which each reads what all before it made, side by side.
///
/// - Source: Huang et al. 2017, "Densely Connected Convolutional Networks", §3.
private struct DenseBlock: Layer {
  var layers: Int
  var growth: Int

  func forward(_ x: Value) -> Value {
    var made = [x]
    for _ in 0..<layers { made.append(Conv2D(filters: growth, kernel: 3, padding: .same)(concatenate(made))) }
    return concatenate(made)
  }

  /// Of each layer: how many earlier results it reads, and how many channels that are.
  func traced(channels: Int) throws -> (sources: [Int], channels: [Int]) {
    let model = try trace(self, input: [8, 8, channels])
    let convolutions = model.layers.filter { !$0.nodes.isEmpty && $0.depth > 0 }
    return (
      convolutions.indices.map { index in
        let source = convolutions[index].nodes.lazy.flatMap { model.graph.nodes[$0].inputs }.first ?? 0
        let isConcatenation = model.graph.nodes[source].operation is Op.Concatenate
        return isConcatenation ? model.graph.nodes[source].inputs.count : 1
      }, convolutions.map(\.inputShape.channels)
    )
  }
}
