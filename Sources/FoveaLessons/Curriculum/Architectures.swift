import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers
import FoveaZoo

extension Curriculum {
  /// The layer tables of models with many layers: T7, T16 … T24, T27.
  static let architectures: [any Lesson] = [
    FreeLesson("T7", "000:481-489", "LeNet-5's third layer, partly connected") { page in
      let table = ConnectionTable.leNet5
      let head = ["map"] + table.channels.indices.map(String.init)
      page.give(
        "connections",
        table: [head]
          + (0..<6).map { map in
            ["\(map)"] + table.channels.map { $0.contains(map) ? "X" : "" }
          })
      page.formula("5·5 weights for each connection, and a bias for each of the 16 filters")
      let parts = try [table, nil].map { connections in
        try trace(Conv2D(filters: 16, kernel: 5, connections: connections), input: [14, 14, 6]).summary.parameters
      }
      page.cell("C3", "\(table.count)·5·5 + 16 = \(grouped(parts[0]))", Double(parts[0]))
      page.result("connections", table.count)
      for map in 0..<6 { page.result("filters that see map \(map)", table.channels.count { $0.contains(map) }) }
      page.result("parameters", parts[0])
      page.result("parameters if all were connected", parts[1])
      page.remark(
        "Filters that see different maps must learn different things: it breaks the symmetry. It also bounds the "
          + "number of connections.")
    },
    FreeLesson("T16", "004:1234-1256", "ResNet-18, counted") { page in
      let model = try Catalogue.traced("resnet18")
      let count = ResNetCount(model)
      page.give("model", "ResNet-18 on 224×224×3")
      page.formula("parameters = convolutions + projections + γ and β of every normalisation + dense layer")
      page.cell(
        "total",
        [count.convolutions, count.projections, count.norms, count.projectionNorms, count.dense].map { grouped($0) }
          .joined(separator: " + ") + " = \(grouped(model.summary.parameters))", Double(model.summary.parameters))
      page.result("convolutions", count.convolutions)
      page.result("projections", count.projections)
      page.result("normalisations", count.norms)
      page.result("normalisations of the projections", count.projectionNorms)
      page.result("dense layer", count.dense)
      page.result("total", model.summary.parameters)
      let biased = count.convolutions + count.filters + count.dense
      page.result("the deck's rows, with biases", biased)
      let stems: [ShapeLesson.Case] = [
        .init("227 with padding 1", [227], kernel: 7, stride: 2, padding: .explicit(1)),
        .init("224 with padding 3", [224], kernel: 7, stride: 2, padding: .explicit(3)),
        .init("\"pad 0.5\": 0 before and 1 after", [112], kernel: 3, stride: 2, padding: .same),
      ]
      for item in stems { page.result(item.name, item.arithmetic[0].output) }
      page.correct(
        "The deck's total of \(grouped(biased)) is the sum of its rows, which count a bias for every filter "
          + "(\(grouped(count.filters))) and leave out the normalisations and the three 1×1 projections. A convolution "
          + "before a normalisation has no bias. The input of row 14 is 14×14×256.")
    },
    FreeLesson("T17", "002:433-447", "Deeper ResNets") { page in
      page.formula("weight layers = 1 + 2 or 3 for each unit + 1: those on the longest way through the model")
      for depth in [34, 50, 101, 152] {
        let (name, model) = ("ResNet-\(depth)", try Catalogue.traced("resnet\(depth)"))
        page.cell("\(name): weight layers", model.weightLayers)
        page.result(name, model.summary.parameters)
      }
      page.remark("From 50 on a unit is 1×1, 3×3, 1×1: the 3×3 works on a quarter of the channels.")
    },
    FreeLesson("T18", "002:390-416", "GoogLeNet") { page in
      page.formula("a module has 1×1, 1×1 and 3×3, 1×1 and 5×5, pooling and 1×1 side by side")
      let models = try [true, false].map { try trace(GoogLeNet(isNormalized: $0), input: [224, 224, 3]) }
      let depth = models[1].weightLayers
      page.cell("weight layers on the longest way", depth)
      page.result("weight layers", depth.total)
      page.result("inception modules", models[1].graph.nodes.count { $0.operation is Op.Concatenate })
      page.result("with batch normalisation, as torchvision has it", models[0].summary.parameters)
      page.result("as in the paper, with biases", models[1].summary.parameters)
      let head = models[1].summary.layers.filter { $0.kind == "GlobalAveragePool2D" || $0.kind == "Dense" }
      page.result("head", head.map { "\($0.kind) \($0.output)" }.joined(separator: ", "))
      page.remark(
        "Global average pooling and one dense layer replace the stack of dense layers that most of AlexNet's and "
          + "VGG's parameters are in.")
    },
    FreeLesson("T19", "003:706-717", "DenseNets") { page in
      page.formula("channels after a block of L layers: k₀ + k·L; a transition halves them")
      for (name, depths) in [("121", [6, 12, 24, 16]), ("169", [6, 12, 32, 32]), ("201", [6, 12, 48, 32])] {
        let model = try trace(DenseNet(depths: depths), input: [224, 224, 3])
        page.cell("DenseNet-\(name): weight layers", model.weightLayers)
        page.result("DenseNet-\(name)", model.summary.parameters)
      }
      page.remark(
        "The name counts the layers with weights: the first convolution, two in every dense layer, three "
          + "transitions, one dense layer at the end.")
    },
    FreeLesson("T20", "003:667", "ResNeXt: paths side by side") { page in
      page.give("unit", "1×1 to 32 paths of 4 channels, 3×3 in each path on its own, 1×1 back")
      page.formula("a 3×3 convolution of c channels in g groups has 9·c·c/g weights")
      let plain = Conv2D(filters: 128, kernel: 3, padding: .same, bias: false)
      let paths = Conv2D(filters: 128, kernel: 3, groups: 32, padding: .same, bias: false)
      let counts = try [plain, paths].map { try trace($0, input: [56, 56, 128]).summary.parameters }
      page.cell("the 3×3 of the first stage", "9·128·128/32 = \(grouped(counts[1]))", Double(counts[1]))
      page.result("without groups", counts[0])
      page.result("with 32 groups", counts[1])
      let model = try Catalogue.traced("resnext50-32x4d")
      page.result("ResNeXt-50 32×4d", model.summary.parameters)
      page.remark("The number of paths is the cardinality: a third size beside depth and width.")
    },
    FreeLesson("T21", "003:611-660, 726-737", "Inception v3, Inception-ResNet v2, Xception") { page in
      page.formula("as Keras counts: all weights, and the running moments of the normalisations")
      // Keras leaves γ out of both Inceptions' normalisations: a number less for each pair of moments.
      for (name, model, hasScale) in [
        ("Inception v3", InceptionV3() as any Layer, false), ("Inception-ResNet v2", InceptionResNetV2(), false),
        ("Xception", Xception(), true),
      ] {
        let summary = try trace(model, input: [299, 299, 3]).summary
        let scales = hasScale ? 0 : summary.nonTrainable / 2
        let total = summary.parameters + summary.nonTrainable - scales
        let less = scales > 0 ? " − \(grouped(scales))" : ""
        page.cell(
          name, "\(grouped(summary.parameters)) + \(grouped(summary.nonTrainable))\(less) = \(grouped(total))",
          Double(total))
        page.result(name, total)
      }
      page.remark(
        "Both Inceptions have no γ in Keras, because a rectifier and a convolution follow: the next weights can "
          + "take the scale over.")
    },
    FreeLesson("T22", "003:493-497", "U-Net's sizes") { page in
      page.give("input", "572×572×1")
      page.formula("two valid 3×3 convolutions take 4 off; pooling halves; a transposed 2×2 at stride 2 doubles")
      let model = try trace(UNet(), input: [572, 572, 1])
      let sides = model.layers.filter { $0.isLeaf && $0.kind == "Conv2D" }.map { $0.outputShape[1] }
      // Every second convolution ends a level.
      let levels = stride(from: 1, to: sides.count, by: 2).map { sides[$0] }
      page.cell("first level", "572 − 2 − 2 = \(levels[0])", Double(levels[0]))
      page.result("encoder", levels.prefix(4).map(String.init).joined(separator: ", "))
      page.result("bottom", levels[4])
      page.result("decoder", levels.dropFirst(5).prefix(4).map(String.init).joined(separator: ", "))
      page.result("output", model.outputShape.description)
      page.result("parameters", model.summary.parameters)
      page.remark(
        "The maps of the way down are larger than those of the way up: their middle is cut out and laid beside.")
    },
    TableLesson(
      id: "T23", deck: "003:434-436", title: "LeCun and Bengio's letters, 1995", model: "lecun1995-letters",
      remarks: [
        "28 → 24 → 12 → 8 → 4 → 26: the last convolution is as large as its input, a dense layer by another name."
      ]),
    FreeLesson("T24", "001:671-698", "A sketch of LeNet, read again") { page in
      let model = try trace(LeNet5(), input: [28, 28, 1])
      let matrices = model.graph.parameters.map(\.parameter.shape).filter { $0.rank == 2 }
      page.formula("a dense layer from I to O numbers has an I×O matrix")
      for (name, shape) in zip(["C5", "F6", "output"], matrices) {
        page.cell(name, "\(shape[0])·\(shape[1]) = \(grouped(shape.count))", Double(shape.count))
        page.result(name, shape.description)
      }
      page.correct(
        "The text of the deck reads UNET-5, 120×64 and 8×10: it is LeNet-5, 120×84 and 84×10. Its 400×120 is right.")
    },
    FreeLesson("T27", "002:503-506", "Words, a convolution over them, and pooling") { page in
      page.give("input", "21 words out of 10,000, each by its number")
      page.formula("an embedding is a table: it gives the row of each word's number")
      let model = try trace(
        Sequential {
          Embedding(count: 10_000, size: 128).named("embedding")
          Conv1D(filters: 32, kernel: 5, activation: .relu).named("conv")
          MaxPool1D(3).named("pool")
          GlobalMaxPool1D().named("global")
        }, input: [21], elementType: .int32)
      for row in model.summary.layers {
        page.result("\(row.path): output", row.output.description)
        page.result("\(row.path): parameters", row.parameters)
      }
      for row in model.summary.layers where row.parameters > 0 {
        let own = model.graph.parameters.map(\.parameter).filter { $0.path.hasPrefix(row.path + ".") }
        let terms = own.map { $0.shape.dimensions.map { grouped($0) }.joined(separator: "·") }
        page.cell(
          row.path, terms.joined(separator: " + ") + " = \(grouped(row.parameters))", Double(row.parameters))
      }
      page.remark("The window of 5 sees five neighbouring words; 21 − 5 + 1 = 17.")
    },
  ]
}

/// The parameters of a ResNet by their kind.
private struct ResNetCount {
  var convolutions = 0
  var projections = 0
  var norms = 0
  var projectionNorms = 0
  var dense = 0
  /// Of the convolutions that are no projections: as many as they would have biases.
  var filters = 0

  init(_ model: TracedModel) {
    for parameter in model.graph.parameters.map(\.parameter) where parameter.isTrainable {
      let (shape, isProjection) = (parameter.shape, parameter.path.contains("downsample"))
      switch shape.rank {
      case 4 where isProjection: projections += shape.count
      case 4:
        convolutions += shape.count
        filters += shape.channels
      case 1 where isProjection: projectionNorms += shape.count
      case 1 where !parameter.path.hasPrefix("fc."): norms += shape.count
      default: dense += shape.count
      }
    }
  }
}
