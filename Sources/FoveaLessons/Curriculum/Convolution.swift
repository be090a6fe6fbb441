import FoveaExplain
import FoveaLayers

/// Pictures that several rows of the lectures use.
enum Pictures {
  /// 001:131.
  static let edge: [[Double]] = [
    [7, 2, 3, 3, 8], [4, 5, 3, 8, 4], [3, 3, 2, 8, 4], [2, 8, 7, 2, 7], [5, 4, 4, 5, 4],
  ]
  static let verticalEdge: [[Double]] = [[1, 0, -1], [1, 0, -1], [1, 0, -1]]
  /// 004:74.
  static let steps: [[Double]] = [
    [3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1],
  ]
  static let stepsKernel: [[Double]] = [[0, 1, 2], [2, 2, 0], [0, 1, 2]]
  /// 001:353.
  static let face: [[Double]] = [
    [0, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0],
    [0, 1, 0, 0, 0, 1, 0], [0, 0, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0],
  ]
}

extension Curriculum {
  /// The definition of convolution: C1 … C6.
  static let definitions: [any Lesson] = [
    ConvolutionLesson(
      id: "C1", deck: "000:43", title: "Convolution of two sequences", input: [[1, 2, 3]], kernel: [[1, 1]],
      ways: [.init(name: "y", padding: .full, flipped: true)], formula: "y(n) = Σ_p x(p) · w(n − p)",
      remarks: [
        "Each input value starts a copy of the kernel, scaled by it; where copies overlap they add up. The result has "
          + "n + k − 1 values.",
        "For functions of time the sum becomes ∫ x(τ) h(t − τ) dτ.",
      ]),
    ConvolutionLesson(
      id: "C2", deck: "000:45", title: "Convolution of two pictures", input: [[1, 2], [3, 4]],
      kernel: [[0, 1], [2, 3]], ways: [.init(name: "y", padding: .full, flipped: true)],
      formula: "y(m,n) = Σ_p Σ_q x(p,q) · w(m − p, n − q)",
      remarks: ["The kernel is turned by half a circle before it slides: that is what the minus signs say."]),
    ConvolutionLesson(
      id: "C3", deck: "000:65-71", title: "A kernel centred on its middle", input: [[1, 2, 3, 4, 5]],
      kernel: [[1, 2, 3]], ways: [.init(name: "y", padding: .explicit(1), flipped: true)],
      formula: "y(n) = Σ_{p=−A…A} w(p) · x(n − p), A = 1",
      remarks: [
        "The kernel has 2A + 1 entries, w(−A) … w(A): here w(−1) = 1, w(0) = 2, w(1) = 3.",
        "With A zeros on each side the result is as long as x; a 2-D kernel has (2A + 1) × (2A + 1) entries.",
      ]),
    ConvolutionLesson(
      id: "C4", deck: "000:75-114", title: "The sliding table", input: [[1, 2, 3, 4]], kernel: [[1, 2, 3, 4, 5]],
      ways: [.init(name: "y", padding: .explicit(2), flipped: true)],
      formula: "y(n) = Σ_{p=−2…2} w(p) · x(n − p)",
      remarks: [
        "The row w(2) w(1) w(0) w(−1) w(−2) slides to the right under 0 0 x(0) x(1) …; what stands above each other is "
          + "multiplied. Here w(−2) = 1 … w(2) = 5.",
        "At the start two zeros lie under the window: y(0) = w(0)·x(0) + w(−1)·x(1) + w(−2)·x(2).",
      ]),
    ShapeLesson(
      id: "C5", deck: "000:125-220", title: "Padding and stride",
      cases: [
        .init("6×6 without padding", [6, 6], kernel: 3),
        .init("6×6 with padding 1", [6, 6], kernel: 3, padding: .explicit(1)),
        .init("7×7 at stride 1", [7, 7], kernel: 3), .init("7×7 at stride 2", [7, 7], kernel: 3, stride: 2),
      ],
      remarks: ["A border of (k − 1)/2 zeros keeps the size at stride 1; stride 2 halves it."]),
    ConvolutionLesson(
      id: "C6", deck: "000:261", title: "Which way the indices run", input: Pictures.edge,
      kernel: Pictures.verticalEdge, ways: [.init(name: "correlation"), .init(name: "convolution", flipped: true)],
      formula: "correlation f(m,n) = Σ w(p,q) · I(m + p, n + q); convolution f(m,n) = Σ w(p,q) · I(m − p, n − q)",
      correction: "The deck writes I(p − m, q − n): with it the picture would run backwards as the window moves on. "
        + "The output index m comes with a plus, and p follows with + (correlation) or − (convolution).",
      remarks: [
        "Frameworks compute the correlation and call it convolution: the kernel is learned, so that turning it around "
          + "changes nothing. With a kernel that turning negates, as here, only the signs differ."
      ]),
  ]

  /// Worked examples with numbers: C7 … C13.
  static let workedExamples: [any Lesson] = [
    ShapeLesson(
      id: "C7", deck: "001:121-123", title: "What a 3×3 filter leaves of 6×6",
      cases: [.init("output", [6, 6], kernel: 3)],
      remarks: ["A window of f fits at n − f + 1 places along each axis."]),
    ConvolutionLesson(
      id: "C8", deck: "001:131-149", title: "A vertical edge detector", input: Pictures.edge,
      kernel: Pictures.verticalEdge,
      ways: [.init(name: "map"), .init(name: "map with the kernel turned", flipped: true)],
      remarks: [
        "The left column counts as it is, the right one negative: the result is large where the left is brighter, and "
          + "zero where both sides are alike.",
        "Turning this kernel by half a circle negates it, so that true convolution gives every sign reversed.",
      ]),
    ConvolutionLesson(
      id: "C9", deck: "001:211-215", title: "The same filter with padding and stride", input: Pictures.edge,
      kernel: Pictures.verticalEdge,
      ways: [
        .init(name: "valid"), .init(name: "padding 1", padding: .explicit(1)),
        .init(name: "stride 2", strides: 2),
      ],
      remarks: [
        "To keep 5×5 the padded picture must be 7×7: p = (f − 1)/2 = 1.",
        "At the border half of the window lies on zeros: the detector answers to the edge of the picture itself.",
      ]),
    ConvolutionLesson(
      id: "C10", deck: "001:230-248", title: "Sharpening",
      input: [
        [60, 113, 56, 139, 85], [73, 121, 54, 84, 128], [131, 99, 70, 129, 127], [80, 57, 115, 69, 134],
        [104, 126, 123, 95, 130],
      ], kernel: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
      ways: [.init(name: "map", padding: .explicit(1))],
      misprint: [
        [60, 113, 56, 139, 85], [73, 121, 54, 84, 128], [131, 99, 70, 129, 127], [80, 57, 115, 93, 134],
        [104, 126, 123, 85, 170],
      ],
      correction:
        "The deck prints 93 for 69, 85 for 95, 170 for 130 and a stray 11 in the border. Its own outputs give "
        + "the right input: 256 = 5·115 − 57 − 70 − 123 − x wants x = 69, 153 = 5·95 − 123 − 130 − 69, and "
        + "344 = 5·134 − 127 − 69 − 130. Then every printed output follows but the last, which is 421 and not 67: "
        + "5·130 − 95 − 134.",
      remarks: ["Five times the centre less its four neighbours: flat areas stay (5 − 4 = 1), differences grow."]),
    ConvolutionLesson(
      id: "C11", deck: "001:353-363", title: "A pattern in a binary face", input: Pictures.face,
      kernel: [[0, 0, 0], [1, 0, 0], [0, 1, 1]],
      ways: [
        .init(name: "stride 1"), .init(name: "stride 2", strides: 2),
        .init(name: "stride 2, padding 1", strides: 2, padding: .explicit(1)),
        .init(name: "the common drawing's kernel", kernel: [[0, 0, 1], [1, 0, 0], [0, 1, 1]]),
      ],
      remarks: [
        "A binary kernel counts how many of its ones meet ones: 3 where the whole pattern is there.",
        "The common drawing has a 1 in the kernel's upper right corner, too; then the largest value is 4.",
      ]),
    ShapeLesson(
      id: "C12", deck: "002:132-135", title: "A layer of neurons over 28×28",
      cases: [.init("neurons", [28, 28], kernel: 5)],
      remarks: ["One neuron for each place of the 5×5 local receptive field."]),
    ShapeLesson(
      id: "C13", deck: "002:176-193", title: "Small filters on 4×4",
      cases: [.init("3×3 filter", [4, 4], kernel: 3), .init("2×2 filter", [4, 4], kernel: 2)]),
  ]

  /// Filters over several channels, and their parameters: C14 … C18.
  static let channels: [any Lesson] = [
    FreeLesson("C14", "002:197-204", "Several channels, several filters") { page in
      let x = tensor([1, 5, 2, 6, 3, 7, 4, 8], [2, 2, 2])
      let w = tensor([1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1], [2, 2, 2, 2])
      page.give("channel 0 of x", [[1, 2], [3, 4]])
      page.give("channel 1 of x", [[5, 6], [7, 8]])
      page.give("filters", "filter 0 adds up channel 0, filter 1 adds up channel 1")
      page.formula("y[p, o] = Σ_k Σ_i x[p + k, i] · w[k, i, o]")
      let experiment = try Experiment(Conv2D(filters: 2, kernel: 2, bias: false), x, ["weights": w])
      page.add(experiment.cells())
      page.result("map of filter 0", experiment.channel(0))
      page.result("map of filter 1", experiment.channel(1))
      page.result("output", Shape(Array(experiment.shape.dimensions.dropFirst())).description)
      page.remark("A filter is as deep as its input and adds over all channels: one filter makes one map.")
      page.remark("N filters make N maps, stacked as the channels of the output.")
    },
    ShapeLesson(
      id: "C15", deck: "002:219", title: "Padding and stride on a picture that is not square",
      cases: [.init("output", [5, 7], kernel: 3, stride: 2, padding: .explicit(1))],
      remarks: ["Each axis has its own arithmetic."]),
    CountLesson(
      id: "C16", deck: "002:237-288", title: "Filters on 32×32×3",
      cases: [
        .init("1 filter", [32, 32, 3], Conv2D(filters: 1, kernel: 5)),
        .init("6 filters", [32, 32, 3], Conv2D(filters: 6, kernel: 5)),
        .init("5 filters", [32, 32, 3], Conv2D(filters: 5, kernel: 5)),
      ],
      remarks: ["A filter of 5×5×3 has 75 weights and one bias, whatever the picture's size."]),
    CountLesson(
      id: "C17", deck: "000:277-280", title: "Ten kernels with padding 2",
      cases: [
        .init("padding 2", [32, 32, 3], Conv2D(filters: 10, kernel: 5, padding: .explicit(2))),
        .init("no padding", [32, 32, 3], Conv2D(filters: 10, kernel: 5)),
      ],
      remarks: ["Padding changes the size of the output, not the number of parameters: 10 · (5·5·3 + 1)."]),
    FreeLesson("C18", "003:15", "One output in NumPy") { page in
      let window = Pictures.edge.prefix(3).map { Array($0.prefix(3)) }
      page.give("window G₁", window)
      page.give("kernel W₀", Pictures.verticalEdge)
      page.formula("O₀ = np.sum(np.multiply(G₁, W₀))")
      let experiment = try Experiment(convolving: window, with: Pictures.verticalEdge, .init(name: "O₀"))
      page.add(experiment.cells(named: "O₀"))
      page.result("O₀", experiment.values[0])
      page.correct(
        "The deck writes np.sum(np.multiply(G₁×W₀)): np.multiply takes two arrays, with a comma between them, and "
          + "multiplies them element by element; × inside it is a misprint.")
    },
  ]
}
