import FoveaCore
import FoveaExplain
import FoveaLayers
import FoveaZoo

extension Curriculum {
  /// The layer tables: T1 … T29, as far as model lines go.
  static let tables: [any Lesson] = [
    TableLesson(
      id: "T1", deck: "001:287-307", title: "Three valid convolutions for MNIST", model: "keras-mnist-valid",
      remarks: ["The deck's table is cut before the last layer: its 1,290 parameters belong to the total."]),
    TableLesson(
      id: "T2", deck: "001:331-348", title: "The same with padding", model: "keras-mnist-same",
      remarks: ["The convolutions have the same parameters; the first dense layer pays for the larger maps."]),
    TableLesson(
      id: "T3", deck: "001:436-454", title: "Padding and stride 2", model: "keras-mnist-strided",
      remarks: ["Keras puts the one zero of 28 pixels at stride 2 below and right: (0, 1), not (1, 1)."]),
    TableLesson(
      id: "T4", deck: "001:523-545", title: "Convolution and max pooling", model: "keras-mnist-pool",
      remarks: ["The deck leaves out the flattening to 800 and the last layer."]),
    TableLesson(
      id: "T5", deck: "001:714-738", title: "LeNet in Keras", model: "lenet5",
      correction:
        "The deck prints 18×18×16, 9×9×16 and 486. The third layer is valid: 14 − 5 + 1 = 10, so that 10×10×16, "
        + "5×5×16 and 400 follow; 18 = 14 + 5 − 1 would be full padding. Its own 48,120 = 400·120 + 120 proves 400."),
    TableLesson(id: "T6", deck: "000:519-527", title: "LeNet-5 on 32×32", model: "lenet5", input: [32, 32, 1]),
    TableLesson(id: "T9", deck: "004:1176-1184", title: "LeNet's parameters", model: "lenet5"),
    TableLesson(
      id: "T10", deck: "001:761-864", title: "AlexNet's shapes", model: "alexnet-ungrouped",
      remarks: ["The deck counts \"four max-pooling layers\" (001:969); there are three, as its own diagram shows."]),
    TableLesson(
      id: "T11", deck: "004:1188-1201", title: "AlexNet's parameters, ungrouped", model: "alexnet-ungrouped",
      remarks: ["Most of them are in the first dense layer: 9,216 · 4,096."]),
    FreeLesson("T12", "002:362-374", "AlexNet's first layer, again") { page in
      let cases: [ShapeLesson.Case] = [
        .init("224, same", [224], kernel: 11, stride: 4, padding: .same),
        .init("227, valid", [227], kernel: 11, stride: 4),
        .init("224, padding 2", [224], kernel: 11, stride: 4, padding: .explicit(2)),
        .init("the pooling after C7", [13], kernel: 3, stride: 2),
      ]
      page.formula(cases[0].arithmetic[0].formula)
      for item in cases {
        page.give(item.name, item.words)
        page.cell(item.name, item.arithmetic[0].numbers, Double(item.arithmetic[0].output))
        page.result(item.name, item.arithmetic[0].output)
      }
      page.correct(
        "The table says SAME on 224 gives 55; it gives ⌈224/4⌉ = 56. For 55 the input is 227 and valid, or 224 with a "
          + "padding of 2. It also lacks the pooling after C7, which makes 13 into 6: 6·6·256 = 9,216 numbers.")
    },
    FreeLesson("T13", "000:643", "AlexNet on two GPUs") { page in
      page.give("model", "alexnet-2012")
      page.formula("a convolution in two groups has half of the weights; neurons = the outputs of layers with weights")
      let summary = try Catalogue.traced("alexnet-2012").summary
      let weighted = summary.layers.filter { $0.parameters > 0 }
      for row in weighted {
        page.cell(row.path, "\(row.output) = \(grouped(row.output.count))", Double(row.output.count))
      }
      page.result("parameters", summary.parameters)
      page.result("neurons", weighted.reduce(0) { $0 + $1.output.count })
      page.result("torchvision's variant", try Catalogue.traced("alexnet").summary.parameters)
      page.remark("\"60 million parameters\" is the grouped model. The paper's 650,000 neurons are these, rounded.")
    },
    TableLesson(id: "T14", deck: "000:854-876", title: "VGG16", model: "vgg16"),
    FreeLesson("T15", "003:527-543", "VGG's configurations") { page in
      page.formula("weight layers = convolutions + 3 dense layers")
      for (name, model, depths) in [
        ("A", "vgg11", [1, 1, 2, 2, 2]), ("A-LRN", "vgg11-lrn", [1, 1, 2, 2, 2]), ("B", "vgg13", [2, 2, 2, 2, 2]),
        ("C", "vgg16-c", [2, 2, 3, 3, 3]), ("D", "vgg16", [2, 2, 3, 3, 3]), ("E", "vgg19", [2, 2, 4, 4, 4]),
      ] {
        let summary = try Catalogue.traced(model).summary
        let layers = summary.layers.count { $0.parameters > 0 }
        page.cell(name, depths.map(String.init).joined(separator: " + ") + " + 3 = \(layers)", Double(layers))
        page.result("\(name): weight layers", layers)
        page.result("\(name): parameters", summary.parameters)
        let normalizations = summary.layers.count { $0.kind == "LocalResponseNorm" }
        if normalizations > 0 { page.result("\(name): normalisations", normalizations) }
      }
      page.correct(
        "In the deck's text column D is missing and E reads 16 layers: D has 16 and E has 19. The number of filters "
          + "doubles after each pooling up to 512, and stays there.")
    },
    TableLesson(
      id: "T25", deck: "004:1303-1316", title: "The CIFAR-10 tutorial's classifier", model: Lines.cifarTutorial),
    TableLesson(id: "T26", deck: "002:494-497", title: "Two ways from maps to a row", model: "keras-heads"),
    FreeLesson("T28", "001:477", "Any size of input") { page in
      for side in [224, 228] {
        let line = "input \(side)x\(side)x3 - conv 8 3x3 valid - gap - fc 10"
        let summary = try Catalogue.traced(line).summary
        page.give("\(side)×\(side)×3", line)
        page.result("\(side): first map", summary.layers[0].output.description)
        page.result("\(side): parameters", summary.parameters)
      }
      page.formula("(n − k + 1) × (n − k + 1) × filters")
      page.remark("A convolution takes any height and width; the usual size for ImageNet is 224, not 228.")
    },
    FreeLesson("T29", "derived", "Multiply-adds") { page in
      page.formula("output height · output width · filters · k · k · channels in, of all layers")
      let models = [
        ("LeNet-5", "lenet5"), ("AlexNet", "alexnet-ungrouped"), ("AlexNet, grouped", "alexnet-2012"),
        ("VGG16", "vgg16"), ("ResNet-18", "resnet18"),
      ]
      for (name, model) in models {
        let summary = try Catalogue.traced(model).summary
        let counts = summary.layers.map(\.multiplyAdds).filter { $0 > 0 }.map { grouped($0) }
        page.cell(
          name, counts.joined(separator: " + ") + " = \(grouped(summary.multiplyAdds))", Double(summary.multiplyAdds))
        page.result(name, summary.multiplyAdds)
      }
      page.remark(
        "VGG16 takes fourteen times AlexNet's arithmetic with twice its parameters: convolutions compute, dense "
          + "layers remember.")
    },
  ]
}
