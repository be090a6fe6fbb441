/// What the applications of Keras call the layers of a family, and how their version of it is built.
public struct KerasNames: Sendable {
  /// What a picture goes through before Keras's model, or in it.
  public enum Preprocessing: Sendable {
    /// Its mode "tf": bytes become -1...1.
    case tensorFlow
    /// Its mode "torch": ImageNet's mean and deviation.
    case torch
    /// Its mode "caffe": blue first, ImageNet's mean of bytes.
    case caffe
    /// A layer of the model's, whose mean and variance lie in the file.
    case normalization
  }

  /// ε of their normalisations, for files that do not say it.
  public let epsilon: Float
  /// Options of the model with which it is built as theirs, such as `padding`, and the values with which it is; the first is
  /// the application's own.
  public let options: [String: [String]]
  public let preprocessing: Preprocessing
  /// Our paths by their names; the two convolutions of a separable one are `name/depthwise` and `name/pointwise`.
  private let named: [String: String]
  /// Our paths of layers without a name, by their class, in the order in which the application makes them.
  private let numbered: [String: [String]]

  init(
    _ preprocessing: Preprocessing, epsilon: Float = 1e-3, options: [String: [String]] = [:],
    numbered: [String: [String]] = [:], _ named: [String: String]
  ) {
    (self.preprocessing, self.epsilon, self.options) = (preprocessing, epsilon, options)
    (self.named, self.numbered) = (named, numbered)
  }

  /// Whether a layer of Keras's normalises pictures by what lies in the file: ours is the preprocessing.
  public func isInputNormalization(_ layer: String) -> Bool {
    preprocessing == .normalization && Self.kindAndNumber(of: layer).kind == "normalization"
  }

  /// Our path of each layer of a file that is called as in Keras.
  ///
  /// Keras numbers the layers that have no name, `conv2d_94`, from where the last model ended. So their order is what
  /// counts, and they are found only if there are as many as the application makes, one number after another.
  ///
  /// A name such as `conv1` or `predictions` occurs in other models, too: unless most of the file's layers or most of
  /// the application's are found, none is, and the file is none of the application's.
  ///
  /// - Parameter layers: the names that the file says.
  public func paths(of layers: [String]) -> [String: String] {
    var result = named.filter { layers.contains($0.key) }
    for (kind, paths) in numbered {
      let found = layers.filter { named[$0] == nil }.map { ($0, Self.kindAndNumber(of: $0)) }
        .filter { $0.1.kind == kind }.sorted { $0.1.number < $1.1.number }
      guard let first = found.first, found.count == paths.count,
        found.enumerated().allSatisfy({ $1.1.number == first.1.number + $0 })
      else { continue }
      for ((name, _), path) in zip(found, paths) { result[name] = path }
    }
    let theirs = numbered.values.reduce(named.count) { $0 + $1.count }
    return 2 * result.count > min(layers.count, theirs) ? result : [:]
  }

  /// `conv2d_94` → `conv2d` and 94; Keras 1 has other words for some.
  private static func kindAndNumber(of layer: String) -> (kind: String, number: Int) {
    var (kind, number) = (layer, 0)
    if let underscore = layer.lastIndex(of: "_"), let end = Int(layer[layer.index(after: underscore)...]), end >= 0 {
      (kind, number) = (String(layer[..<underscore]), end)
    }
    return (["convolution2d": "conv2d", "batchnormalization": "batch_normalization"][kind] ?? kind, number)
  }
}
