import FoveaExplain
import FoveaGraph
import FoveaLayers

extension Curriculum {
  /// Output sizes: F1 … F7, F11 … F13, F15, F23.
  static let sizes: [any Lesson] = [
    QuizLesson(
      id: "F1", deck: "003:132, 257-265", title: "Valid padding",
      question: "An input of length n, a filter of length k "
        + "and no padding: how long is the output?",
      options: [
        .formula("n + k + 1", { Double($0 + $1 + 1) }, is: { size($0, $1) }),
        .formula("n + k − 1", { Double($0 + $1 - 1) }, is: { size($0, $1) }),
        .formula("n − k + 1", { Double($0 - $1 + 1) }, is: { size($0, $1) }),
        .formula("n − k − 1", { Double($0 - $1 - 1) }, is: { size($0, $1) }),
      ], remarks: ["The filter starts at 0 and ends at n − k: that is n − k + 1 places."]),
    ShapeLesson(
      id: "F2", deck: "001:254-268", title: "With padding",
      cases: [.init("output", [5], kernel: 3, padding: .explicit(1))],
      remarks: ["n + 2p − f + 1 = 5 + 2 − 3 + 1."]),
    ShapeLesson(
      id: "F3", deck: "001:319-325", title: "With padding and stride",
      cases: [.init("output", [28], kernel: 3, stride: 2, padding: .explicit(1))],
      remarks: ["27 / 2 = 13.5 is rounded down: the last half step has no place for a window."]),
    ShapeLesson(
      id: "F4", deck: "001:410-430", title: "Strides on 7×7",
      cases: [
        .init("p = 0", [7], kernel: 3, stride: 2),
        .init("p = 1", [7], kernel: 3, stride: 2, padding: .explicit(1)),
      ],
      correction:
        "The deck writes (7 − 3)/2 + 1 = 2: 4/2 is 2, and 2 + 1 = 3. It also prints the stride of the formula "
        + "as /2: it is /s."),
    ShapeLesson(
      id: "F5", deck: "001:456-471", title: "28 pixels at stride 1 and 2",
      cases: [
        .init("s = 1", [28], kernel: 3, padding: .explicit(1)),
        .init("s = 2", [28], kernel: 3, stride: 2, padding: .explicit(1)),
      ]),
    ShapeLesson(
      id: "F6", deck: "001:868", title: "AlexNet's first layer on 224 pixels",
      cases: [.init("output", [224], kernel: 11, stride: 4, padding: .explicit(2))],
      remarks: ["217 / 4 = 54.25 is rounded down. With 227 pixels and no padding the division has no rest."]),
    ShapeLesson(
      id: "F7", deck: "001:915", title: "AlexNet's first pooling", cases: [.init("output", [55], kernel: 3, stride: 2)],
      question:
        "AlexNet's first pooling has a window of 3 and a stride of 2. Its input is 55 long: how long is its output?"),
    FreeLesson("F15", "003:401-418", "A solution that is none") { page in
      let convolved = ShapeLesson.Case("after the convolution", [7], kernel: 3, dilation: 2)
      let length = convolved.arithmetic[0].output
      let pooled = ShapeLesson.Case("after the pooling", [length], kernel: 2)
      for item in [convolved, pooled] {
        page.give(item.name, item.words)
        page.cell(item.name, item.arithmetic[0].numbers, Double(item.arithmetic[0].output))
        page.result(item.name, item.arithmetic[0].output)
      }
      page.formula(convolved.arithmetic[0].formula)
      page.ask(
        "A length of 7; a filter of 3 at dilation 2 without padding, then a pooling of 2 at stride 1 without padding. How "
          + "long is the result?", answeredBy: "after the pooling")
      page.correct(
        "The handwritten solution puts \"O/P = 1\" and 5/2 + 1, which is the formula with numbers of no layer. The "
          + "dilated filter spans 5: 7 − 5 + 1 = 3; then a window of 2: 3 − 2 + 1 = 2, as the other solution has it.")
    },
    FreeLesson("F23", "003:253-336", "Six ways over one picture") { page in
      page.give("picture x", Pictures.steps)
      page.give("kernel w", Pictures.stepsKernel)
      page.formula(
        "y[m,n] = Σ_p Σ_q w[p,q] · x[m·s + p·d − padding, n·s + q·d − padding]; max of the window for pooling")
      let ways: [ConvolutionLesson.Way] = [
        .init(name: "valid"), .init(name: "same", padding: .same), .init(name: "full", padding: .full),
        .init(name: "strided", strides: 2), .init(name: "dilated", dilation: 2),
      ]
      for way in ways {
        let experiment = try Experiment(convolving: Pictures.steps, with: Pictures.stepsKernel, way)
        page.add(experiment.cells(named: "\(way.name): y"))
        page.result(way.name, experiment.rows)
      }
      let pooled = try Experiment(pooling: Pictures.steps, .largest, size: 3, stride: 1)
      page.add(pooled.cells(named: "max pooling: y"))
      page.result("max pooling", pooled.rows)
      page.result("rows with full padding", page.rows("full")?.count ?? 0)
      page.ask(
        "A 3×3 kernel slides over a 5×5 picture with full padding. How many rows has the result?",
        answeredBy: "rows with full padding")
    },
  ]

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
          let operation = Op.Convolution(Window(size: [3]))
          let weights: Shape = [3, 1, 1]
          _ = try operation.outputShape(for: [[1, 5, 1], weights])
          return weights.count
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
      question: "A drawn digit 7 is convolved. Which filter answers most strongly (largest mean square)?",
      options: strongest(
        Digits.seven,
        [
          NamedKernel.gallery[0], NamedKernel.gallery[1], NamedKernel.gallery[4],
          NamedKernel(name: "the negative corner", rows: [[1, 0, 0], [0, -1, 0], [0, 0, 0]], purpose: "a step"),
        ]),
      remarks: [
        "The figures of the deck are lost: these filters and the digit are drawn by the library.",
        "A filter is useful for digits if it answers to strokes and is silent on the empty paper.",
      ]),
  ]
}
