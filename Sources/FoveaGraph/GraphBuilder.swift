public import FoveaCore

/// Collects nodes, parameter paths and shape errors while a model is traced.
///
/// Deliberately not `Sendable`: one trace, one thread.
public final class GraphBuilder {
  public private(set) var graph = Graph()
  public private(set) var errors: [ShapeError] = []
  /// The layers traced so far, a layer before those in it.
  public package(set) var layers: [LayerRecord] = []
  public let isTraining: Bool
  /// What is compared with the targets in training besides the model's output, and how much the loss of each counts.
  public var auxiliaryOutputs: [(value: Value, weight: Float)] { auxiliaryNodes.map { (value(of: $0), $1) } }

  private var scopes: [Scope] = [Scope(path: "")]
  private var paths: Set<String> = []
  // Nodes, not values: those hold the builder.
  private var inputs: [String: Graph.NodeID?] = [:]
  private var auxiliaryNodes: [(node: Graph.NodeID, weight: Float)] = []
  /// Where the nodes of a gradient belong: the layer of the node that they differentiate.
  package var pathOfGradient: String?

  private struct Scope {
    var path: String
    var counts: [String: Int] = [:]
  }

  public init(isTraining: Bool) { self.isTraining = isTraining }

  /// The path of the layer being traced.
  public var path: String { pathOfGradient ?? scopes.last!.path }

  /// The number of layers being traced, one in another.
  package var depth: Int { scopes.count - 1 }

  private func path(to name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// Traces `body` inside the layer `name`; without a name it is called `kind_1`, `kind_2`, … in its order.
  package func scope<R>(named name: String?, kind: String, _ body: () -> R) -> R {
    var name = name
    if name == nil {
      let count = scopes[scopes.count - 1].counts[kind, default: 0] + 1
      scopes[scopes.count - 1].counts[kind] = count
      name = "\(kind)_\(count)"
    }
    if name!.isEmpty { report(ShapeError("a layer has an empty name", fix: "give it at least one letter")) }
    let path = path(to: name!)
    if !paths.insert(path).inserted {
      report(
        ShapeError(
          "two layers have the path \(path)",
          fix: "give one of them another name, or share the layer's value on purpose with one call"))
    }
    scopes.append(Scope(path: path))
    defer { scopes.removeLast() }
    return body()
  }

  /// A value that the caller provides on each run. Asking twice for one name gives the same value.
  ///
  /// - Errors: the same name with another shape or element type.
  public func input(_ name: String, shape: Shape, elementType: ElementType = .float32) -> Value {
    guard let known = inputs[name] else {
      let value = apply(Op.Input(name: name, shape: shape, elementType: elementType), to: [])
      inputs[name] = .some(value.node)
      return value
    }
    guard let known else { return invalid }
    let value = value(of: known)
    if (value.shape, value.elementType) != (shape, elementType) {
      report(
        ShapeError(
          "the input \(name) is \(value.shape) of \(value.elementType) and \(shape) of \(elementType)",
          fix: "give the second input another name"))
    }
    return value
  }

  /// The state of the random generator, `int32[4]`: seed and step, low words first. Set by whoever runs the program.
  package var randomState: Value { input(Op.Dropout.stateInput, shape: [4], elementType: .int32) }

  /// A stream of random numbers that nothing else draws from: of the layer's path, and, from its second one on, of its
  /// number there.
  package func randomStream() -> UInt32 {
    streams[path, default: 0] += 1
    let count = streams[path]!
    return RandomStream.identifier(of: count == 1 ? path : "\(path)#\(count)")
  }
  private var streams: [String: Int] = [:]

  public func constant(_ tensor: Tensor) -> Value { apply(Op.Constant(tensor), to: []) }

  package func parameter(_ name: String, shape: Shape, _ initializer: Initializer, isTrainable: Bool) -> Value {
    let path = path(to: name)
    if !paths.insert(path).inserted {
      report(ShapeError("two parameters have the path \(path)", fix: "give each parameter of a layer its own name"))
    }
    let value = apply(
      Op.Parameter(path: path, shape: shape, initializer: initializer, isTrainable: isTrainable), to: [])
    guard name == Self.weights, let rule = weightRule else { return value }
    // What the rule itself asks for is not weights to be changed.
    weightRule = nil
    defer { weightRule = rule }
    return rule(value, initializer)
  }

  /// A parameter of a model that came with paths of its own, whatever layer is being traced.
  package func parameter(at path: String, shape: Shape, _ initializer: Initializer, isTrainable: Bool) -> Value {
    if !paths.insert(path).inserted {
      report(ShapeError("two parameters have the path \(path)", fix: "give each parameter its own path"))
    }
    return apply(Op.Parameter(path: path, shape: shape, initializer: initializer, isTrainable: isTrainable), to: [])
  }

  /// What the weights of layers are called, the numbers that an input is multiplied by.
  private static let weights = "weights"
  private var weightRule: ((_ weights: Value, Initializer) -> Value)?

  /// Traces `body` with layers that compute with `rule(weights)` in place of their weights.
  package func changingWeights<R>(
    by rule: @escaping (_ weights: Value, Initializer) -> Value, _ body: () -> R
  ) -> R {
    let outer = weightRule
    weightRule = { weights, initializer in
      let inner = rule(weights, initializer)
      return outer?(inner, initializer) ?? inner
    }
    defer { weightRule = outer }
    return body()
  }

  /// The node of `operation` on `inputs`. If it does not fit, tracing goes on as if its shape were `assumedShape`.
  package func apply(
    _ operation: some Operation, to inputs: [Value], orAssuming assumedShape: Shape? = nil
  ) -> Value {
    let shapes = inputs.map(\.shape)
    let ids = inputs.compactMap(\.node)
    guard ids.count == inputs.count else {
      let shape = (try? operation.outputShape(for: shapes)) ?? assumedShape ?? inputs[0].shape
      return Value(builder: self, node: nil, shape: shape, elementType: inputs[0].elementType)
    }
    do throws(ShapeError) {
      let shape = try operation.outputShape(for: shapes)
      let elementType = try operation.elementType(for: inputs.map(\.elementType))
      guard shape.isHoldable else {
        throw ShapeError(
          "\(type(of: operation).name) would give \(shape), more than 2⁴⁰ numbers",
          fix: "use a smaller input or fewer channels")
      }
      graph.nodes.append(Graph.Node(operation, inputs: ids, shape: shape, elementType: elementType, path: path))
      return Value(builder: self, node: graph.nodes.count - 1, shape: shape, elementType: elementType)
    } catch {
      return fail(error, shape: shapes.first ?? [], assuming: assumedShape)
    }
  }

  /// Reports `error`. With an assumed shape the result is valid, so that later mistakes are found in the same trace;
  /// without one it is invalid and has `shape` for want of a better.
  package func fail(_ error: ShapeError, shape: Shape, assuming assumedShape: Shape? = nil) -> Value {
    report(error)
    guard let assumedShape, assumedShape.dimensions.allSatisfy({ $0 > 0 }), assumedShape.isHoldable else {
      return Value(builder: self, node: nil, shape: shape, elementType: .float32)
    }
    // A stand-in that is never run: `finish` throws.
    return apply(Op.Input(name: "assumed", shape: assumedShape, elementType: .float32), to: [])
  }

  /// A value that comes of a mistake which has been reported.
  package var invalid: Value { Value(builder: self, node: nil, shape: [], elementType: .float32) }

  private func report(_ error: ShapeError) {
    var error = error
    error.path = path
    errors.append(error)
  }

  public func output(_ name: String, _ value: Value) {
    guard let node = value.node else { return }
    graph.outputs.append(.init(name: name, node: node))
  }

  /// Lets `value` be compared with the targets too when the model is trained.
  package func auxiliaryOutput(_ value: Value, weight: Float) {
    if let node = value.node { auxiliaryNodes.append((node, weight)) }
  }

  package func update(_ parameter: Value, to value: Value) {
    guard let target = parameter.node, let source = value.node else { return }
    graph.updates.append(.init(parameter: target, value: source))
  }

  /// The value of a node that this builder has made.
  package func value(of id: Graph.NodeID) -> Value {
    let node = graph.nodes[id]
    return Value(builder: self, node: id, shape: node.shape, elementType: node.elementType)
  }

  /// The graph, if every layer fitted.
  public func finish() throws(ModelError) -> Graph {
    guard errors.isEmpty else { throw ModelError(errors) }
    return graph
  }
}
