import FoundationEssentials

/// What the configuration of a Keras model says of its layers.
struct KerasConfiguration {
  struct Layer {
    let name: String
    /// Its class.
    let kind: String
    let epsilon: Float?
    let isChannelsFirst: Bool
    /// Where its weights lie in files of Keras 3: `layers/conv2d_1`.
    let place: String
  }

  /// In the order of the model, those of models within it where these are.
  private(set) var layers: [Layer] = []

  /// Models within models are rarely nested twice; each takes three levels, and the decoder's stack.
  private static let maximumDepth = 64

  /// - Errors: text that is no configuration, or is nested too deep.
  init(parsing text: [UInt8], path: String) throws(FormatError) {
    guard Self.depth(of: text) <= Self.maximumDepth else {
      throw FormatError(.damaged, path, "the configuration of the model is nested more than \(Self.maximumDepth) deep")
    }
    do {
      let model = try JSONDecoder().decode(Described.self, from: Data(text))
      add(model.config?.layers ?? [], in: "layers")
    } catch { throw FormatError(.damaged, path, "the configuration of the model is no JSON that Keras writes") }
  }

  /// How many brackets are open at once, at most; also those in texts, which no name has.
  private static func depth(of text: [UInt8]) -> Int {
    var (open, most) = (0, 0)
    for byte in text {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): open -= 1
      default: break
      }
      most = max(most, open)
    }
    return most
  }

  private mutating func add(_ described: [Described], in container: String) {
    var counts: [String: Int] = [:]
    for layer in described {
      let key = Self.snakeCase(layer.className)
      let count = counts[key, default: 0]
      counts[key] = count + 1
      let place = container + "/" + (count == 0 ? key : "\(key)_\(count)")
      layers.append(
        Layer(
          name: layer.config?.name ?? key, kind: layer.className, epsilon: layer.config?.epsilon,
          isChannelsFirst: layer.config?.dataFormat == "channels_first", place: place))
      add(layer.config?.layers ?? [], in: place + "/layers")
    }
  }

  /// `SeparableConv2D` → `separable_conv2d`, `LeakyReLU` → `leaky_re_lu`: Keras's `to_snake_case`.
  static func snakeCase(_ name: String) -> String {
    let letters = Array(name)
    var result = ""
    for (i, letter) in letters.enumerated() {
      let isBeforeLower = i + 1 < letters.count && letters[i + 1].isLowercase
      if i > 0, letter.isUppercase, isBeforeLower || letters[i - 1].isLowercase { result += "_" }
      result += letter.lowercased()
    }
    return result
  }
}

/// A model or a layer, as Keras writes it.
private struct Described: Decodable {
  struct Config: Decodable {
    var name: String?
    var epsilon: Float?
    var dataFormat: String?
    var layers: [Described]?

    enum Keys: String, CodingKey {
      case name, epsilon, layers
      case dataFormat = "data_format"
    }

    init(from decoder: any Decoder) throws {
      // Keras 1 has the list itself here.
      if let layers = try? [Described](from: decoder) {
        self.layers = layers
        return
      }
      // Layers of other classes may mean other things by these words.
      let values = try decoder.container(keyedBy: Keys.self)
      name = try? values.decode(String.self, forKey: .name)
      epsilon = try? values.decode(Float.self, forKey: .epsilon)
      dataFormat = try? values.decode(String.self, forKey: .dataFormat)
      layers = try? values.decode([Described].self, forKey: .layers)
    }
  }

  enum CodingKeys: String, CodingKey {
    case className = "class_name"
    case config
  }

  var className: String
  var config: Config?
}
