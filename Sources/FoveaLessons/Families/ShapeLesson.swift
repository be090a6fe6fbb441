import FoveaCore
import FoveaExplain
import FoveaGraph

/// Output sizes, worked out by the formula.
struct ShapeLesson: Lesson {
  /// One window on one input.
  struct Case: Sendable {
    var name: String
    /// One size for each axis.
    var input: [Int]
    var kernel: Int
    var stride = 1
    var padding = Padding.valid
    var dilation = 1

    init(
      _ name: String, _ input: [Int], kernel: Int, stride: Int = 1, padding: Padding = .valid, dilation: Int = 1
    ) {
      (self.name, self.input, self.kernel) = (name, input, kernel)
      (self.stride, self.padding, self.dilation) = (stride, padding, dilation)
    }

    var arithmetic: [WindowArithmetic] {
      let window = Window(
        size: input.map { _ in kernel }, strides: [stride], dilations: [dilation], padding: padding)
      return input.indices.map { WindowArithmetic(window, axis: $0, length: input[$0]) }
    }

    /// `7×7, kernel 3, stride 2`.
    var words: String {
      var words = "\(Shape(input)), kernel \(kernel)"
      if stride != 1 { words += ", stride \(stride)" }
      if dilation != 1 { words += ", dilation \(dilation)" }
      switch padding {
      case .valid: break
      case .same: words += ", padding same"
      case .full: words += ", padding full"
      case .edges(let edges):
        let (before, after) = (edges[0].before, edges[0].after)
        words += before == after ? ", padding \(before)" : ", padding \(before) before and \(after) after"
      }
      return words
    }
  }

  let id: String
  let deck: String
  let title: String
  let cases: [Case]
  var correction: String?
  var remarks: [String] = []
  /// For the quiz; the first number among the results answers it.
  var question: String?

  func write(on page: inout LessonPage) throws {
    for item in cases { page.give(item.name, item.words) }
    page.formula(cases[0].arithmetic[0].formula)
    for item in cases {
      let axes = item.arithmetic
      for (index, axis) in axes.enumerated() where axes.firstIndex(of: axis) == index {
        page.cell(item.name, axis.numbers, Double(axis.output))
      }
      if axes.count == 1 {
        page.result(item.name, axes[0].output)
      } else {
        page.result(item.name, Shape(axes.map(\.output)).description)
      }
    }
    if let question, let answer = page.result.first(where: { $0.number != nil }) {
      page.ask(question, answeredBy: answer.name)
    }
    if let correction { page.correct(correction) }
    remarks.forEach { page.remark($0) }
  }
}
