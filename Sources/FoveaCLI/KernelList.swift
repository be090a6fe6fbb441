import FoveaCompiler
import FoveaLayers

/// The steps of a program: which kernel each operation got, and how the numbers lie that it reads and writes.
struct KernelList: CustomStringConvertible {
  struct Row: Encodable {
    /// `once`: when the weights are known; `part`: for each part of a batch; `run`: each time.
    let phase: String
    let operation: String
    let layer: String
    let kernel: String
    let inputs: [String]
    let output: String
    let shape: [Int]
  }

  let rows: [Row]
  /// How many steps of each run only bring numbers into another layout.
  let reorders: Int

  init(_ plan: Plan) {
    let front = plan.front.steps
    rows =
      plan.preparation.map { Row($0, phase: "once") } + plan.steps[front].map { Row($0, phase: "part") }
      + plan.steps[front.upperBound...].map { Row($0, phase: "run") }
    reorders = plan.steps.count { $0.operation == "reorder" }
  }

  var description: String {
    let head = ["when", "layer", "operation", "kernel", "reads", "writes", "shape"]
    let body = rows.map { row in
      [
        row.phase, row.layer, row.operation, row.kernel, row.inputs.joined(separator: " + "), row.output,
        row.shape.map(String.init).joined(separator: "×"),
      ]
    }
    let count = reorders == 1 ? "1 step of each run is a reorder" : "\(reorders) steps of each run are reorders"
    return (aligned([head] + body) + ["", count]).joined(separator: "\n")
  }
}

extension KernelList.Row {
  init(_ step: Plan.Step, phase: String) {
    self.phase = phase
    (operation, layer, kernel) = (step.operation, step.path, step.kernel.name)
    inputs = step.inputs.map { Self.spelled($0.layout, $0.shape) }
    output = Self.spelled(step.output.layout, step.output.shape)
    shape = step.output.shape.dimensions
  }

  /// `row-major`, the order of the axes from the outermost on, or the backend's name for its own layouts.
  private static func spelled(_ layout: Layout, _ shape: Shape) -> String {
    guard case .strided(let strides) = layout else { return layout.description }
    if layout.isRowMajor(shape) { return "row-major" }
    let order = strides.indices.sorted { (strides[$1], $0) < (strides[$0], $1) }
    return "axes " + order.map(String.init).joined(separator: ",")
  }
}
