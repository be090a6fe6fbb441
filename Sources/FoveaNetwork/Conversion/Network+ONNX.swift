import FoveaCompiler
public import FoveaCore
public import FoveaData
import FoveaFiles
package import FoveaFormats
import FoveaLayers
import FoveaONNX

extension Network {
  /// The network of an ONNX file. Images are H×W×C here, C×H×W in the file.
  ///
  /// - Parameters:
  ///   - path: an ONNX file with its weights inside.
  ///   - input: the shape of one example, where the file leaves it open.
  ///   - classNames: by class index.
  ///   - preprocessing: what is done to a picture first; by default its size is made to fit, and bytes become 0...1.
  ///   - backend: what computes.
  /// - Errors: a file that is missing or damaged; operators that are not read, all at once; every node that does not
  ///   take the shapes that it gets; weights that are not finite.
  public convenience init(
    onnx path: String, input: Shape? = nil, classNames: [String] = [], preprocessing: Preprocessing? = nil,
    backend: BackendChoice = .onednn
  ) throws {
    let model = try ONNXModel(contentsOf: path, input: input)
    let (shape, type) = (try model.inputShape(input, path: path), model.inputElementType)
    let traced: TracedModel
    do { traced = try trace(model, input: shape, elementType: type) } catch {
      // A mistake that a batch of the file's own size does not have is none of the model's.
      guard let batch = model.declaredBatch,
        (try? trace(model, input: shape, elementType: type, batchSize: batch)) != nil
      else { throw error }
      throw NetworkError(
        "\(path): its nodes count on batches of \(batch), others cannot pass (\(error.errors[0])); export it with a batch "
          + "of any size (dynamic axes), or use `fovea run` on batches of \(batch)")
    }
    let used = Set(traced.graph.parameters.map(\.parameter.path))
    let name = plainPath(path).split(separator: "/").last.map(String.init) ?? path
    if !classNames.isEmpty, traced.outputShape.rank == 1, classNames.count != traced.outputShape[0] {
      throw NetworkError(
        "\(counted(classNames.count, "class name")) for \(counted(traced.outputShape[0], "output")) of \(name); give one for each, or none"
      )
    }
    self.init(
      traced: traced, model: model,
      parameters: try traced.parameters(from: model.parameters.filter { used.contains($0.key) }, of: path),
      classNames: classNames, preprocessing: preprocessing, name: name, backend: backend)
  }
}

extension Network {
  /// Writes the model as an ONNX file: operators of version 17, images N×C×H×W, a batch of any size.
  ///
  /// The input is called `input` and the output `output`; parameters keep their paths. Preprocessing and class names are
  /// no part of such a file.
  ///
  /// - Errors: operations that ONNX has no operators for, each with its layers; more than 2 GiB; what the system said.
  public func writeONNX(to path: String) throws {
    let graphs = try [2, 3].map { batch in
      var graph = try traced(batchSize: batch).graph
      for pass in [DeadCode(), TransposeRemoval(), CommonSubexpressions()] as [any Pass] { pass.run(on: &graph) }
      return graph
    }
    let graph = try GraphExport.graph(of: graphs[0], beside: graphs[1], parameters: parameters, path: path)
    try ONNXFile.write(graph, to: path)
  }
}

extension ONNXModel {
  /// Whether a path is that of an ONNX file.
  package static func isFile(_ path: String) -> Bool {
    path.lowercased().hasSuffix(".onnx") && FileStatus(path).map { !$0.isDirectory } ?? false
  }

  /// Runs an ONNX file on arrays by its own names, in its own order of axes.
  ///
  /// - Errors: those of the file; an input without an array, or one of another type or shape; operators that are not
  ///   read, all at once; every node that does not take what it gets.
  package static func run(
    _ path: String, on arrays: [String: Tensor], backend: BackendChoice
  ) throws -> [String: Tensor] {
    try runWithTypes(path, on: arrays, backend: backend).outputs
  }

  /// Likewise, with what the file says that its outputs are made of: there may be wider integers than we have.
  package static func runWithTypes(
    _ path: String, on arrays: [String: Tensor], backend: BackendChoice
  ) throws -> (outputs: [String: Tensor], types: [String: StoredType]) {
    let source = try ONNXFile.read(path)
    let call = try ONNXCall(source, arrays: arrays, path: path)
    let results = try backend.run(
      call.graph, on: arrays.mapValues { ONNXCall.prepared($0) }, parameters: call.parameters)
    let outputs = Dictionary(uniqueKeysWithValues: results.map { ($0, call.finished($1, name: $0)) })
    var types: [String: StoredType] = [:]
    for (name, output) in outputs {
      guard let type = call.outputTypes[name], type.isFloatingPoint == output.elementType.isFloatingPoint else {
        continue
      }
      types[name] = type.stored
    }
    return (outputs, types)
  }
}
