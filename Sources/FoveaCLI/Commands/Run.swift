import FoveaFormats
import FoveaLayers
import FoveaNetwork

/// `fovea run`: arrays in, arrays out.
enum Run: Command {
  static let name = "run"
  static let summary = "runs a model on arrays in a file, and writes what comes out"
  static let discussion = """
     The input is the array 'input' (N×H×W×C, float32) of a NumPy .npz file, or its only array, whatever its name; it \
    is taken as it is, without preprocessing. The output is the array 'output': scores for the models of the catalogue.
    """
  static let positionals = [Positional("MODEL_OR_FILE", "a name, a model line, or a model file")]
  static let weights = Option(
    "weights", "FILE", "weights for the model: a safetensors file or a model file", .path("a file"),
    "those of the model file; of a name or a line, new ones drawn from --seed")
  static let inputs = Option(required: "inputs", "IN.npz", "the arrays to read", .path("a file"))
  static let outputs = Option(required: "outputs", "OUT.npz", "the file to write", .path("a file"))
  static let seed = Option("seed", "N", "what new weights are drawn from", .seed, default: 0)
  static let options: [any OptionDeclaration] = [
    inputs, outputs, weights, seed, Common.threads, Common.backend,
  ]

  static func run(_ arguments: Arguments) throws {
    Common.apply(arguments)
    let backend = arguments[Common.backend]
    let reference = try ModelReference(arguments[positionals[0]][0], backend: backend)
    let input = try readInput(arguments[inputs])
    let example = input.shape.rank == 4 ? input.shape.ofExample : nil
    try check(example, input.shape, of: arguments[inputs], for: reference)
    let network = try reference.network(input: example, seed: arguments[seed], backend: backend)
    if let file = arguments[weights] { try network.loadWeights(from: file) }
    let output = try network.predict(batch: input)
    try NPZFile.write(["output": output], to: arguments[outputs])
  }

  /// - Parameter example: the shape of one example, if the array is a batch of images.
  /// - Errors: an array that the model does not take.
  private static func check(
    _ example: Shape?, _ shape: Shape, of path: String, for model: ModelReference
  ) throws {
    if let example, let own = model.input, model.hasFixedInput, example != own {
      throw CommandError("\(path): the array is \(shape); \(model.name) takes \(own), not \(example)")
    }
    if example == nil, model.input == nil {
      throw CommandError(
        "\(path): the array is \(shape); a batch N×H×W×C is needed, or a model line that begins with 'input'")
    }
  }

  /// - Errors: no array called `input` among several; one that is no batch of examples.
  private static func readInput(_ path: String) throws -> Tensor {
    let arrays = try NPZFile.read(path)
    guard let array = arrays["input"] ?? (arrays.count == 1 ? arrays.first?.value : nil) else {
      let names = arrays.keys.sorted().map { "'\($0)'" }
      throw CommandError(
        "\(path): there is no array 'input'\(names.isEmpty ? "" : ", only " + names.joined(separator: ", "))")
    }
    guard array.shape.rank >= 2, array.shape.count > 0 else {
      throw CommandError("\(path): the array is \(array.shape); a batch N×H×W×C of at least one example is needed")
    }
    return array.elementType == .float32 ? array : Tensor(array.floats, shape: array.shape)
  }
}
