import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers

extension Curriculum {
  /// Pooling: Q1 … Q11.
  static let pooling: [any Lesson] = [
    PoolingLesson(
      id: "Q1", deck: "000:318-326", title: "Four kinds of pooling",
      input: [[3, 2, 5, 6], [8, 9, 5, 3], [4, 4, 6, 8], [1, 1, 2, 1]], size: 2, stride: 2,
      kinds: [.largest, .mean, .sum, .smallest],
      remarks: ["Every window gives one number: a quarter of the picture is left."]),
    PoolingLesson(
      id: "Q2", deck: "001:606-615", title: "An exercise without a printed answer",
      input: [[3, 1, 1, 3], [2, 5, 0, 2], [1, 4, 2, 1], [4, 7, 2, 4]], size: 2, stride: 2, kinds: [.largest, .mean]),
    PoolingLesson(
      id: "Q3", deck: "004:418-586", title: "Average pooling in nine steps", input: Pictures.steps, size: 3, stride: 1,
      kinds: [.mean], remarks: ["The deck rounds to one digit: 5/3 is printed as 1.7."]),
    PoolingLesson(
      id: "Q4", deck: "004:590-725", title: "Max pooling in nine steps", input: Pictures.steps, size: 3, stride: 1,
      kinds: [.largest]),
    FreeLesson("Q5", "000:304", "Five kinds along one, two and three axes") { page in
      page.give("input", "1 … 8 along one axis, as 2×4 and as 2×2×2; windows of 2 along each axis, stride 2")
      page.formula("y[p] = max, mean, sum, min or √Σx² of x[p·s + k] over the window")
      let numbers = (1...8).map(Double.init)
      func add<Size: SpatialSize>(_ name: String, _ shape: Shape, _ size: Size) throws {
        let x = tensor(numbers, shape)
        let largest = try Experiment(MaxPool(size), x)
        page.add(largest.cells(named: "\(name) max"))
        page.result("\(name) max", [largest.values])
        page.result("\(name) average", [try Experiment(AveragePool(size), x).values])
        page.result("\(name) sum", [try Experiment(SumPool(size), x).values])
        page.result("\(name) min", [try Experiment(MinPool(size), x).values])
        page.result("\(name) L2", [try Experiment(LpPool(size), x).values])
      }
      try add("1-D", [8, 1], 2)
      try add("2-D", [2, 4, 1], 2 as Size2D)
      try add("3-D", [2, 2, 2, 1], 2 as Size3D)
      page.remark("Size, stride and padding are chosen for each axis, as for a convolution.")
    },
    FreeLesson("Q6", "000:307, 338-339", "Each channel on its own") { page in
      let first: [Double] = (0..<16).map { Double(($0 * 7) % 11) }
      let second: [Double] = (0..<16).map { Double(($0 * 5) % 13) }
      let both = zip(first, second).flatMap { [$0, $1] }
      page.give("channel 0", rows(first, 4))
      page.give("channel 1", rows(second, 4))
      page.formula("y[m, n, c] = max over the window of x[·, ·, c]")
      let together = try Experiment(MaxPool2D(2), tensor(both, [4, 4, 2]))
      page.add(together.cells())
      page.result("channel 0 pooled with channel 1", together.channel(0))
      page.result("channel 0 pooled alone", try Experiment(MaxPool2D(2), tensor(first, [4, 4, 1])).rows)
      page.result("channel 1 pooled with channel 0", together.channel(1))
      page.result("channel 1 pooled alone", try Experiment(MaxPool2D(2), tensor(second, [4, 4, 1])).rows)
      page.remark("The depth stays: pooling never mixes channels.")
    },
    FreeLesson("Q7", "000:306", "Tolerance for shifts") { page in
      let picture = Digits.all[7]
      let moved = picture.map { [0] + $0.dropLast() }
      page.give("picture", picture)
      page.give("shift", "one column to the right")
      page.formula("similarity = Σ a·b / √(Σ a² · Σ b²)")
      let before = similarity(picture.flatMap(\.self), moved.flatMap(\.self))
      let pooled = try [picture, moved].map { try Experiment(pooling: $0, .largest, size: 5, stride: 5).values }
      page.result("before pooling", before)
      page.result("after max pooling 5×5", similarity(pooled[0], pooled[1]))
      page.remark("What moves inside a window leaves the largest value in place: the pooled pictures are more alike.")
    },
    CountLesson(
      id: "Q8", deck: "002:414-430", title: "Global average pooling instead of a dense layer",
      cases: [
        .init("flatten and dense", [7, 7, 1024], Sequential([Flatten(), Dense(1000)])),
        .init("global average and dense", [7, 7, 1024], Sequential([GlobalAveragePool2D(), Dense(1000)])),
        .init("global maximum", [7, 7, 1024], GlobalMaxPool2D()),
      ],
      remarks: ["One number for each map makes the dense layer 49 times smaller."]),
    ShapeLesson(
      id: "Q9", deck: "004:1078", title: "Overlapping pooling",
      cases: [
        .init("after conv1", [55], kernel: 3, stride: 2), .init("after conv2", [27], kernel: 3, stride: 2),
        .init("after conv5", [13], kernel: 3, stride: 2),
      ],
      remarks: ["A window of 3 at stride 2 shares a row and a column with its neighbours."]),
    FreeLesson("Q10", "001:390, 003:480", "Unpooling with switches") { page in
      let picture: [[Double]] = [[3, 2, 5, 6], [8, 9, 5, 3], [4, 4, 6, 8], [1, 1, 2, 1]]
      page.give("picture x", picture)
      page.formula("y[switch of p] = pooled[p], and 0 where no switch points to")
      let x = image(picture).reshaped(to: [1, 4, 4, 1])
      let pooled = try Experiment(["x": x]) { MaxPool2D(2).withSwitches($0["x"]!).pooled }
      let switches = try Experiment(["x": x]) { MaxPool2D(2).withSwitches($0["x"]!).switches.positions }
      let unpooled = try Experiment(["x": x]) {
        let (pooled, switches) = MaxPool2D(2).withSwitches($0["x"]!)
        return MaxUnpool2D()(pooled, switches)
      }
      page.add(unpooled.cells())
      page.result("pooled", pooled.rows)
      page.result("switches", switches.rows)
      page.result("unpooled", unpooled.rows)
      page.remark(
        "Max pooling forgets where the largest value was; the switches remember it: positions counted row by row. "
          + "A DeconvNet (L6) goes back to the picture with them.")
    },
    FreeLesson("Q11", "001:596", "What pooling costs") { page in
      let model = try trace(
        Sequential([Conv2D(filters: 8, kernel: 3, padding: .same), MaxPool2D(2)]), input: [8, 8, 1])
      page.formula("parameters 0; bytes of the output = height · width · channels · 4")
      let head = ["layer", "output", "parameters", "bytes"]
      page.result(
        "layers",
        table: [head]
          + model.summary.layers.map {
            [$0.path, $0.output.description, grouped($0.parameters), grouped($0.activationBytes)]
          })
      page.result("parameters of the pooling", model.summary.layers[1].parameters)
      page.result("bytes before", model.summary.layers[0].activationBytes)
      page.result("bytes after", model.summary.layers[1].activationBytes)
      page.remark("Nothing is learned in a pooling layer, and what follows has a quarter of the numbers to keep.")
    },
  ]

  private static func rows(_ numbers: [Double], _ width: Int) -> [[Double]] {
    stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
  }
}

/// The cosine of the angle between two lists of numbers.
func similarity(_ a: [Double], _ b: [Double]) -> Double {
  func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
  return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
}
