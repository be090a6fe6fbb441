import FoveaFiles
import FoveaFormats
import FoveaLayers
import FoveaNetwork
import FoveaONNX
import FoveaZoo

/// `fovea run`: arrays in, arrays out.
enum Run: Command {
  static let name = "run"
  static let summary = "runs a model on arrays in a file, and writes what comes out"
  static let discussion = """
     The input is the array 'input' (N×H×W×C, float32) of a NumPy .npz file, or its only array, whatever its name; it \
    is taken as it is, without preprocessing. A model that takes words or classes by their numbers gets int32. The output is the array 'output': scores for the models of the catalogue. \
    An ONNX file takes and gives arrays by its own names, with its own order of axes (images N×C×H×W).
    """
  static let examples = [
    "run lenet5 --inputs digits.npz --outputs scores.npz",
    "run squeezenet.onnx --inputs in.npz --outputs out.npz",
  ]
  static let positionals = [Positional.modelOrFile]
  static let inputs = Option(required: "inputs", "IN.npz", "the arrays to read", .path("a file"))
  static let outputs = Option(required: "outputs", "OUT.npz", "the file to write", .path("a file"))
  static let seed = Option("seed", "N", "what new weights are drawn from", .seed, default: 0)
  static let options: [any OptionDeclaration] = [
    inputs, outputs, Common.weights, seed, Common.threads, Common.backend,
  ]

  static func run(_ arguments: Arguments) throws {
    Common.apply(arguments)
    let backend = arguments[Common.backend]
    let path = arguments[positionals[0]][0]
    if [path, arguments[inputs]].contains(where: { FileStatus.isSame($0, arguments[outputs]) }) {
      throw CommandError("\(arguments[outputs]): this is read, and would be lost; give --outputs another name")
    }
    if ONNXModel.isFile(path) {
      if arguments[Common.weights] != nil { throw UsageError("--weights: an ONNX file has its own") }
      let arrays = try NPZFile.read(arguments[inputs])
      let (results, types) = try ONNXModel.runWithTypes(path, on: arrays, backend: backend)
      return try NPZFile.write(results, as: types, to: arguments[outputs])
    }
    let reference = try ModelReference(arguments[positionals[0]][0], backend: backend)
    let input = try RunInput(arguments[inputs])
    let shape = try input.exampleShape(for: reference)
    let network = try reference.network(
      input: shape, weights: arguments[Common.weights], seed: arguments[seed], backend: backend)
    // What is compared with other tools should not differ more than it must; a quantized model is what it is.
    if network.quantization == nil { network.precision = .exact }
    let output = try network.predict(batch: input.batch(for: reference))
    try NPZFile.write(["output": output], to: arguments[outputs])
  }
}

/// The array that `fovea run` reads.
private struct RunInput {
  private let path: String
  private let name: String
  private let array: Tensor

  /// - Errors: no array called `input` among several; one that cannot be read. The others are not looked at.
  init(_ path: String) throws {
    let names = try NPZFile.names(path)
    guard let name = names.contains("input") ? "input" : names.count == 1 ? names[0] : nil else {
      let list = names.sorted().map { "'\($0)'" }.joined(separator: ", ")
      throw CommandError("\(path): there is no array 'input'\(list.isEmpty ? "" : ", only " + list)")
    }
    (self.path, self.name) = (path, name)
    array = try NPZFile.read(name, from: path)
  }

  /// - Errors: numbers with fractions for a model that takes whole ones.
  func batch(for model: ModelReference) throws -> Tensor {
    if array.elementType == model.elementType { return array }
    guard model.elementType == .int32 else { return Tensor(array.floats, shape: array.shape) }
    guard !array.elementType.isFloatingPoint else {
      throw CommandError(
        "\(path): the array '\(name)' is of \(array.elementType); \(model.name) takes whole numbers: save it as int32")
    }
    return Tensor(array.floats.map { Int32($0) }, shape: array.shape)
  }

  /// The shape of one example.
  ///
  /// - Errors: no batch of examples, or none that the model takes.
  func exampleShape(for model: ModelReference) throws -> Shape {
    let shape = array.shape
    let given: Shape? = shape.rank == 4 ? shape.ofExample : nil
    if let own = model.input, own.rank == 3, given != own, given == [own.channels, own[0], own[1]] {
      throw refusal("N×\(own): move the channels to the end", model)
    }
    // A model without a fixed input takes images of any size.
    guard let expected = model.hasFixedInput ? model.input : given ?? model.input else {
      throw refusal("a batch of images N×H×W×C", model)
    }
    guard shape.count > 0, shape.rank > 1, shape.ofExample == expected else {
      throw refusal("N×\(expected), at least one example", model)
    }
    return expected
  }

  private func refusal(_ wanted: String, _ model: ModelReference) -> CommandError {
    CommandError("\(path): the array '\(name)' is \(array.shape); \(shortened(model.name)) takes \(wanted)")
  }
}
