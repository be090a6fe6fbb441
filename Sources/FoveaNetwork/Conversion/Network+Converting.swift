public import FoveaCore
public import FoveaData
import FoveaFormats
import FoveaLayers
import FoveaZoo

extension Network {
  /// A model of the catalogue with weights that other software trained.
  ///
  /// Tensors are found by the names and arrangements of torchvision or timm, or of our own files.
  ///
  /// - Parameters:
  ///   - name: of the catalogue, with options: `resnet20`, `mobilenet-v1:width=0.5,input=160,classes=1001`.
  ///   - path: a safetensors, PyTorch or NumPy file.
  ///   - input: the shape of one example, if not the model's own.
  ///   - newHead: so many outputs in place of the file's; what depends on their number is drawn anew from `seed`.
  ///   - classNames: by class index.
  ///   - preprocessing: what is done to a picture first; by default its size is made to fit, and bytes become 0...1.
  ///   - seed: decides what is drawn at random.
  ///   - backend: what computes.
  /// - Errors: a file that is missing or damaged; every missing, surplus and mis-shaped tensor at once.
  public convenience init(
    named name: String, weights path: String, input: Shape? = nil, newHead: Int? = nil, classNames: [String] = [],
    preprocessing: Preprocessing? = nil, seed: UInt64 = 0, backend: BackendChoice = .onednn
  ) throws {
    let entry = try Catalogue.entry(for: name)
    guard let input = input ?? entry.input else {
      throw NetworkError("the model line says no input: begin it with 'input HxWxC - '")
    }
    if newHead != nil, entry.classes == nil {
      throw NetworkError("\(entry.name): its outputs are no choice, so that it can have no new head")
    }
    let model = entry.make(classes: newHead)
    let traced = try trace(model, input: input, elementType: entry.elementType)
    let file = try WeightFile(contentsOf: path)
    let head = newHead == nil ? [:] : try Self.drawnHead(of: entry, in: traced, seed: seed)
    let ours = Set(traced.graph.parameters.map(\.parameter.path))
    let parameters: [String: Tensor]
    if file.names.allSatisfy(ours.contains), head.isEmpty {
      var tensors: [String: Tensor] = [:]
      for name in file.names { tensors[name] = try file.tensor(name) }
      parameters = try traced.parameters(from: tensors, of: path)
    } else {
      parameters = try StateDict(file, for: traced, otherNames: entry.otherNames, leftOut: entry.leftOut).parameters(
        except: head)
    }
    let outputs = newHead ?? entry.classes
    if !classNames.isEmpty, let outputs, classNames.count != outputs {
      throw NetworkError(
        "\(classNames.count) class names for \(outputs) outputs of \(entry.name); give one for each, or none")
    }
    self.init(
      traced: traced, model: model, parameters: parameters, classNames: classNames, preprocessing: preprocessing,
      name: entry.name, backend: backend)
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
