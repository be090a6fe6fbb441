public import FoveaCompiler
public import FoveaCore
public import FoveaData
public import FoveaLayers
import Synchronization

/// A model with its parameters: what can be trained, saved, loaded, and asked.
///
/// Safe to use from several threads; the arithmetic of all of them runs one after the other.
public final class Network: Sendable {
  /// What the model is called in a model file: a name of the catalogue, a model line, or the type's name.
  public let name: String
  public let model: any Layer
  /// Of one example, H×W×C.
  public let inputShape: Shape
  /// `float32`, or `int32` for a model that takes words or classes by their numbers.
  public let inputElementType: ElementType
  /// Of one example.
  public let outputShape: Shape
  /// Of one example.
  let multiplyAdds: Int
  let weightBytes: Int
  /// Whether the output is probabilities already.
  let endsInSoftmax: Bool
  private let shapes: [String: Shape]
  public let backend: BackendChoice
  private let state: Mutex<State>

  private struct State {
    var parameters: [String: Tensor]
    var classNames: [String]
    var preprocessing: Preprocessing?
    var precision = Precision.float32
    var quantization: Quantization?
    /// Who has the parameters, while a training does.
    var loan: Loan?
  }

  /// What reaches parameters that a training has.
  private struct Loan {
    /// As they lie in the training's memory.
    let storage: ObjectIdentifier
    let views: @Sendable () -> [String: Tensor]
    let set: @Sendable ([String: Tensor]) -> Void
  }

  private let cache = ProgramCache()

  /// A network with parameters drawn from `seed`.
  ///
  /// - Parameters:
  ///   - model: the layers.
  ///   - input: the shape of one example, H×W×C.
  ///   - elementType: what the input is made of: `float32`, or `int32` for words and classes by their numbers, which
  ///     `Embedding` and `OneHot` take.
  ///   - seed: decides what is drawn at random.
  ///   - classNames: by class index.
  ///   - preprocessing: what is done to a picture first; by default its size is made to fit, and bytes become 0...1.
  ///   - name: what it is called.
  ///   - backend: what computes.
  /// - Errors: every shape mistake of the model at once; more parameters than the machine has memory for.
  public convenience init(
    _ model: some Layer, input: Shape, elementType: ElementType = .float32, seed: UInt64 = 0,
    classNames: [String] = [], preprocessing: Preprocessing? = nil, name: String? = nil,
    backend: BackendChoice = .onednn
  ) throws(ModelError) {
    let traced = try trace(model, input: input, elementType: elementType)
    try traced.checkMemory()
    var parameters: [String: Tensor] = [:]
    for (_, parameter) in traced.graph.parameters {
      parameters[parameter.path] = parameter.initializer.tensor(
        shape: parameter.shape, path: parameter.path, seed: seed)
    }
    self.init(
      traced: traced, model: model, parameters: parameters, classNames: classNames, preprocessing: preprocessing,
      name: name, backend: backend)
  }

  init(
    traced: TracedModel, model: any Layer, parameters: [String: Tensor], classNames: [String],
    preprocessing: Preprocessing?, name: String?, backend: BackendChoice
  ) {
    self.model = model
    self.name = name ?? "\(type(of: model))"
    (inputShape, inputElementType) = (traced.inputShape, traced.inputElementType)
    (outputShape, self.backend) = (traced.outputShape, backend)
    let isNeeded = traced.graph.ancestors(of: traced.graph.roots)
    multiplyAdds = traced.graph.multiplyAdds(of: isNeeded.indices.filter { isNeeded[$0] }) / traced.batchSize
    weightBytes = parameters.values.reduce(0) { $0 + $1.byteCount }
    endsInSoftmax = traced.graph.endsInSoftmax
    shapes = parameters.mapValues(\.shape)
    state = Mutex(
      State(
        parameters: parameters, classNames: classNames,
        preprocessing: preprocessing ?? Self.defaultPreprocessing(for: traced)))
  }

  /// Pictures of the right size with bytes as 0...1; `nil` if the input is no picture.
  private static func defaultPreprocessing(for model: TracedModel) -> Preprocessing? {
    let input = model.inputShape
    guard model.inputElementType == .float32, input.rank == 3, let color = Image.Color(rawValue: input.channels) else {
      return nil
    }
    return try? Preprocessing(crop: [input[0], input[1]], color: color)
  }

  /// The parameters by path, `float32`. Setting them, in whole or in part, takes effect for the next prediction.
  ///
  /// Setting a path that is no parameter of the model, or a tensor of another shape or element type, is a mistake in
  /// the program and ends it; `loadWeights(from:)` is for what comes out of files, and throws.
  ///
  /// During a training they are those after its last step, and what is set goes into the training.
  public var parameters: [String: Tensor] {
    get {
      let (own, loan) = state.withLock { ($0.parameters, $0.loan) }
      guard let loan else { return own }
      return (try? ComputeThread.shared.run { loan.views().mapValues { $0.copied() } }) ?? own
    }
    set {
      for (path, tensor) in newValue {
        precondition(
          shapes[path] == tensor.shape && tensor.elementType == .float32,
          "\(path) is not a parameter, or has another shape or element type")
      }
      let loan = state.withLock { state in
        if state.loan == nil { state.parameters.merge(newValue) { $1 } }
        state.quantization = nil
        return state.loan
      }
      try? ComputeThread.shared.run { loan?.set(newValue) }
      parametersChanged()
    }
  }

  /// Whether the parameters lie in a file that is mapped into memory.
  package var isInFile: Bool { parameterViews.values.allSatisfy { !$0.sharedMemory.isWritable } }

  /// The parameters where they lie; while a training runs, its next step writes to them.
  package var parameterViews: [String: Tensor] {
    let (own, loan) = state.withLock { ($0.parameters, $0.loan) }
    return loan?.views() ?? own
  }

  /// Gives the parameters away, beside `others`, until the storage is given back: a training has them in its own memory,
  /// and nobody has them twice.
  package func lendParameters(with others: [String: Tensor]) throws -> ParameterStorage {
    try ComputeThread.shared.run {
      // What programs and the storage of an earlier training share would have to be copied.
      cache.clear()
      var tensors = state.withLock { state in
        defer { state.parameters = [:] }
        return state.loan.map { $0.views() } ?? state.parameters
      }
      tensors.merge(others) { $1 }
      nonisolated(unsafe) let storage = ParameterStorage(taking: &tensors)
      let paths = Array(shapes.keys)
      let loan = Loan(
        storage: ObjectIdentifier(storage),
        views: { Dictionary(uniqueKeysWithValues: paths.map { ($0, storage.view(of: $0)!) }) },
        set: { for (path, tensor) in $0 { storage.set(path, to: tensor) } })
      state.withLock { ($0.loan, $0.quantization) = (loan, nil) }
      return storage
    }
  }

  /// Says that who has the parameters has changed them.
  package func parametersChanged() { cache.isStale.store(true, ordering: .releasing) }

  /// Takes the parameters back out of a storage that nobody writes to any more, if it is the one that has them.
  package func takeParametersBack(from storage: ParameterStorage) {
    let storage = ObjectIdentifier(storage)
    state.withLock { state in
      guard let loan = state.loan, loan.storage == storage else { return }
      (state.parameters, state.loan) = (loan.views(), nil)
    }
    parametersChanged()
  }

  /// What the outputs stand for; training on a data set takes them from there.
  public var classNames: [String] {
    get { state.withLock { $0.classNames } }
    set { state.withLock { $0.classNames = newValue } }
  }

  /// What is done to a picture before the model sees it.
  public var preprocessing: Preprocessing? {
    get { state.withLock { $0.preprocessing } }
    set { state.withLock { $0.preprocessing = newValue } }
  }

  /// How exact predictions are.
  public var precision: Precision {
    get { state.withLock { $0.precision } }
    set {
      state.withLock { $0.precision = newValue }
      cache.isStale.store(true, ordering: .releasing)
    }
  }

  /// How predictions compute with whole numbers of 8 bits, if they do; `calibration(on:)` finds it.
  ///
  /// It belongs to the parameters: what changes them, training too, takes it away. Without effect where `precision` is
  /// `.exact`, and on a processor that cannot multiply bytes (VNNI), where predictions compute in `float32`.
  public var quantization: Quantization? {
    get { state.withLock { $0.quantization } }
    set {
      state.withLock { $0.quantization = newValue }
      cache.isStale.store(true, ordering: .releasing)
    }
  }

  /// The layer table.
  public func summary() -> Summary {
    // The model was traced when the network was made, so that it fits.
    (try! traced()).summary
  }

  /// The plan for inference on a batch: kernels, layouts and exact memory. Of a large batch, that of the part that is
  /// computed at once; its first layers may go in parts still (`Plan.front`).
  ///
  /// - Errors: a batch of no examples, or of more than any machine holds.
  public func plan(batchSize: Int = 1) throws -> Plan {
    let whole = try traced(batchSize: batchSize)
    let part = partSize(of: batchSize)
    return try predictionPlan(part == batchSize ? whole.graph : traced(batchSize: part).graph)
  }

  /// The plan of a graph with this network's parameters.
  ///
  /// - Parameter part: the same graph for a part of the batch, where its first layers may go in parts.
  package func plan(
    _ graph: Graph, precision: Precision, part: ((_ batchSize: Int) throws -> Graph)? = nil
  ) throws -> Plan {
    let quantization = self.precision == .exact ? nil : quantization
    return try backend.plan(
      graph, precision: precision, lowering: quantization.map { LayerQuantizer($0, parameters) }, part: part)
  }

  /// The plan of the model's graph for a batch.
  package func predictionPlan(_ graph: Graph) throws -> Plan {
    try plan(graph, precision: precision, part: goesInParts ? { try self.traced(batchSize: $0).graph } : nil)
  }

  /// The model over symbolic values, for inference.
  package func traced(batchSize: Int = 1) throws(ModelError) -> TracedModel {
    try trace(model, input: inputShape, elementType: inputElementType, batchSize: batchSize)
  }

  /// The input of one example in words: `28×28×1`, or `20 of int32`.
  package var inputText: String {
    inputElementType == .float32 ? "\(inputShape)" : "\(inputShape) of \(inputElementType)"
  }

  /// Runs `body` with the program for so many examples at once, alone on the compute thread.
  func withProgram<R>(batchSize: Int, _ body: (Program) throws -> R) throws -> R {
    try ComputeThread.shared.run {
      let program = try cache.program(batchSize: batchSize, parameters: { parameters }) {
        try predictionPlan(traced(batchSize: batchSize).graph)
      } finish: {
        backend.finishPlanning()
      }
      return try body(program)
    }
  }
}

extension Graph {
  /// Whether the first output is a softmax, perhaps under another shape.
  fileprivate var endsInSoftmax: Bool {
    var node = nodes[outputs[0].node]
    while node.operation is Op.Reshape { node = nodes[node.inputs[0]] }
    return node.operation is Op.Softmax
  }
}

extension TracedModel {
  /// - Errors: more parameters than the machine has memory for.
  func checkMemory() throws(ModelError) {
    let bytes = graph.parameters.reduce(0) { $0 + $1.parameter.shape.count * 4 }
    guard let problem = MemoryLimit.problem(with: bytes) else { return }
    throw ModelError([
      ShapeError(
        "the parameters are too many: \(problem)", fix: "use fewer units, or pool before the first dense layer")
    ])
  }
}
