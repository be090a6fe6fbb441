public import FoveaCompiler
public import FoveaCore
import FoveaGraph

/// What the layers of a network read on examples: of this, ranges of whole numbers are made.
public struct Calibration: Sendable {
  /// How a range is found.
  public enum Method: Sendable, Hashable {
    /// The least that holds this part of the numbers, above 0, 100 at most.
    case percentile(Double)
    /// The one that changes the numbers least, by the sum of squares.
    case leastError
  }

  /// By the paths of weights.
  private var inputs: [String: ActivationHistogram] = [:]
  private var residuals: [String: ActivationHistogram] = [:]

  init(inputs: [String: ActivationHistogram], residuals: [String: ActivationHistogram]) {
    (self.inputs, self.residuals) = (inputs, residuals)
  }

  /// The paths of the weights of all layers that can compute with whole numbers.
  public var layers: [String] { inputs.keys.sorted() }

  /// - Parameters:
  ///   - method: how ranges are found.
  ///   - leftOut: the paths of weights of layers that stay in `float32`.
  public func quantization(_ method: Method, except leftOut: Set<String> = []) -> Quantization {
    func range(_ histogram: ActivationHistogram) -> Quantization.Range {
      switch method {
      case .percentile(let percentile): histogram.range(percentile: percentile)
      case .leastError: histogram.rangeOfLeastError()
      }
    }
    var layers: [String: Quantization.Layer] = [:]
    for (path, input) in inputs where !leftOut.contains(path) {
      layers[path] = .init(input: range(input), residual: residuals[path].map(range))
    }
    return Quantization(layers: layers)
  }
}

extension Network {
  /// Runs examples in `float32` and notes what each convolution and dense layer reads.
  ///
  /// - Parameter batches: prepared inputs `N×…`, all of one size; a few hundred examples are enough.
  /// - Errors: no batches; an input of another shape or element type.
  public func calibration(on batches: some Sequence<Tensor>) throws -> Calibration {
    var collecting: CalibrationRun?
    for batch in batches {
      let run = try collecting ?? CalibrationRun(self, batchSize: batch.shape[0])
      collecting = run
      try run.add(batch)
    }
    guard let collecting else { throw NetworkError("no examples to calibrate on: give one batch or more") }
    return collecting.calibration
  }
}

/// A program that shows what its layers read.
private final class CalibrationRun {
  private let program: Program
  private let inputShape: Shape
  private let inputType: ElementType
  private let layers: [QuantizableLayer]
  /// By node.
  private var histograms: [Int: ActivationHistogram] = [:]

  init(_ network: Network, batchSize: Int) throws {
    (inputShape, inputType) = (Shape([batchSize] + network.inputShape.dimensions), network.inputElementType)
    var graph = try network.traced(batchSize: max(batchSize, 1)).graph
    let backends = network.backend.backends
    Pipeline.standard(backends: backends).run(on: &graph)
    layers = graph.quantizableLayers
    for id in Set(layers.map(\.input) + layers.compactMap(\.residual)).sorted() {
      histograms[id] = ActivationHistogram()
      graph.outputs.append(.init(name: "node \(id)", node: id))
    }
    program = try ComputeThread.shared.run {
      try Program(Plan(graph, backends: backends), parameters: ParameterStorage(sharing: network.parameters))
    }
  }

  func add(_ batch: Tensor) throws {
    guard batch.shape == inputShape, batch.elementType == inputType else {
      throw NetworkError(
        "the examples are \(batch.shape) of \(batch.elementType), the first were \(inputShape) of \(inputType)")
    }
    try ComputeThread.shared.run {
      program.setInput("input", to: batch)
      program.run()
      for id in histograms.keys.sorted() {
        program.readOutput("node \(id)") { histograms[id]!.add($0.bindMemory(to: Float.self)) }
      }
    }
  }

  var calibration: Calibration {
    var (inputs, residuals) = ([String: ActivationHistogram](), [String: ActivationHistogram]())
    for layer in layers {
      inputs[layer.path] = histograms[layer.input]
      if let residual = layer.residual { residuals[layer.path] = histograms[residual] }
    }
    return Calibration(inputs: inputs, residuals: residuals)
  }
}
