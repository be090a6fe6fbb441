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
}
