import FoveaData
import FoveaLayers
import FoveaNetwork

/// `fovea predict`: what is in a picture.
enum Predict: Command {
  static let name = "predict"
  static let summary = "names the likeliest classes of pictures"
  static let discussion = """
     Pictures may have any size; the model file says how they are prepared. One that cannot be read is reported, the \
    others are predicted.
    """
  static let file = Positional("DIR_OR_FILE", "a model file, the output folder of a training, or an ONNX file")
  static let images = Positional("IMAGE", "JPEG or PNG files", .oneOrMore)
  static let positionals = [file, images]
  static let top = Option("top", "K", "how many classes are named", .integer(1...1_000_000), default: 5)
  static let precision = Option(
    "precision", "TYPE", "float32, or bfloat16: products and activations of 16 bits, added in float32", .choice,
    default: NumberType.float32)
  static let options: [any OptionDeclaration] = [
    top, precision, Common.exact, Common.threads, Common.backend, Common.json,
  ]

  private struct Prediction: Encodable {
    let image: String
    let classes: [Classification]
  }

  static func run(_ arguments: Arguments) throws {
    Common.apply(arguments)
    let network = try Network(contentsOf: arguments[file][0], backend: arguments[Common.backend])
    network.precision = try arguments[precision].precision(isExact: arguments[Common.exact])
    NumberType.noteFallback(of: arguments[precision])
    var predictions: [Prediction] = []
    var hasFailed = false
    for path in arguments[images] {
      let image: Image
      do {
        image = try Image(contentsOf: path)
      } catch {
        hasFailed = true
        _ = report(error)
        continue
      }
      let prediction = Prediction(image: path, classes: try network.classify(image, top: arguments[top]))
      guard prediction.classes.allSatisfy(\.probability.isFinite) else {
        throw CommandError(
          "\(path): the model gives no finite probabilities: its weights are too large for its arithmetic")
      }
      if arguments[Common.json] { predictions.append(prediction) } else { try Console.print(text(prediction)) }
    }
    if arguments[Common.json] { try Console.printJSON(predictions) }
    if hasFailed { throw Exit(status: 1) }
  }

  private static func text(_ prediction: Prediction) -> String {
    let rows = prediction.classes.map { ["", percent(Double($0.probability)), $0.name] }
    return ([prediction.image] + aligned(rows, rightAligned: [1])).joined(separator: "\n")
  }
}
