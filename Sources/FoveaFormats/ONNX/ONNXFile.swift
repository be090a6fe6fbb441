import CONNX
import FoveaCore
import FoveaFiles

/// ONNX files, read by ONNX's own protobuf classes. Nothing in them is run, and no other file is opened.
package enum ONNXFile {
  /// The first operators that are read; before them, shapes were attributes.
  package static let oldestOpset = 6

  /// - Parameter allowsElsewhere: whether initializers may lie in another file, as those of a model file do.
  /// - Errors: no such file; no ONNX model; damaged; what is not read here: old operators, functions, sparse tensors,
  ///   elements of another kind, elements in another file.
  package static func read(_ path: String, allowsElsewhere: Bool = false) throws(FormatError) -> ONNXGraph {
    let file = try asFormatError { () throws(FileError) in try MappedFile(path) }
    return try file.withBytes { bytes throws(FormatError) in
      try read(bytes, path: path, allowsElsewhere: allowsElsewhere)
    }
  }

  package static func read(
    _ bytes: UnsafeRawBufferPointer, path: String, allowsElsewhere: Bool = false
  ) throws(FormatError) -> ONNXGraph {
    var result = connx_sound
    guard let model = connx_parse(bytes.baseAddress, bytes.count, &result) else { throw error(result, path) }
    defer { connx_free(model) }
    guard connx_has_graph(model), connx_node_count(model) > 0 || connx_output_count(model) > 0 else {
      throw FormatError(.damaged, path, "no ONNX model: it holds no graph")
    }
    let opset = Int(connx_opset(model))
    guard opset >= oldestOpset else {
      throw FormatError(
        .unsupported, path,
        "its operators are of version \(opset), from \(oldestOpset) on they are read; convert it with onnx.version_converter"
      )
    }
    guard !connx_has_functions(model) else {
      throw FormatError(.unsupported, path, "it defines functions; replace them by their nodes with onnx.inliner")
    }
    guard !connx_has_sparse_initializers(model) else {
      throw FormatError(.unsupported, path, "it has sparse initializers, which are not read here")
    }
    var graph = ONNXGraph(opset: opset)
    for i in 0..<connx_initializer_count(model) {
      let stored = connx_initializer_at(model, i)!
      let name = String(connx_tensor_name(stored))
      let tensor = try ONNXTensor(stored, path: path, name: name)
      if case .elsewhere = tensor.content, !allowsElsewhere {
        throw FormatError(
          .unsupported, path, "the numbers of '\(name)' lie in another file; make it one file with onnx.save_model")
      }
      graph.initializers[name] = tensor
      connx_release_initializer(model, i)  // of large models, only one copy stays
    }
    graph.inputs = (0..<connx_input_count(model)).map { ONNXPort(connx_input_at(model, $0)) }
      .filter { graph.initializers[$0.name] == nil }
    graph.outputs = (0..<connx_output_count(model)).map { ONNXPort(connx_output_at(model, $0)) }
    for i in 0..<connx_node_count(model) { graph.nodes.append(try ONNXNode(connx_node_at(model, i), path: path)) }
    return graph
  }

  /// The bytes of a file without large parts.
  package static func bytes(_ path: String) throws(FormatError) -> [UInt8] {
    try asFormatError { () throws(FileError) in try readFile(path, limit: 1 << 30) }
  }

  /// The file's bytes without the numbers of some initializers, which then are said to lie in the file `location`.
  package static func stripped(
    _ path: String, of names: some Sequence<String>, location: String
  ) throws(FormatError) -> [UInt8] {
    let file = try asFormatError { () throws(FileError) in try MappedFile(path) }
    let list = names.flatMap { Array($0.utf8) + [0] }.map { CChar(bitPattern: $0) }
    var stripped: [UInt8] = []
    let result = file.withBytes { bytes in
      withUnsafeMutablePointer(to: &stripped) { target in
        connx_strip(
          bytes.baseAddress, bytes.count, list, list.count, location,
          { context, bytes in
            context!.assumingMemoryBound(to: [UInt8].self).pointee = [UInt8](UnsafeRawBufferPointer(bytes))
          }, target)
      }
    }
    guard result == connx_sound else { throw error(result, path) }
    return stripped
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
  fileprivate init(_ node: OpaquePointer!, path: String) throws(FormatError) {
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
      attributes[String(connx_attribute_name(attribute))] = try ONNXAttribute(attribute, path: path, node: title)
    }
  }
}

extension ONNXAttribute {
  fileprivate init(_ attribute: OpaquePointer!, path: String, node: String) throws(FormatError) {
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
      let tensor = try ONNXTensor(connx_attribute_as_tensor(attribute), path: path, name: "the constant of \(node)")
      if case .elsewhere = tensor.content {
        throw FormatError(.unsupported, path, "the constant of \(node) lies in another file, which is not read")
      }
      self = .tensor(tensor)
    case connx_attribute_graph:
      let graph = connx_attribute_as_graph(attribute)
      guard !connx_graph_has_initializers(graph) else {
        self = .other
        return
      }
      var nodes: [ONNXNode] = []
      for i in 0..<connx_graph_node_count(graph) {
        nodes.append(try ONNXNode(connx_graph_node_at(graph, i), path: path))
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
  fileprivate init(_ bytes: connx_bytes) { self.init(decoding: UnsafeRawBufferPointer(bytes), as: UTF8.self) }
}

extension UnsafeRawBufferPointer {
  init(_ bytes: connx_bytes) { self.init(start: bytes.start, count: bytes.count) }
}
