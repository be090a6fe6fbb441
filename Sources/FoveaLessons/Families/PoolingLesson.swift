import FoveaExplain
import FoveaLayers

/// A window that slides over a picture and keeps one number of what it sees.
struct PoolingLesson: Lesson {
  enum Kind: String, Sendable {
    case largest = "max"
    case mean = "average"
    case sum = "sum"
    case smallest = "min"
  }

  let id: String
  let deck: String
  let title: String
  let input: [[Double]]
  let size: Int
  let stride: Int
  /// The first is shown cell by cell.
  let kinds: [Kind]
  var remarks: [String] = []

  func write(on page: inout LessonPage) throws {
    page.give("picture x", input)
    page.give("window", "\(size)×\(size), stride \(stride)")
    page.formula("y[m,n] = \(kinds[0].rawValue) of x[m·\(stride) + p, n·\(stride) + q] over p, q = 0 … \(size - 1)")
    for (index, kind) in kinds.enumerated() {
      let experiment = try Experiment(pooling: input, kind, size: size, stride: stride)
      if index == 0 { page.add(experiment.cells()) }
      page.result(kind.rawValue, experiment.rows)
    }
    remarks.forEach { page.remark($0) }
  }
}

extension Experiment {
  init(pooling input: [[Double]], _ kind: PoolingLesson.Kind, size: Int, stride: Int) throws {
    let (size, strides, x) = (Size2D(size), Size2D(stride), image(input))
    switch kind {
    case .largest: try self.init(MaxPool2D(size, strides: strides), x)
    case .mean: try self.init(AveragePool2D(size, strides: strides), x)
    case .sum: try self.init(SumPool2D(size, strides: strides), x)
    case .smallest: try self.init(MinPool2D(size, strides: strides), x)
    }
  }
}
