import FoveaCore
import FoveaExplain
import FoveaGraph
import FoveaLayers

/// A function of one number and its slope, at some places.
struct FunctionLesson: Lesson {
  /// Another function, at the same places.
  struct Relative: Sendable {
    var name: String
    var layer: any Layer
    var isTraining = false

    init(_ name: String, _ layer: any Layer, isTraining: Bool = false) {
      (self.name, self.layer, self.isTraining) = (name, layer, isTraining)
    }
  }

  let id: String
  let deck: String
  let title: String
  let layer: any Layer
  let formula: String
  var places: [Double] = [-2, -1, -0.5, 0, 0.5, 1, 2]
  var relatives: [Relative] = []
  var correction: String?
  var remarks: [String] = []

  func write(on page: inout LessonPage) throws {
    page.give("x", [places])
    page.formula(formula)
    let x = ["x": tensor(places, [1, places.count])]
    let layer = layer
    let function = try Experiment(x) { layer.forward($0["x"]!) }
    let slope = try Experiment(x) { inputs in
      let y = layer.forward(inputs["x"]!)
      let sum = y.applying(Op.Sum(over: [0, 1]))
      return gradients(of: sum, withRespectTo: [inputs["x"]!])[0] ?? y
    }
    page.add(function.cells(named: "f"))
    page.result("f(x)", [function.values])
    page.result("f′(x)", [slope.values])
    for relative in relatives {
      let other = try Experiment(x, [:], relative.isTraining) { relative.layer.forward($0["x"]!) }
      page.result(relative.name, [other.values])
    }
    if let correction { page.correct(correction) }
    remarks.forEach { page.remark($0) }
  }
}
