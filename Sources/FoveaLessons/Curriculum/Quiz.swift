import FoveaExplain
import FoveaGraph
import FoveaLayers

extension Curriculum {
  /// The quiz's questions with answers to choose from: F8 … F22.
  static let quiz: [any Lesson] = [
    QuizLesson(
      id: "F8", deck: "003:137-140, 273-281", title: "Same padding",
      question: "How many zeros at each end keep the length, for an odd filter of length k?",
      options: [
        .formula("(k − 1)/2", { Double($1 - 1) / 2 }, is: { edges($0, $1, .same).before }),
        .formula("k/2", { Double($1) / 2 }, is: { edges($0, $1, .same).before }),
        .formula("(k + 1)/2", { Double($1 + 1) / 2 }, is: { edges($0, $1, .same).before }),
        .formula("k − 2", { Double($1 - 2) }, is: { edges($0, $1, .same).before }),
      ],
      remarks: [
        "An even filter needs an odd number of zeros: the one that is left over goes to the end. For k = 4: "
          + "\(edges(8, 4, .same).before) before and \(edges(8, 4, .same).after) after."
      ]),
    QuizLesson(
      id: "F9", deck: "003:145-149, 289-297", title: "Full padding",
      question: "How many zeros at each end let every overlap of filter and input count?",
      options: [
        .formula("k/2", { Double($1) / 2 }, is: { try overhang($0, $1) }),
        .formula("k/2 + 1", { Double($1) / 2 + 1 }, is: { try overhang($0, $1) }),
        .formula("k/2 − 1", { Double($1) / 2 - 1 }, is: { try overhang($0, $1) }),
        .formula("k − 1", { Double($1 - 1) }, is: { try overhang($0, $1) }),
      ], remarks: ["At the first place only the filter's last entry lies on the input."]),
    QuizLesson(
      id: "F10", deck: "003:305-312", title: "Length of a full convolution",
      question: "How long is the output with full padding?",
      options: [
        .formula("n + k/2", { Double($0) + Double($1) / 2 }, is: { size($0, $1, .full) }),
        .formula("n + k − 1", { Double($0 + $1 - 1) }, is: { size($0, $1, .full) }),
        .formula("n + k/2 − 1", { Double($0) + Double($1) / 2 - 1 }, is: { size($0, $1, .full) }),
        .formula("n + k + 1", { Double($0 + $1 + 1) }, is: { size($0, $1, .full) }),
      ], remarks: ["n = 5 and k = 3 give \(size(5, 3, .full))."]),
    QuizLesson(
      id: "F11", deck: "003:324-331", title: "Strided convolution",
      question: "n = 5, k = 3, padding 1, stride 2: how long is the output?",
      options: (2...5).map { n in
        .number("\(n)", n) { size(5, 3, .explicit(1), stride: 2) }
      }),
    QuizLesson(
      id: "F12", deck: "003:344-351", title: "A dilated filter",
      question: "What is the effective size of a filter of length 7 at a dilation rate of 3?",
      options: (19...22).map { n in .number("\(n)", n) { span(7, dilation: 3) } },
      formula: "(k − 1)(d − 1) + k = (k − 1)·d + 1"),
    FreeLesson("F13", "003:357-361", "The span of a filter of 3 at dilation 2") { page in
      let item = ShapeLesson.Case("output on 7", [7], kernel: 3, dilation: 2)
      let axis = item.arithmetic[0]
      page.give("filter", "length 3, dilation 2")
      page.formula("(k − 1)(d − 1) + k = (k − 1)·d + 1")
      page.cell("effective size", axis.effectiveKernelNumbers, Double(axis.effectiveKernel))
      page.cell(item.name, axis.numbers, Double(axis.output))
      page.result("effective size", axis.effectiveKernel)
      page.result(item.name, axis.output)
      page.ask("How many inputs does a filter of length 3 span at a dilation rate of 2?", answeredBy: "effective size")
    },
    QuizLesson(
      id: "F14", deck: "003:365-382, 390-399", title: "Which does not give length 3",
      question: "Which operations do not turn a length of 7 into 3?",
      options: [
        chain("conv 3 same, pool 2/2 valid", (3, 1, 1, .same), (2, 2, 1, .valid)),
        chain("conv 3/2 valid, pool 3 same", (3, 2, 1, .valid), (3, 1, 1, .same)),
        chain("conv 3 dilation 2 valid, pool 2 same", (3, 1, 2, .valid), (2, 1, 1, .same)),
        chain("conv 3 dilation 2 valid, pool 2 valid", (3, 1, 2, .valid), (2, 1, 1, .valid)),
      ]),
    CountLesson(
      id: "F16", deck: "003:122-126", title: "Weights of four 2×2 filters",
      cases: [
        .init("without bias", [8, 8, 1], Conv2D(filters: 4, kernel: 2, bias: false)),
        .init("with bias", [8, 8, 1], Conv2D(filters: 4, kernel: 2)),
      ], question: "One input channel and four filters of 2×2: how many weights are that, without biases?"),
    QuizLesson(
      id: "F17", deck: "003:200-208", title: "Shared weights",
      question: "How many weights has a 1-D convolutional layer with one filter of width 3?",
      options: [3, 5, 13, 15].map { n in
        .number("\(n)", n) {
          try trace(Conv1D(filters: 1, kernel: 3, bias: false), input: [5, 1]).summary.parameters
        }
      },
      remarks: [
        "All places share the three weights. The figure is lost in the deck's text; its layer has five inputs, and 13 "
          + "and 15 count connections, not weights."
      ]),
    QuizLesson(
      id: "F18", deck: "003:225-234", title: "Local connections",
      question: "Five inputs and a fully connected layer of five neurons have 25 connections. How many has a "
        + "convolution of width 3 with five outputs?",
      options: (12...15).map { n in .number("\(n)", n) { try connections(inputs: 5, width: 3, padding: .same) } },
      correction: "The deck adds \"no padding!\", and counts five outputs whose edge neurons have two connections: "
        + "2·2 + 3·3 = 13. A convolution without padding has three outputs and 3·3 = 9 connections, which is no option.",
      remarks: ["Every output sees three inputs at most, whatever the number of inputs."]),
    QuizLesson(
      id: "F19", deck: "003:193-198", title: "What convolution is not",
      question: "Which property does not apply to convolution?",
      options: [
        .init("sparse interaction") {
          let count = try connections(inputs: 9, width: 3, padding: .valid)
          return (count >= 9 * 7, "applies: \(count) of \(9 * 7) possible connections")
        },
        .init("parameter sharing") {
          let few = try trace(Conv2D(filters: 1, kernel: 3, bias: false), input: [8, 8, 1]).summary.parameters
          let many = try trace(Conv2D(filters: 1, kernel: 3, bias: false), input: [80, 80, 1]).summary.parameters
          return (few != many, "applies: \(few) weights for 8×8 and \(many) for 80×80")
        },
        .init("translation invariance") {
          let difference = try zip(convolved(signal), convolved(shifted(signal))).contains { $0 != $1 }
          return (difference, "does not apply: a shifted input gives another output")
        },
        .init("local connectivity") {
          let reach = try reach(inputs: 9, width: 3)
          return (reach > 3, "applies: an input reaches \(reach) neighbouring outputs")
        },
      ],
      remarks: [
        "It is equivariant: the output of a shifted input is the shifted output (F20). Pooling adds invariance."
      ]),
    QuizLesson(
      id: "F20", deck: "003:237-244", title: "Equivariance",
      question: "What is equivariance of a function f with respect to a function g? (f: convolution, g: a shift)",
      options: [
        .init("f(x) = g(f(x))") { compare("f(x)", try convolved(signal), "g(f(x))", shifted(try convolved(signal))) },
        .init("f(x) = f(g(x))") { compare("f(x)", try convolved(signal), "f(g(x))", try convolved(shifted(signal))) },
        .init("f(g(x)) = g(f(x))") {
          compare("f(g(x))", try convolved(shifted(signal)), "g(f(x))", shifted(try convolved(signal)))
        },
        .init("f(g(x)) = g(x) · f(x)") {
          compare(
            "f(g(x))", try convolved(shifted(signal)), "g(x)·f(x)",
            zip(shifted(signal), try convolved(signal)).map { $0 * $1 })
        },
      ],
      remarks: [
        "f(x) = f(g(x)) would be invariance. Checked on a sequence with zeros at both ends, so that no border "
          + "interferes."
      ]),
    QuizLesson(
      id: "F21", deck: "003:218-223", title: "Complex filters",
      question: "How can we encourage learning complex filters?",
      options: [
        "penalize filter sparsity", "penalize activation sparsity", "encourage filter sparsity",
        "encourage activation sparsity",
      ].map { text in .init(text) { (false, "the deck prints no key") } },
      isOpen: true,
      remarks: [
        "The usual answer is d: where few units may answer, each must answer to something special. It is a "
          + "recommendation, not something a computation can decide."
      ]),
    QuizLesson(
      id: "F22", deck: "003:212-216, 246-251", title: "Filters and their answers",
      question: "Ten digits are convolved. Which filter answers most strongly (largest mean square)?",
      options: strongest(Digits.all, candidates),
      remarks: [
        "The figures of the deck are lost: these filters and the digits are drawn by the library. On MNIST's own digits the "
          + "order of the filters is the same; a test of the library ranks them there.",
        "A filter is useful for digits if it answers to strokes and is silent on the empty paper. Blurring answers to "
          + "everything a little, and nowhere strongly.",
      ],
      more: { page in
        page.give("digits", "0 to 9, each of 12×10 points, drawn by the library")
        for kernel in candidates { page.give(kernel.name, kernel.rows) }
        let ranking = try ranking(of: candidates, on: Digits.all)
        page.result(
          "ranking", table: [["filter", "mean square"]] + ranking.map { [$0.kernel.name, spelled($0.power)] })
      }),
  ]
}

/// The filters of F22.
private let candidates = [
  NamedKernel.gallery[1], NamedKernel.gallery[4], NamedKernel.gallery[0],
  NamedKernel(name: "spot", rows: [[0, 1, 0], [1, -4, 1], [0, 1, 0]], purpose: "unlike its neighbours"),
]
