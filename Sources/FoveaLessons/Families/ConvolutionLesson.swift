import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers

/// A kernel slid over a picture of one channel, in one or several ways.
struct ConvolutionLesson: Lesson {
  /// A way to slide.
  struct Way: Sendable {
    var name: String
    var strides = 1
    var dilation = 1
    var padding = Padding.valid
    /// Whether the kernel is turned around, as convolution is defined; otherwise it is a cross-correlation.
    var flipped = false
    /// In place of the lesson's.
    var kernel: [[Double]]?
  }

  let id: String
  let deck: String
  let title: String
  /// One row is a sequence, several are a picture.
  let input: [[Double]]
  let kernel: [[Double]]
  /// The first is shown cell by cell.
  var ways: [Way]
  /// Whether the others are, too.
  var showsAllCells = false
  /// The picture as the lecture prints it, where that is not the one that it computes with.
  var misprint: [[Double]]?
  var formula: String?
  var correction: String?
  var remarks: [String] = []

  func write(on page: inout LessonPage) throws {
    page.give(input.count == 1 ? "x" : "picture x", input)
    page.give("kernel w", kernel)
    page.formula(formula ?? defaultFormula)
    for (index, way) in ways.enumerated() {
      if let other = way.kernel { page.give("kernel for \(way.name)", other) }
      let experiment = try Experiment(convolving: input, with: way.kernel ?? kernel, way)
      if showsAllCells {
        page.add(experiment.cells(named: "\(way.name): y"))
      } else if index == 0 {
        page.add(experiment.cells())
      }
      page.result(way.name, experiment.rows)
    }
    if let misprint {
      page.give("picture as printed", misprint)
      page.result("from the picture as printed", try Experiment(convolving: misprint, with: kernel, ways[0]).rows)
    }
    if let correction { page.correct(correction) }
    remarks.forEach { page.remark($0) }
  }

  private var defaultFormula: String {
    let sign = ways[0].flipped ? "−" : "+"
    let (s, p) = (ways[0].strides == 1 ? "" : "·\(ways[0].strides)", ways[0].padding == .valid ? "" : " − padding")
    return input.count == 1
      ? "y(n) = Σ_k w(k) · x(n\(s) \(sign) k\(p))"
      : "y[m,n] = Σ_p Σ_q w[p,q] · x[m\(s) \(sign) p\(p), n\(s) \(sign) q\(p)]"
  }
}

extension Experiment {
  /// A convolution of one channel with one filter; over one axis if both have a single row.
  init(convolving input: [[Double]], with kernel: [[Double]], _ way: ConvolutionLesson.Way) throws {
    let (height, width) = (kernel.count, kernel[0].count)
    if input.count == 1, height == 1 {
      let layer = Conv1D(
        filters: 1, kernel: width, strides: way.strides, dilation: way.dilation, padding: way.padding,
        flipped: way.flipped, bias: false)
      let x = FoveaLessons.tensor(input[0], [input[0].count, 1])
      try self.init(layer, x, ["weights": FoveaLessons.tensor(kernel[0], [width, 1, 1])])
    } else {
      let layer = Conv2D(
        filters: 1, kernel: Size2D(height, width), strides: Size2D(way.strides), dilation: Size2D(way.dilation),
        padding: way.padding, flipped: way.flipped, bias: false)
      try self.init(layer, image(input), ["weights": FoveaLessons.kernel(kernel)])
    }
  }
}
