import FoveaExplain
import FoveaLayers

/// How many parameters layers have, and what they give.
struct CountLesson: Lesson {
  /// A layer on an input.
  struct Case: Sendable {
    var name: String
    var input: Shape
    var layer: any Layer

    init(_ name: String, _ input: Shape, _ layer: any Layer) {
      (self.name, self.input, self.layer) = (name, input, layer)
    }
  }

  let id: String
  let deck: String
  let title: String
  let cases: [Case]
  var formula = "parameters = the product of each weight's sizes, and all of them added up"
  var correction: String?
  var remarks: [String] = []
  /// For the quiz; the first number among the results answers it.
  var question: String?

  func write(on page: inout LessonPage) throws {
    page.formula(formula)
    for item in cases {
      let model = try trace(item.layer, input: item.input)
      page.give(item.name, "\(type(of: item.layer).kind) on \(item.input)")
      // Running statistics are not learned and do not count.
      let shapes = model.graph.parameters.map(\.parameter).filter(\.isTrainable).map(\.shape)
      let count = model.summary.parameters
      let terms = shapes.map { $0.dimensions.map { FoveaLayers.grouped($0) }.joined(separator: "·") }
      let sum = terms.isEmpty ? "no weights: 0" : terms.joined(separator: " + ") + " = \(grouped(count))"
      page.cell(item.name, sum, Double(count))
      page.result("\(item.name): parameters", count)
      page.result("\(item.name): output", model.outputShape.description)
    }
    if let question, let answer = page.result.first(where: { $0.number != nil }) {
      page.ask(question, answeredBy: answer.name)
    }
    if let correction { page.correct(correction) }
    remarks.forEach { page.remark($0) }
  }
}
