import FoveaCore
public import FoveaGraph

extension Plan {
  /// Chooses a kernel for every node of `graph`, the layouts between them, and a place for every tensor.
  ///
  /// - Parameters:
  ///   - graph: what is planned.
  ///   - backends: in order of preference; the first that has a kernel for a node gets it.
  ///   - planning: what may be done for speed.
  /// - Errors: an operation that no backend can run.
  public init(_ graph: Graph, backends: [any Backend], planning: Planning = Planning()) throws {
    var planner = Planner(graph: graph, backends: backends, planning: planning)
    try planner.run()
    self = planner.plan
    writeIntoConcatenations()
    writeUpdatesInPlace(planner.updates)
    writeOverDeadInputs()
    placeBuffers()
  }
}

/// Walks the nodes in the order of the schedule and turns each into steps.
struct Planner {
  let graph: Graph
  let backends: [any Backend]
  var plan = Plan()
  /// Parameter buffer and the location of its new value.
  var updates: [(parameter: Int, value: Plan.Location)] = []

  private var locations: [Plan.Location?]
  private let isStatic: [Bool]
  private let users: [[Graph.NodeID]]
  /// The step that makes a node's result.
  private var makers: [Graph.NodeID: Int] = [:]
  private let selection: VariantSelection
  private var reordered: [Reordering: Plan.Location] = [:]

  private struct Reordering: Hashable {
    let source: Plan.Location
    let layout: Layout
  }

  init(graph: Graph, backends: [any Backend], planning: Planning) {
    (self.graph, self.backends) = (graph, backends)
    locations = graph.nodes.map { _ in nil }
    let isStatic = graph.isStatic
    self.isStatic = isStatic
    selection =
      backends.first.map { VariantSelection(graph, isStatic: isStatic, backend: $0, planning: planning) }
      ?? VariantSelection()
    users = graph.users
  }

  mutating func run() throws {
    for id in Schedule(graph).order {
      let node = graph.nodes[id]
      switch node.operation {
      case let input as Op.Input:
        locations[id] = newLocation(node, .transient)
        plan.inputs[input.name] = locations[id]
      case let parameter as Op.Parameter:
        locations[id] = newLocation(node, .parameter(parameter.path))
        plan.parameters[parameter.path] = locations[id]
      case let constant as Op.Constant:
        locations[id] = newLocation(node, .constant(constant.tensor))
      case let join as JoinParts: locations[id] = try addStep(joining: join, id)
      case let view as any ViewOperation: locations[id] = try location(ofView: view, id)
      default: locations[id] = try addStep(for: id)
      }
    }
    let updated = Set(graph.updates.map { locations[$0.parameter]!.buffer })
    for output in graph.outputs {
      let location = try rowMajor(output.node)
      plan.outputs[output.name] = updated.contains(location.buffer) ? copy(of: location, output.node) : location
    }
    for update in graph.updates {
      let (parameter, value) = (locations[update.parameter]!.buffer, try rowMajor(update.value))
      let isOfAnother = value.buffer != parameter && updated.contains(value.buffer)
      updates.append((parameter: parameter, value: isOfAnother ? copy(of: value, update.value) : value))
    }
  }

  /// Copies each part to its place. Blocks of channels stay, too.
  private mutating func addStep(joining join: JoinParts, _ id: Graph.NodeID) throws -> Plan.Location {
    let (node, made) = (graph.nodes[id], locations[graph.nodes[id].inputs[0]]!)
    let together = backends.lazy.compactMap { $0.rowsTogether(in: made.layout, of: made.shape, made.elementType) }.first
    let layout = together?.count == 1 ? together?.layout(node.shape[0]) : nil
    let part = layout == nil ? try rowMajor(node.inputs[0]) : made
    let output = newLocation(node, .transient, layout: layout)
    append(
      .init(
        operation: JoinParts.name, path: node.path, kernel: .copy(of: part), inputs: [part], output: output,
        multiplyAdds: 0, parts: join.parts), isStatic: false)
    return output
  }

  private mutating func rowMajor(_ id: Graph.NodeID) throws -> Plan.Location {
    try inLayout(.rowMajor(graph.nodes[id].shape), locations[id]!, of: id)
  }

  /// A copy of what an updated parameter holds before the update.
  private mutating func copy(of location: Plan.Location, _ id: Graph.NodeID) -> Plan.Location {
    let output = newLocation(graph.nodes[id], .transient)
    append(
      .init(
        operation: "copy", path: graph.nodes[id].path, kernel: .copy(of: location), inputs: [location], output: output,
        multiplyAdds: 0), isStatic: false)
    return output
  }

  private mutating func newLocation(
    _ node: Graph.Node, _ kind: Plan.Buffer.Kind, layout: Layout? = nil
  ) -> Plan.Location {
    let layout = layout ?? .rowMajor(node.shape)
    plan.buffers.append(.init(kind: kind, byteCount: layout.byteCount(node.shape, node.elementType)))
    return .init(
      buffer: plan.buffers.count - 1, offset: 0, layout: layout, shape: node.shape, elementType: node.elementType)
  }

  private mutating func location(ofView view: any ViewOperation, _ id: Graph.NodeID) throws -> Plan.Location {
    let node = graph.nodes[id]
    var source = locations[node.inputs[0]]!
    func seen(_ source: Plan.Location) -> Plan.Location? {
      guard case .strided(let strides) = source.layout, let view = view.view(of: source.shape, strides: strides)
      else { return nil }
      return Plan.Location(
        buffer: source.buffer, offset: source.offset + view.offset * node.elementType.byteCount,
        layout: .strided(view.strides), shape: node.shape, elementType: node.elementType)
    }
    if let location = seen(source) { return location }
    // What has no strides may be cut without them.
    if node.operation is Op.Slice, let kernel = (try? backends.first?.kernel(for: request(id))) ?? nil,
      kernel.inputLayouts == [source.layout]
    {
      return try addStep(for: id)
    }
    source = try inLayout(.rowMajor(source.shape), source, of: node.inputs[0])
    return seen(source)!
  }

  private func request(_ id: Graph.NodeID) -> KernelRequest {
    let node = graph.nodes[id]
    return KernelRequest(
      operation: node.operation,
      inputs: node.inputs.map { input in
        let location = locations[input]!
        return .init(
          shape: location.shape, elementType: location.elementType, layout: location.layout,
          isStatic: isStatic[input])
      }, outputShape: node.shape, outputType: node.elementType, isOutput: users[id].isEmpty)
  }

  private mutating func addStep(for id: Graph.NodeID) throws -> Plan.Location {
    let (node, request) = (graph.nodes[id], request(id))
    let shapes = node.inputs.map { graph.nodes[$0].shape.description }.joined(separator: ", ")
    let kernel = try kernel(to: "run \(node.operation.label) on \(shapes)", for: node.path) { backend in
      var chosen = request
      chosen.variant = selection.variant(of: id, among: backend.variants(for: request))
      if chosen.variant != .usual, let kernel = try? backend.kernel(for: chosen) { return kernel }
      return try backend.kernel(for: request)
    }
    let inputs = try zip(node.inputs, kernel.inputLayouts).map { input, layout in
      try inLayout(layout, locations[input]!, of: input)
    }
    let output = newLocation(node, isStatic[id] ? .preparation : .transient, layout: kernel.outputLayout)
    if isStatic[id], try addStepsForRows(rounding: id, from: inputs[0], to: output) { return output }
    append(
      .init(
        operation: node.operation.label, path: node.path, kernel: kernel, inputs: inputs, output: output,
        multiplyAdds: node.operation.multiplyAdds(inputs: request.inputs.map(\.shape), output: node.shape)),
      isStatic: isStatic[id])
    if !isStatic[id] { makers[id] = plan.steps.count - 1 }
    return output
  }

  /// The kernel of the first backend that has one. A backend that fails, as oneDNN does on sizes beyond its own, has
  /// none.
  func kernel(
    to work: String, for path: String, _ ask: (any Backend) throws -> Kernel?
  ) throws(PlanError) -> Kernel {
    var reasons: [String] = []
    for backend in backends {
      do {
        if let kernel = try ask(backend) { return kernel }
      } catch {
        reasons.append("\(backend.name) says: \(error)")
      }
    }
    throw PlanError(
      description: (["\(path.isEmpty ? "model" : path): no backend of \(backends.map(\.name)) can \(work)"] + reasons)
        .joined(separator: "; ") + "; use smaller layers, or add the reference backend")
  }

  /// The tensor at `location` in `layout`, reordered if it lies otherwise; one reordering serves all its readers.
  private mutating func inLayout(
    _ layout: Layout, _ location: Plan.Location, of id: Graph.NodeID
  ) throws -> Plan.Location {
    if location.layout == layout { return location }
    if layout.isRowMajor(location.shape), location.layout.isRowMajor(location.shape) { return location }
    if let written = write(id, in: layout, for: location) { return written }
    let key = Reordering(source: location, layout: layout)
    if let known = reordered[key] { return known }
    let work = "copy \(location.shape) from \(location.layout) to \(layout)"
    let kernel = try kernel(to: work, for: graph.nodes[id].path) {
      try $0.reorder(location.shape, location.elementType, from: location.layout, to: layout)
    }
    var node = graph.nodes[id]
    (node.shape, node.elementType) = (location.shape, location.elementType)
    let output = newLocation(node, isStatic[id] ? .preparation : .transient, layout: layout)
    reordered[key] = output
    if isStatic[id], try addStepsForRows(reordering: id, from: location, to: output) { return output }
    append(
      .init(
        operation: "reorder", path: node.path, kernel: kernel, inputs: [location], output: output, multiplyAdds: 0),
      isStatic: isStatic[id])
    return output
  }

  /// Lets the result of a node that has one reader lie as that wants it.
  ///
  /// - Returns: where it lies; `nil` if it is not all of `location`, or its kernel does not write it so.
  private mutating func write(
    _ id: Graph.NodeID, in layout: Layout, for location: Plan.Location
  ) -> Plan.Location? {
    guard users[id].count == 1, locations[id] == location, let maker = makers[id],
      plan.steps[maker].output == location, let kernel = plan.steps[maker].kernel.written(in: layout)
    else { return nil }
    var location = location
    location.layout = layout
    plan.buffers[location.buffer].byteCount = layout.byteCount(location.shape, location.elementType)
    (plan.steps[maker].kernel, plan.steps[maker].output, locations[id]) = (kernel, location, location)
    return location
  }

  mutating func append(_ step: Plan.Step, isStatic: Bool) {
    var step = step
    if step.kernel.scratchBytes > 0 {
      plan.buffers.append(
        .init(kind: isStatic ? .preparation : .transient, byteCount: step.kernel.scratchBytes))
      step.scratch = plan.buffers.count - 1
    }
    if isStatic { plan.preparation.append(step) } else { plan.steps.append(step) }
  }
}
