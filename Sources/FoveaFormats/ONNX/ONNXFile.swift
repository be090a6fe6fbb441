import CONNX
import FoveaCore
import FoveaFiles

/// ONNX files, read by ONNX's own protobuf classes. Nothing in them is run, and no file outside their folder is opened.
package enum ONNXFile {
  /// The first operators that are read; before them, shapes were attributes.
  package static let oldestOpset = 6

  /// The last whose meaning is known here.
  package static let newestOpset = 28

  /// - Parameter isStripped: whether it is the part of a model file, with its parameters elsewhere: they are left there.
  /// - Errors: no such file; no ONNX model; damaged; what is not read here: operators of other versions, functions,
  ///   sparse tensors, elements of another kind; elements in another file that is not as it should be.
  package static func read(_ path: String, isStripped: Bool = false) throws(FormatError) -> ONNXGraph {
    let file = try asFormatError { () throws(FileError) in try MappedFile(path) }
    let elsewhere = isStripped ? Elsewhere.left : .read(ONNXExternalData(of: path))
    return try file.withBytes { bytes throws(FormatError) in try read(bytes, path: path, elsewhere) }
  }

  /// Reads an ONNX file that is in memory.
  ///
  /// - Errors: as those of a file; any elements in another file.
  package static func read(_ bytes: UnsafeRawBufferPointer, path: String) throws(FormatError) -> ONNXGraph {
    try read(bytes, path: path, .refused)
  }

  /// What becomes of elements in another file.
  enum Elsewhere {
    case refused, left
    case read(ONNXExternalData)
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, path: String, _ elsewhere: Elsewhere
  ) throws(FormatError) -> ONNXGraph {
    var result = connx_sound
    guard let model = connx_parse(bytes.baseAddress, bytes.count, &result) else { throw error(result, path) }
    defer { connx_free(model) }
    try check(model, path)
    var graph = ONNXGraph(opset: Int(connx_opset(model)))
    for i in 0..<connx_initializer_count(model) {
      let stored = connx_initializer_at(model, i)!
      let name = String(connx_tensor_name(stored))
      graph.initializers[name] = try ONNXTensor(stored, path: path, name: name, elsewhere)
      connx_release_initializer(model, i)  // of large models, only one copy stays
    }
    graph.inputs = (0..<connx_input_count(model)).map { ONNXPort(connx_input_at(model, $0)) }
      .filter { graph.initializers[$0.name] == nil }
    graph.outputs = (0..<connx_output_count(model)).map { ONNXPort(connx_output_at(model, $0)) }
    for i in 0..<connx_node_count(model) {
      graph.nodes.append(try ONNXNode(connx_node_at(model, i), path: path, elsewhere))
    }
    try graph.checkNames(path)
    return graph
  }

  /// - Errors: what makes the model none that is read here, before its parts are looked at.
  private static func check(_ model: OpaquePointer, _ path: String) throws(FormatError) {
    guard connx_has_graph(model), connx_node_count(model) > 0 || connx_output_count(model) > 0 else {
      throw FormatError(.damaged, path, "no ONNX model: it holds no graph")
    }
    guard connx_output_count(model) > 0 else {
      throw FormatError(.damaged, path, "its graph has no outputs: there is nothing to compute; export the model anew")
    }
    let opset = Int(connx_opset(model))
    guard (oldestOpset...newestOpset).contains(opset) else {
      throw FormatError(
        .unsupported, path,
        "its operators are of version \(opset), and \(oldestOpset) to \(newestOpset) are read; "
          + "convert it with onnx.version_converter")
    }
    guard !connx_has_functions(model) else {
      throw FormatError(.unsupported, path, "it defines functions; replace them by their nodes with onnx.inliner")
    }
    guard !connx_has_sparse_initializers(model) else {
      throw FormatError(.unsupported, path, "it has sparse initializers, which are not read here")
    }
  }

  /// The bytes of a file without large parts.
  package static func bytes(_ path: String) throws(FormatError) -> [UInt8] {
    try asFormatError { () throws(FileError) in try readFile(path, limit: 1 << 30) }
  }

  /// The file's bytes without the numbers of some initializers, which then are said to lie in the file `location`. Other
  /// numbers that lie elsewhere are taken in.
  package static func stripped(
    _ path: String, of names: some Sequence<String>, location: String
  ) throws(FormatError) -> [UInt8] {
    let file = try asFormatError { () throws(FileError) in try MappedFile(path) }
    let list = names.flatMap { Array($0.utf8) + [0] }.map { CChar(bitPattern: $0) }
    var stripping = Stripping(path: path)
    let result = file.withBytes { bytes in
      withUnsafeMutablePointer(to: &stripping) { stripping in
        connx_strip(
          bytes.baseAddress, bytes.count, list, list.count, location,
          { context, tensor in context!.assumingMemoryBound(to: Stripping.self).pointee.bytes(of: tensor) },
          { context, bytes in
            context!.assumingMemoryBound(to: Stripping.self).pointee.result = [UInt8](UnsafeRawBufferPointer(bytes))
          }, stripping)
      }
    }
    if let error = stripping.error { throw error }
    guard result == connx_sound else { throw error(result, path) }
    return stripping.result
  }

  /// What comes of taking the parameters out.
  private struct Stripping {
    let external: ONNXExternalData
    let path: String
    var result: [UInt8] = []
    var error: FormatError?

    init(path: String) { (self.path, external) = (path, ONNXExternalData(of: path)) }

    /// The elements of a tensor in another file; none, and an error, if they cannot be read.
    mutating func bytes(of tensor: OpaquePointer?) -> connx_bytes {
      do throws(FormatError) {
        let name = String(connx_tensor_name(tensor))
        let (bytes, _) = try external.bytes(
          of: tensor, count: ONNXTensor.size(of: tensor, path: path, name: name).bytes, name: name)
        // What has no elements has an address all the same: no address would say that it could not be read.
        let start = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!
        return connx_bytes(start: start.assumingMemoryBound(to: CChar.self), count: bytes.count)
      } catch {
        self.error = error
        return connx_bytes(start: nil, count: 0)
      }
    }
  }

  private static func error(_ result: connx_result, _ path: String) -> FormatError {
    switch result {
    case connx_too_many_parts:
      FormatError(.unsupported, path, "it has more parts than a network has nodes: damaged, or made to use up memory")
    case connx_no_memory: FormatError(.system, path, "there is not enough memory to read it")
    default: FormatError(.damaged, path, "no ONNX model, or a damaged one: its parts do not add up")
    }
  }
}

extension ONNXPort {
  fileprivate init(_ value: OpaquePointer!) {
    let rank = Int(connx_value_rank(value))
    name = String(connx_value_name(value))
    type = ONNXType(code: connx_value_type(value))
    dimensions =
      rank < 0
      ? nil
      : (0..<rank).map { axis in
        let size = Int(connx_value_dimension(value, axis))
        return size > 0 ? size : nil
      }
  }
}

extension ONNXNode {
  fileprivate init(
    _ node: OpaquePointer!, path: String, _ elsewhere: ONNXFile.Elsewhere
  ) throws(FormatError) {
    name = String(connx_node_name(node))
    type = String(connx_node_type(node))
    let domain = String(connx_node_domain(node))
    self.domain = domain == "ai.onnx" ? "" : domain
    inputs = (0..<connx_node_input_count(node)).map { String(connx_node_input(node, $0)) }
    outputs = (0..<connx_node_output_count(node)).map { String(connx_node_output(node, $0)) }
    attributes = [:]
    for i in 0..<connx_node_attribute_count(node) {
      let attribute = connx_node_attribute(node, i)
      let title = name.isEmpty ? type : name
      attributes[String(connx_attribute_name(attribute))] = try ONNXAttribute(
        attribute, path: path, node: title, elsewhere)
    }
  }
}

extension ONNXAttribute {
  fileprivate init(
    _ attribute: OpaquePointer!, path: String, node: String, _ elsewhere: ONNXFile.Elsewhere
  ) throws(FormatError) {
    switch connx_attribute_kind_of(attribute) {
    case connx_attribute_integer: self = .integer(Int(connx_attribute_as_integer(attribute)))
    case connx_attribute_float: self = .float(connx_attribute_as_float(attribute))
    case connx_attribute_text: self = .text(String(connx_attribute_as_text(attribute)))
    case connx_attribute_integers:
      let integers = connx_attribute_as_integers(attribute)
      self = .integers(UnsafeBufferPointer(start: integers.start, count: integers.count).map { Int($0) })
    case connx_attribute_floats:
      let floats = UnsafeRawBufferPointer(connx_attribute_as_floats(attribute))
      self = .floats([Float](floats.bindMemory(to: Float.self)))
    case connx_attribute_tensor:
      let tensor = connx_attribute_as_tensor(attribute)
      self = .tensor(try ONNXTensor(tensor, path: path, name: "the constant of \(node)", elsewhere))
    case connx_attribute_graph:
      let graph = connx_attribute_as_graph(attribute)
      guard !connx_graph_has_initializers(graph) else {
        self = .other
        return
      }
      var nodes: [ONNXNode] = []
      for i in 0..<connx_graph_node_count(graph) {
        nodes.append(try ONNXNode(connx_graph_node_at(graph, i), path: path, elsewhere))
      }
      let outputs = (0..<connx_graph_output_count(graph)).map {
        String(connx_value_name(connx_graph_output_at(graph, $0)))
      }
      self = .branch(ONNXBranch(nodes: nodes, outputs: outputs))
    default: self = .other
    }
  }
}

extension String {
  init(_ bytes: connx_bytes) { self.init(decoding: UnsafeRawBufferPointer(bytes), as: UTF8.self) }
}

extension UnsafeRawBufferPointer {
  init(_ bytes: connx_bytes) { self.init(start: bytes.start, count: bytes.count) }
}
