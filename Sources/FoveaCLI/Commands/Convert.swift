import FoveaData
import FoveaFiles
import FoveaFormats
import FoveaLayers
import FoveaNetwork
import FoveaONNX
import FoveaZoo

/// `fovea convert`: weights that other software trained, as a model file; a model, as a file for other software.
enum Convert: Command {
  static let name = "convert"
  static let summary = "makes a model file of weights that other software trained, or a file for other software"
  static let discussion = """
     IN is a safetensors file, a PyTorch file (.pt, .pth, .th; no code in it is run), an .npz file or a Caffe file \
    (.caffemodel) whose tensors are called and arranged as torchvision or timm do, or as in our own files; or a Keras file \
    (.h5, .keras) with layers called as in Keras's applications, or in a chain; --model says which model they belong to, \
    and the names tell options such as padding=same. \
    Missing, surplus and mis-shaped tensors are all listed. Or IN is an ONNX file, which is a model by itself: its images \
    of C×H×W become H×W×C, of several outputs the first is kept, and operators that are not read are all listed. Or IN \
    is a model file, or a model of the catalogue, whose weights are then drawn from --seed. OUT is a model file, or an \
    ONNX file if it ends in .onnx, or the weights alone, called and arranged as torchvision or timm do, if it ends in \
    .safetensors or .npz: then it has neither \
    preprocessing nor class names. The preprocessing, \
    \(Preprocessing.named.keys.sorted().joined(separator: ", ")) or parts such as short=256,crop=224,mean=0.5,deviation=0.5,order=bgr, \
    stays in the model file. VECTORS.npz holds arrays that another program computed: 'input', and 'output' or results of \
    layers under their names, images as N×C×H×W or N×H×W×C; where they differ, the first layer that does is named, with \
    the likely cause, and nothing is written.
    """
  static let examples = [
    "convert resnet20.th resnet20.fovea --model resnet20 --preprocessing imagenet",
    "convert v1.safetensors v1.fovea --model mobilenet-v1:width=0.5,input=160,classes=1001 "
      + "--preprocessing imagenet-tensorflow,short=183 --class-names synset_words.txt",
    "convert mnist-8.onnx digits.fovea --preprocessing mean=0,deviation=1",
    "convert mobilenet_v2.h5 v2.fovea --model mobilenet-v2 --class-names synset_words.txt",
    "convert digits.fovea digits.onnx",
    "convert resnet20.fovea resnet20.safetensors",
  ]
  static let input = Positional("IN", "the weights, an ONNX file, a model file, or a model's name")
  static let output = Positional("OUT", "the model file, or .onnx, .safetensors or .npz file to write")
  static let positionals = [input, output]
  static let model = Option(
    "model", "NAME", "which model of the catalogue the weights belong to, with options", .text("a name"),
    "none, for an ONNX file")
  static let newHead = Option(
    "new-head", "N", "so many outputs in place of the file's, drawn anew", .integer(1...1_000_000), "the file's own")
  static let preprocessing = Option(
    "preprocessing", "TEXT", "what is done to a picture first", .text("a preprocessing"),
    "that of Keras's application, by its names; for 1000 ImageNet classes that of the published weights, mostly "
      + "imagenet; else bytes become 0...1")
  static let classNames = Option(
    "class-names", "FILE", "a text file with one name a line, a dictionary, or JSON", .path("a file"), "none")
  static let seed = Option("seed", "N", "what weights and a new head are drawn from", .seed, default: 0)
  static let verify = Option(
    "verify", "VECTORS.npz", "arrays of another program to compare with first", .path("a file"), "nothing is compared")
  static let options: [any OptionDeclaration] = [
    model, preprocessing, classNames, newHead, Common.input, seed, verify,
  ]

  static func run(_ arguments: Arguments) throws {
    try check(arguments[output][0], isNot: arguments[input][0])
    if ONNXModel.isFile(arguments[input][0]) { return try convertONNX(arguments) }
    if arguments[model] == nil, let network = try modelItself(arguments) {
      try describe(network, arguments)
      return try save(network, arguments)
    }
    guard let name = arguments[model] else {
      throw UsageError("--model: say which model of the catalogue the weights belong to, see `fovea models`")
    }
    if arguments[Common.input] != nil {
      throw UsageError("--input is for ONNX files; a model takes input=N in its name")
    }
    let entry = try Catalogue.entry(for: name)
    guard let shape = entry.input else { throw UsageError("--model: give a name of the catalogue, see `fovea models`") }
    let outputs = arguments[newHead] ?? entry.classes ?? 0
    let names = try arguments[classNames].map { try ClassNames.read($0, count: outputs) } ?? []
    let file = try WeightFile(contentsOf: arguments[input][0])
    let isImageNet = entry.classes == 1000 && shape.channels == 3 && entry.application(of: file) == nil
    let chosen = arguments[preprocessing] ?? (isImageNet ? entry.preprocessing(of: file) : nil)
    let network = try Network(
      named: entry.name, weights: file, newHead: arguments[newHead], classNames: names,
      preprocessing: chosen.map { try Preprocessing(parsing: $0, for: shape) }, seed: arguments[seed])
    let leftOut = try Network.leftOut(of: file, for: entry, network)
    if !leftOut.isEmpty {
      let hasHeads =
        entry.options.contains { $0.name == "aux" } && leftOut.contains { $0.lowercased().hasPrefix("aux") }
      let more = hasHeads ? "; aux=1 in the model's name keeps them" : ""
      Console.note("\(arguments[input][0]): left out: \(leftOut.joined(separator: ", "))\(more)")
    }
    try save(network, arguments)
  }

  /// - Errors: an output that is the input, which would be lost; one that is called like a file that is not written.
  private static func check(_ output: String, isNot input: String) throws {
    if FileStatus.isSame(output, input) {
      throw CommandError("\(output): this is IN itself, which would be lost; give OUT another name")
    }
    let others = [".pth", ".pt", ".th", ".h5", ".hdf5", ".keras", ".npy", ".caffemodel", ".pb", ".bin"]
    if let ending = others.first(where: { output.lowercased().hasSuffix($0) }) {
      throw CommandError(
        "\(output): \(ending) files are not written; use .safetensors, .npz or .onnx for other software, or a name without "
          + "such an ending for a model file")
    }
  }

  private static func convertONNX(_ arguments: Arguments) throws {
    if arguments[model] != nil { throw UsageError("--model: an ONNX file says itself which model it is") }
    if arguments[newHead] != nil { throw UsageError("--new-head is for models of the catalogue") }
    let network = try Network(onnx: arguments[input][0], input: arguments[Common.input])
    if let others = (network.model as? ONNXModel)?.otherOutputs, !others.isEmpty {
      Console.note("\(arguments[input][0]): the first output is kept; left out: \(others.joined(separator: ", "))")
    }
    if (try? network.traced(batchSize: 3)) == nil {
      Console.note(
        "\(arguments[input][0]): its nodes count on a batch of 1: it takes one example at a time, and cannot become an ONNX "
          + "file; export it with a batch of any size (dynamic axes)")
    }
    try describe(network, arguments)
    try save(network, arguments)
  }

  /// The network that IN is without --model: a model file, or a model of the catalogue with weights drawn from --seed;
  /// `nil` if it is a file of weights.
  private static func modelItself(_ arguments: Arguments) throws -> Network? {
    let path = arguments[input][0]
    // A folder holds no weights: what is missing in it is told.
    let isFolder = FileStatus(path)?.isDirectory == true
    let folder = isFolder ? try Network.folder(of: path) : nil
    guard folder != nil || FileStatus(path) == nil else { return nil }
    if let outputs = arguments[newHead] {
      let saved = try folder.map { try Network(contentsOf: $0) }
      guard folder != nil || (try? Catalogue.entry(for: path)) != nil else {
        throw CommandError("\(path): there is no such file; check the path")
      }
      guard let saved, let folder, (try? Catalogue.entry(for: saved.name))?.classes != nil else {
        throw UsageError("--new-head is for weights of a model of the catalogue; \(path) has none")
      }
      return try Network(
        named: saved.name, weights: "\(folder)/\(Manifest.weightsName)", input: saved.inputShape, newHead: outputs,
        preprocessing: saved.preprocessing, seed: arguments[seed])
    }
    let reference: ModelReference
    do { reference = try ModelReference(path, backend: .onednn) } catch ZooError.unknownModel(_, let nearest) {
      throw CommandError(
        "\(path): there is no such file, and no model of this name\(nearest.map { "; did you mean '\($0)'?" } ?? ";") "
          + "`fovea models` lists the names")
    }
    return try reference.network(
      input: reference.input(arguments[Common.input]), seed: arguments[seed], backend: .onednn)
  }

  /// Gives the network the preprocessing and the class names that were asked for.
  private static func describe(_ network: Network, _ arguments: Arguments) throws {
    let shape = network.inputShape
    if let text = arguments[preprocessing] {
      guard network.preprocessing != nil else {
        throw UsageError("--preprocessing is for pictures; \(network.name) takes \(shape)")
      }
      network.preprocessing = try Preprocessing(parsing: text, for: shape)
    }
    if let file = arguments[classNames] {
      guard network.outputShape.rank == 1 else {
        throw UsageError("--class-names: \(network.name) gives \(network.outputShape), not scores for classes")
      }
      network.classNames = try ClassNames.read(file, count: network.outputShape[0])
    }
  }

  private static func save(_ network: Network, _ arguments: Arguments) throws {
    if let vectors = arguments[verify] {
      let verification = try network.verify(against: NPZFile.read(vectors), path: vectors)
      guard verification.difference == nil else { throw CommandError("\(vectors): \(verification.text)") }
      try Console.print("\(vectors): \(verification.text)")
    }
    let path = arguments[output][0]
    if network.quantization != nil, path.lowercased().hasSuffix(".onnx") || Network.isStateDict(path) {
      Console.note("\(path): it gets the float32 weights; the ranges for whole numbers of 8 bits stay behind")
    }
    if path.lowercased().hasSuffix(".onnx") {
      try network.writeONNX(to: path)
    } else if Network.isStateDict(path) {
      try network.saveStateDict(to: path)
    } else {
      try network.save(to: path)
    }
    let numbers = groupedCount(network.parameters.values.reduce(0) { $0 + $1.shape.count }, "number")
    let outputs =
      network.outputShape.rank == 1 ? counted(network.outputShape[0], "output") : "\(network.outputShape) out"
    try Console.print("\(arguments[output][0]): \(network.name), \(numbers), \(outputs)")
  }
}
