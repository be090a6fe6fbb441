/// A model over symbolic values: the graph for one batch size, and what each layer became.
public struct TracedModel: Sendable {
  /// From the input `input` (N×H×W×C, or N×… whole numbers) to the output `output`.
  public let graph: Graph
  /// The model itself, then its layers, each before those in it.
  public let layers: [LayerRecord]
  /// Of one example, H×W×C.
  public let inputShape: Shape
  /// `float32`, or `int32` for a model that begins with `Embedding` or `OneHot`.
  public let inputElementType: ElementType
  /// Of one example.
  public let outputShape: Shape
  public let batchSize: Int
  public let isTraining: Bool

  /// Checks that the model gives one score for each class.
  ///
  /// - Errors: another shape, or another number of scores.
  public func requireOutputs(forClasses classes: Int) throws(ModelError) {
    if let mistake = outputShape.mistake(asScoresFor: classes, of: "the model") { throw ModelError([mistake]) }
  }
}

extension Shape {
  /// What is wrong with an output of this shape as one score for each class; `nil` if nothing is. As many outputs as
  /// classes are right, fewer and more are not.
  ///
  /// - Parameter name: of the model.
  package func mistake(asScoresFor classes: Int, of name: String) -> ShapeError? {
    guard self != [classes] else { return nil }
    let wanted = counted(classes, "class", "classes")
    guard rank == 1 else {
      return ShapeError(
        "\(name) gives \(self) for each image, not one score for each of the \(wanted)",
        fix: "end it with Flatten() or GlobalAveragePool2D(), and Dense(\(classes))")
    }
    return ShapeError(
      "\(name) has \(counted(channels, "output")), the data has \(wanted)", fix: "end it with Dense(\(classes))")
  }
}

/// Traces `model` on a batch of inputs.
///
/// - Parameters:
///   - model: the layers.
///   - input: the shape of one example, H×W×C.
///   - elementType: what the input is made of: `float32`, or `int32` for words and classes by their numbers.
///   - batchSize: how many examples are computed at a time.
///   - isTraining: whether dropout drops and batch normalisation uses the batch's own moments.
/// - Errors: every shape mistake of the model at once, each with the path of its layer; another element type.
public func trace(
  _ model: some Layer, input: Shape, elementType: ElementType = .float32, batchSize: Int = 1, isTraining: Bool = false
) throws(ModelError) -> TracedModel {
  let builder = GraphBuilder(isTraining: isTraining)
  let output = builder.trace(model, input: input, elementType: elementType, batchSize: batchSize)
  builder.output("output", output)
  return TracedModel(
    graph: try builder.finish(), layers: builder.layers, inputShape: input, inputElementType: elementType,
    outputShape: output.shape.ofExample, batchSize: batchSize, isTraining: isTraining)
}

extension GraphBuilder {
  /// The result of `model` on a new input `input` of `batchSize` examples. Mistakes are thrown by `finish`.
  ///
  /// For what goes on from there in the same graph: a loss, its gradients, the steps of an optimizer.
  public func trace(
    _ model: some Layer, input: Shape, elementType: ElementType = .float32, batchSize: Int
  ) -> Value {
    var x = self.input("input", shape: Shape([batchSize] + input.dimensions), elementType: elementType)
    if elementType != .float32, elementType != .int32 {
      x = x.failing(
        "the input of a model cannot be of \(elementType)",
        fix: "use float32 for pictures and measurements, int32 for words and classes by their numbers")
    }
    return recording(kind: type(of: model).kind, input: x) { model.forward(x) }
  }
}
