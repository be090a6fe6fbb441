import FoveaCompiler
import FoveaCore
import FoveaData
import FoveaLayers
import FoveaNetwork
import FoveaTraining
import FoveaZoo

/// `fovea quantize`: a model that computes with whole numbers of 8 bits.
enum Quantize: Command {
  static let name = "quantize"
  static let summary = "makes a model compute with whole numbers of 8 bits, and says what it costs"
  static let discussion = """
     Examples of the training part show how large the numbers are that each convolution and each dense layer reads; \
    weights get a scale for each output channel. The accuracy on the test part is measured before and after; a model \
    that loses more than --max-drop is not written, and the layers that cost most are named: leave them in float32 with \
    --keep. The weights in the file stay float32; who reads it needs no option.
    """
  static let examples = [
    "quantize runs/resnet20-cifar10 --data cifar10:cifar-10-batches-bin",
    "quantize resnet50.fovea --data folder:photos --output resnet50-int8.fovea --calibration percentile",
  ]
  static let positionals = [Positional("DIR", "a model file, or the output folder of a training")]
  static let data = Option(
    required: "data", "DATA", listed(DataReference.forms), .text("a kind of data and its folder"))
  static let output = Option("output", "OUT", "the model file to write", .path("a folder"), "DIR-int8")
  static let samples = Option("samples", "N", "how many examples are looked at", .integer(1...1_000_000), default: 512)

  /// How ranges are found.
  enum Method: String, CaseIterable, Sendable { case percentile, error, best }
  static let calibration = Option(
    "calibration", "METHOD",
    "percentile (ranges hold all but the largest 0.01 % of the numbers), error (ranges change the numbers least), or "
      + "best (the one that loses less)", .choice, default: Method.best)
  static let maxDrop = Option(
    "max-drop", "POINTS", "how much accuracy may be lost, in percentage points",
    .number("a number of points from 0 to 100") { (0...100).contains($0) }, default: 1, "1")
  static let keep = Option(
    "keep", "LAYERS", "layers that stay in float32, as `fovea summary` lists them, with commas between them",
    .text("paths"))
  static let options: [any OptionDeclaration] = [
    data, output, samples, calibration, maxDrop, keep, Common.threads, Common.backend, Common.json,
  ]

  static func run(_ arguments: Arguments) throws {
    Common.apply(arguments)
    let path = arguments[positionals[0]][0]
    let reference = try DataReference(parsing: arguments[data])
    let network = try Network(contentsOf: path, backend: arguments[Common.backend])
    network.quantization = nil
    let target = arguments[output] ?? path + "-int8"
    if let ending = [".onnx", ".safetensors", ".npz"].first(where: { target.lowercased().hasSuffix($0) }) {
      throw UsageError("--output: a model file is a folder, and \(target) would look like \(ending): give another name")
    }
    guard arguments[Common.backend] == .reference || BackendChoice.computesWholeNumbers else {
      throw CommandError(
        "this processor does not multiply bytes (AVX512-VNNI or AVX-VNNI), so that what whole numbers cost cannot be "
          + "measured at speed: add --backend reference, which is slow, or use another machine")
    }
    let source = try reference.source(for: network)
    let trial = QuantizationTrial(
      network, calibratedOn: source.train, count: arguments[samples], testedOn: source.test ?? source.train)
    let report = try trial.run(arguments[calibration], keeping: paths(arguments[keep], of: trial.calibration()))
    let isAccepted = report.drop * 100 <= Double(arguments[maxDrop])
    if isAccepted { try network.save(to: target) }
    if arguments[Common.json] { try Console.printJSON(report) } else { try Console.print(report.text) }
    guard isAccepted else {
      throw CommandError(
        "\(path): \(report.points) points of accuracy are lost, more than --max-drop \(short(Double(arguments[maxDrop]))): nothing is "
          + "written; \(try trial.advice())")
    }
    if !arguments[Common.json] { try Console.print("\(target) is written") }
  }

  /// The weights of the layers that are to stay.
  private static func paths(_ text: String?, of calibration: Calibration) throws -> Set<String> {
    var kept: Set<String> = []
    for layer in (text ?? "").split(separator: ",").map(String.init) {
      let found = calibration.layers.filter { $0 == layer || $0.hasPrefix(layer + ".") }
      guard !found.isEmpty else {
        let layers = calibration.layers.map { $0.split(separator: ".").dropLast().joined(separator: ".") }
        throw UsageError(
          "--keep: there is no convolution or dense layer '\(shortened(layer))'"
            + suggestion(for: layer, among: layers, otherwise: "; `fovea summary` lists them"))
      }
      kept.formUnion(found)
    }
    return kept
  }
}
