import CONNX
import FoveaCore
import FoveaFiles

extension ONNXTensor {
  /// - Parameter name: what errors call it.
  /// - Errors: a shape that is impossible, another number of elements than the shape has, elements that are not read, or
  ///   that lie in another file and cannot be read there.
  init(
    _ tensor: OpaquePointer!, path: String, name: String, _ elsewhere: ONNXFile.Elsewhere
  ) throws(FormatError) {
    let (shape, stored, size) = try Self.size(of: tensor, path: path, name: name)
    let type = ONNXType(code: connx_tensor_type(tensor))
    if connx_tensor_is_external(tensor) {
      switch elsewhere {
      case .left: self.init(shape: shape, type: type, content: .elsewhere)
      case .refused:
        throw FormatError(
          .unsupported, path, "the numbers of '\(name)' lie in another file; make it one file with onnx.save_model")
      case .read(let data):
        let (bytes, file) = try data.bytes(of: tensor, count: size, name: name)
        self.init(
          shape: shape, type: type,
          content: try Self.content(bytes, of: file, stored, type, shape: shape, path: path, name: name))
      }
      return
    }
    let elements = connx_tensor_elements(tensor)
    let (bytes, width) = Self.bytes(of: elements, type: stored)
    let (needed, overflow) = width.map { shape.count.multipliedReportingOverflow(by: $0) } ?? (size, false)
    guard !overflow, bytes.count == needed else {
      throw FormatError(
        .damaged, path, "'\(name)' has \(bytes.count) bytes, its shape \(shape) of \(type) needs \(needed)")
    }
    if type.isFloatingPoint {
      self.init(shape: shape, type: type, content: .floats(try Self.floats(bytes, width, stored, shape, path, name)))
    } else {
      let numbers = Self.integers(bytes, width: width ?? stored.byteCount, stored, isRaw: width == nil)
      self.init(shape: shape, type: type, content: .integers(numbers))
    }
  }

  /// What a tensor promises to be: its shape, its type, and the bytes of its elements as the type has them.
  static func size(
    of tensor: OpaquePointer!, path: String, name: String
  ) throws(FormatError) -> (shape: Shape, type: StoredType, bytes: Int) {
    let integers = connx_tensor_dimensions(tensor)
    let dimensions = UnsafeBufferPointer(start: integers.start, count: integers.count).map { Int($0) }
    let type = ONNXType(code: connx_tensor_type(tensor))
    guard let stored = type.stored else {
      throw FormatError(
        .unsupported, path, "'\(name)' is of ONNX's type \(type.code): only truth values, integers and floats are read")
    }
    guard dimensions.count <= 32, let size = stored.byteCount(of: dimensions) else {
      throw FormatError(.damaged, path, "'\(name)' has the impossible shape \(dimensions)")
    }
    return (Shape(dimensions), stored, size)
  }

  /// Elements in another file. Floats of 32 bits stay there, and come from the disk when they are read.
  private static func content(
    _ bytes: UnsafeRawBufferPointer, of file: MappedFile, _ stored: StoredType, _ type: ONNXType, shape: Shape,
    path: String, name: String
  ) throws(FormatError) -> Content {
    guard type.isFloatingPoint else {
      return .integers(integers(bytes, width: stored.byteCount, stored, isRaw: true))
    }
    if stored == .float32, bytes.count > 0, Int(bitPattern: bytes.baseAddress) % stored.byteCount == 0 {
      return .floats(Tensor(shape: shape, elementType: .float32, storage: AlignedBuffer(reading: bytes, of: file)))
    }
    return .floats(try floats(bytes, nil, stored, shape, path, name))
  }

  /// The field that holds the elements, and how wide one is there; no width for raw bytes, which are as the type is.
  private static func bytes(
    of elements: connx_elements, type: StoredType
  ) -> (bytes: UnsafeRawBufferPointer, width: Int?) {
    let raw = UnsafeRawBufferPointer(elements.raw)
    if !raw.isEmpty { return (raw, nil) }
    switch type {
    case .float32: return (UnsafeRawBufferPointer(elements.floats), 4)
    case .float64: return (UnsafeRawBufferPointer(elements.doubles), 8)
    case .int64: return (UnsafeRawBufferPointer(elements.int64s), 8)
    case .uint32, .uint64: return (UnsafeRawBufferPointer(elements.uint64s), 8)
    default: return (UnsafeRawBufferPointer(elements.int32s), 4)
    }
  }

  private static func floats(
    _ bytes: UnsafeRawBufferPointer, _ width: Int?, _ type: StoredType, _ shape: Shape, _ path: String, _ name: String
  ) throws(FormatError) -> Tensor {
    guard width == 4, type.byteCount == 2 else {
      let tensor = try type.tensor(bytes, shape: shape, path: path, name: name)
      return tensor.elementType == .float32 ? tensor : Tensor(tensor.floats, shape: shape)
    }
    // The bits of 16-bit floats, each in an int32.
    return Tensor(
      (0..<shape.count).map { index in
        let bits = UInt16(truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
        return type == .float16 ? Float(Float16(bitPattern: bits)) : Float(BFloat16(bitPattern: bits))
      }, shape: shape)
  }

  private static func integers(
    _ bytes: UnsafeRawBufferPointer, width: Int, _ type: StoredType, isRaw: Bool
  ) -> [Int] {
    func numbers<Stored: FixedWidthInteger>(_ stored: Stored.Type) -> [Int] {
      (0..<(bytes.count / width)).map { index in
        Int(clamping: bytes.loadUnaligned(fromByteOffset: index * width, as: Stored.self))
      }
    }
    switch (type, isRaw) {
    case (.int64, _): return numbers(Int64.self)
    case (.uint64, _), (.uint32, false): return numbers(UInt64.self)
    case (.uint32, true): return numbers(UInt32.self)
    case (.int32, _), (_, false): return numbers(Int32.self)
    case (.int16, true): return numbers(Int16.self)
    case (.uint16, true): return numbers(UInt16.self)
    case (.int8, true): return numbers(Int8.self)
    default: return numbers(UInt8.self)
    }
  }
}
