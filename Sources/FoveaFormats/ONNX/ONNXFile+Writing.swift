import CONNX
import FoveaCore
import FoveaFiles

extension ONNXFile {
  /// The file format's version that belongs to the operators of version 17.
  private static let irVersion: Int64 = 8

  /// Writes a graph. A dimension that is `nil` stands for any size, the batch's.
  ///
  /// - Errors: what the system said; more than the 2 GiB that such a file can hold.
  package static func write(_ graph: ONNXGraph, to path: String) throws(FormatError) {
    guard let writer = connx_writer_new("fovea", irVersion, Int64(graph.opset)) else { throw noMemory(path) }
    defer { connx_writer_free(writer) }
    for port in graph.inputs {
      let sizes = port.sizes
      connx_writer_add_input(writer, port.name, port.type.code, sizes, sizes.count, "batch")
    }
    for port in graph.outputs {
      let sizes = port.sizes
      connx_writer_add_output(writer, port.name, port.type.code, sizes, sizes.count, "batch")
    }
    for (name, tensor) in graph.initializers.sorted(by: { $0.key < $1.key }) { add(tensor, name, to: writer) }
    for node in graph.nodes { add(node, to: writer) }
    try asFormatError { () throws(FileError) in
      try AtomicFile.write(to: path) { file throws(FileError) in try write(writer, to: file) }
    }
  }

  private static func noMemory(_ path: String) -> FormatError {
    FormatError(.system, path, "could not be written: there is not enough memory")
  }

  private static func add(_ tensor: ONNXTensor, _ name: String, to writer: OpaquePointer) {
    let sizes = tensor.shape.dimensions.map { Int64($0) }
    func add(_ bytes: UnsafeRawBufferPointer) {
      let elements = connx_bytes(start: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count: bytes.count)
      connx_writer_add_initializer(writer, name, tensor.type.code, sizes, sizes.count, elements)
    }
    switch tensor.content {
    case .floats(let floats): floats.withUnsafeBytes(add)
    case .integers(let integers): integers.map { Int64($0) }.withUnsafeBytes(add)
    case .elsewhere: preconditionFailure("what is written has its numbers")
    }
  }

  private static func add(_ node: ONNXNode, to writer: OpaquePointer) {
    func withNames(_ names: [String], _ body: (connx_bytes) -> Void) {
      let list = names.flatMap { Array($0.utf8CString) }
      list.withUnsafeBufferPointer { body(connx_bytes(start: $0.baseAddress, count: $0.count)) }
    }
    withNames(node.inputs) { inputs in
      withNames(node.outputs) { connx_writer_add_node(writer, node.type, node.name, inputs, $0) }
    }
    for (name, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
      switch attribute {
      case .integer(let value): connx_writer_add_integer(writer, name, Int64(value))
      case .float(let value): connx_writer_add_float(writer, name, value)
      case .text(let text): connx_writer_add_text(writer, name, text)
      case .integers(let values): connx_writer_add_integers(writer, name, values.map { Int64($0) }, values.count)
      case .floats(let values): connx_writer_add_floats(writer, name, values, values.count)
      case .tensor, .branch, .other: preconditionFailure("no operator that is written has such an attribute")
      }
    }
  }

  private static func write(_ writer: OpaquePointer, to file: OpenFile) throws(FileError) {
    var target = Target(file: file)
    let result = withUnsafeMutablePointer(to: &target) { target in
      connx_writer_write(
        writer,
        { context, bytes in
          let target = context!.assumingMemoryBound(to: Target.self)
          do throws(FileError) { try target.pointee.file.write(UnsafeRawBufferPointer(bytes)) } catch {
            target.pointee.error = error
            return false
          }
          return true
        }, target)
    }
    switch result {
    case connx_written: return
    case connx_writer_too_large:
      throw FileError(
        .system, file.path, "an ONNX file ends at 2 GiB, and the model is larger; write it as safetensors instead")
    case connx_writer_no_memory: throw FileError(.system, file.path, "there is not enough memory")
    default: throw target.error ?? FileError(.system, file.path, "the writing stopped")
    }
  }

  /// Where the bytes go, and what went wrong there.
  private struct Target {
    let file: OpenFile
    var error: FileError?
  }
}

extension ONNXPort {
  /// −1 for what is open.
  fileprivate var sizes: [Int64] { (dimensions ?? []).map { $0.map(Int64.init) ?? -1 } }
}
