import FoveaExplain
import FoveaLayers
import FoveaZoo

/// The layer table of a model, as the library's summary gives it.
struct TableLesson: Lesson {
  let id: String
  let deck: String
  let title: String
  /// A name of the catalogue, or a model line.
  let model: String
  var input: Shape?
  var correction: String?
  var remarks: [String] = []

  func write(on page: inout LessonPage) throws {
    let entry = try Catalogue.entry(for: model)
    guard let input = input ?? entry.input else { preconditionFailure("\(id) has no input") }
    let traced = try trace(entry.make(), input: input)
    let summary = traced.summary
    page.give("model", model)
    page.give("input", input.description)
    page.formula("parameters of a convolution = (k · k · channels in + 1) · filters; of a dense layer (in + 1) · units")
    for row in summary.layers where row.parameters > 0 {
      page.cell(row.path, row.counting(in: traced), Double(row.parameters))
    }
    let head = ["layer", "output", "parameters", "multiply-adds"]
    let rows = summary.layers.map {
      [$0.path, $0.output.description, grouped($0.parameters), grouped($0.multiplyAdds)]
    }
    page.result("layers", table: [head] + rows)
    page.result("total", summary.parameters)
    page.result("multiply-adds", summary.multiplyAdds)
    if let correction { page.correct(correction) }
    remarks.forEach { page.remark($0) }
  }
}

extension Summary.Row {
  /// `5·5·6·16 + 16 = 2,416`: the sizes of the layer's weights.
  fileprivate func counting(in model: TracedModel) -> String {
    let own = model.graph.parameters.filter { model.graph.nodes[$0.node].path == path || path == kind }
    let terms = own.map { $0.parameter.shape.dimensions.map(String.init).joined(separator: "·") }
    return terms.joined(separator: " + ") + " = \(grouped(parameters))"
  }
}
