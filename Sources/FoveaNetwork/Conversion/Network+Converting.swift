public import FoveaCore
public import FoveaData
package import FoveaFormats
public import FoveaLayers
package import FoveaZoo

extension Network {
  /// A model of the catalogue with weights that other software trained.
  ///
  /// Tensors are found by the names and arrangements of torchvision or timm, of Keras's applications, or of our own
  /// files; those of Keras's other models by the order of layers, where these are a chain.
  ///
  /// - Parameters:
  ///   - name: of the catalogue, with options: `resnet20`, `mobilenet-v1:width=0.5,input=160,classes=1001`.
  ///   - path: a safetensors, PyTorch, NumPy, Keras or Caffe file.
  ///   - input: the shape of one example, if not the model's own.
  ///   - newHead: so many outputs in place of the file's; what depends on their number is drawn anew from `seed`.
  ///   - classNames: by class index.
  ///   - preprocessing: what is done to a picture first; by default that of Keras's application, if the file's layers
  ///     are called as one's, else its size is made to fit, and bytes become 0...1.
  ///   - seed: decides what is drawn at random.
  ///   - backend: what computes.
  /// - Errors: a file that is missing or damaged; every missing, surplus and mis-shaped tensor at once.
  public convenience init(
    named name: String, weights path: String, input: Shape? = nil, newHead: Int? = nil, classNames: [String] = [],
    preprocessing: Preprocessing? = nil, seed: UInt64 = 0, backend: BackendChoice = .onednn
  ) throws {
    try self.init(
      named: name, weights: WeightFile(contentsOf: path), input: input, newHead: newHead, classNames: classNames,
      preprocessing: preprocessing, seed: seed, backend: backend)
  }

  /// The same with a file that is already open.
  package convenience init(
    named name: String, weights file: WeightFile, input: Shape? = nil, newHead: Int? = nil, classNames: [String] = [],
    preprocessing: Preprocessing? = nil, seed: UInt64 = 0, backend: BackendChoice = .onednn
  ) throws {
    let entry = try Catalogue.entry(for: name).fitting(file)
    guard let input = input ?? entry.input else {
      throw NetworkError("the model line says no input: begin it with 'input HxWxC - '")
    }
    if newHead != nil, entry.classes == nil {
      throw NetworkError("\(entry.name): its outputs are no choice, so that it can have no new head")
    }
    let model = entry.make(classes: newHead)
    let traced = try trace(model, input: input, elementType: entry.elementType)
    let head = newHead == nil ? [:] : try Self.drawnHead(of: entry, in: traced, seed: seed)
    let parameters = try Self.converted(file, for: traced, of: entry, except: head)
    let outputs = newHead ?? entry.classes
    if !classNames.isEmpty, let outputs, classNames.count != outputs {
      throw NetworkError(
        "\(counted(classNames.count, "class name")) for \(counted(outputs, "output")) of \(entry.name); give one for each, or none"
      )
    }
    var preprocessing = preprocessing
    if preprocessing == nil, let keras = file.keras, let names = entry.application(of: file), input.rank == 3,
      input.channels == 3
    {
      preprocessing = try .keras(names, keras, input: input)
    }
    self.init(
      traced: traced, model: model, parameters: parameters, classNames: classNames, preprocessing: preprocessing,
      name: entry.name, backend: backend)
  }

  /// A model of one's own with weights that other software trained.
  ///
  /// Tensors are found by the names of PyTorch's modules or of our layers, those of Keras by the order of layers too.
  ///
  /// - Parameters:
  ///   - model: the layers, called as the modules are.
  ///   - input: the shape of one example, H×W×C.
  ///   - elementType: what the input is made of: `float32`, or `int32` for words and classes by their numbers.
  ///   - path: a safetensors, PyTorch, NumPy, Keras or Caffe file.
  ///   - backend: what computes.
  /// - Errors: those of the model; a file that is missing or damaged; every missing, surplus and mis-shaped tensor at
  ///   once.
  public convenience init(
    _ model: some Layer, input: Shape, elementType: ElementType = .float32, weights path: String,
    backend: BackendChoice = .onednn
  ) throws {
    let traced = try trace(model, input: input, elementType: elementType)
    try traced.checkMemory()
    self.init(
      traced: traced, model: model, parameters: try Self.converted(WeightFile(contentsOf: path), for: traced),
      classNames: [], preprocessing: nil, name: nil, backend: backend)
  }

  /// The parameters of a model, of the catalogue or not, out of a file of any format that is read here.
  static func converted(
    _ file: WeightFile, for traced: TracedModel, of entry: CatalogueEntry? = nil, except head: [String: Tensor] = [:]
  ) throws -> [String: Tensor] {
    let paths = traced.graph.parameters.map(\.parameter.path)
    if file.names.isEmpty, !paths.isEmpty {
      throw NetworkError("\(file.path): it holds no arrays; give a file of weights")
    }
    let theirs = Set(paths.map(StateDict.name(of:)))
    if file.keras == nil, file.names.count(where: Set(paths).contains) > file.names.count(where: theirs.contains) {
      var tensors = head
      for name in file.names where head[name] == nil { tensors[name] = try file.tensor(name) }
      return try traced.parameters(from: tensors, of: file.path) { FittingEntry.hint(for: file) }
    }
    if let file = file.keras {
      return try KerasWeights(file, for: traced, of: entry).parameters(except: head)
    }
    return try StateDict(file, for: traced, of: entry).parameters(except: head) { FittingEntry.hint(for: file) }
  }

  /// What a file has that the entry's model does without, such as auxiliary heads, or what a training kept beside the
  /// model: the first parts of names.
  package static func leftOut(of file: WeightFile, for entry: CatalogueEntry, _ network: Network) throws -> [String] {
    let (theirs, ours) = (file.names, network.parameters.keys)
    let heads = entry.leftOut.filter { part in
      theirs.contains { $0.hasPrefix(part) } && !ours.contains { $0.hasPrefix(part) }
    }
    let isOurs = file.keras != nil || theirs.allSatisfy(Set(ours).contains)
    let others = isOurs ? [] : try StateDict(file, for: network.traced(), of: entry).outside
    return file.otherStates
      + (heads + others).map { String($0.prefix { $0 != "." }) }.reduce(into: []) { parts, part in
        if !parts.contains(part) { parts.append(part) }
      }
  }

  /// New parameters for what depends on the number of classes.
  private static func drawnHead(
    of entry: CatalogueEntry, in traced: TracedModel, seed: UInt64
  ) throws -> [String: Tensor] {
    let other = try trace(
      entry.make(classes: traced.outputShape.channels + 1), input: traced.inputShape, elementType: entry.elementType)
    let shapes = Dictionary(
      uniqueKeysWithValues: other.graph.parameters.map { ($0.parameter.path, $0.parameter.shape) })
    var head: [String: Tensor] = [:]
    for (_, parameter) in traced.graph.parameters where shapes[parameter.path] != parameter.shape {
      head[parameter.path] = parameter.initializer.tensor(
        shape: parameter.shape, path: parameter.path, seed: seed)
    }
    return head
  }
}

extension CatalogueEntry {
  /// The entry with the options that the names in a file tell.
  fileprivate func fitting(_ file: WeightFile) throws(ZooError) -> CatalogueEntry {
    guard let keras = file.keras else { return try fitting(file.names) }
    return try fitting(kerasLayers: keras.layerNames)
  }

  /// What weights for ImageNet in such a file want done to a picture, as `--preprocessing` takes it.
  package func preprocessing(of file: WeightFile) -> String {
    if file.isCaffe { return "imagenet-caffe" }
    return file.keras == nil ? preprocessing : "imagenet"
  }

  /// What Keras's application calls the layers, if the file is one's.
  package func application(of file: WeightFile) -> KerasNames? {
    guard let layers = file.keras?.layerNames, let keras, !keras.paths(of: layers).isEmpty else { return nil }
    return keras
  }
}
