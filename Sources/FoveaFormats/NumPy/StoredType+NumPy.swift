import FoveaCore

extension StoredType {
  /// What NumPy calls the type; `nil` for bfloat16, which it does not have.
  private var descr: String? {
    switch self {
    case .float16: "<f2"
    case .bfloat16: nil
    case .float32: "<f4"
    case .float64: "<f8"
    case .int8: "|i1"
    case .int16: "<i2"
    case .int32: "<i4"
    case .int64: "<i8"
    case .uint8: "|u1"
    case .uint16: "<u2"
    case .uint32: "<u4"
    case .uint64: "<u8"
    case .bool: "|b1"
    }
  }

  /// The header of a tensor's numbers as this type, and their bytes as a tensor. Fractions are cut off, and what is beyond
  /// a narrow type becomes its nearest end.
  func stored(_ tensor: Tensor) -> (header: [UInt8], tensor: Tensor) {
    guard let descr, self != StoredType(tensor.elementType) else { return NPYFile.stored(tensor) }
    let bytes =
      switch self {
      case .float16: Self.bytes(tensor.floats.map { Float16($0).bitPattern })
      case .float64: Self.bytes(tensor.floats.map { Double($0) })
      case .float32, .bfloat16: Self.bytes(tensor.floats)
      case .int8: integers(tensor, Int8.self)
      case .int16: integers(tensor, Int16.self)
      case .int32: integers(tensor, Int32.self)
      case .int64: integers(tensor, Int64.self)
      case .uint8: integers(tensor, UInt8.self)
      case .uint16: integers(tensor, UInt16.self)
      case .uint32: integers(tensor, UInt32.self)
      case .uint64: integers(tensor, UInt64.self)
      case .bool: Self.bytes(tensor.floats.map { $0 == 0 ? 0 : 1 as UInt8 })
      }
    return (NPYHeader.bytes(descr: descr, shape: tensor.shape), Tensor(bytes, shape: [bytes.count]))
  }

  private static func bytes<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] {
    numbers.withUnsafeBytes { Array($0) }
  }

  private func integers<Number: FixedWidthInteger & BitwiseCopyable>(_ tensor: Tensor, _ type: Number.Type) -> [UInt8] {
    if tensor.elementType == .int32 { return Self.bytes(tensor.array(of: Int32.self).map { Number(clamping: $0) }) }
    return Self.bytes(
      tensor.floats.map { x in
        x.isNaN ? 0 : Number(clamping: Int64(max(min(x, 0x1p62), -0x1p62)))
      })
  }
}
