import FoveaCore

/// The element types of files: more than tensors have.
package enum StoredType: Hashable, Sendable {
  case float16, bfloat16, float32, float64
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case bool

  var byteCount: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// What the elements become in a tensor: other floats float32, other integers int32, truth values uint8.
  var elementType: ElementType {
    switch self {
    case .float16, .float32, .float64: .float32
    case .bfloat16: .bfloat16
    case .int8: .int8
    case .uint8, .bool: .uint8
    case .int16, .int32, .int64, .uint16, .uint32, .uint64: .int32
    }
  }

  /// How a tensor's elements are stored.
  init(_ type: ElementType) {
    self =
      switch type {
      case .float32: .float32
      case .bfloat16: .bfloat16
      case .int8: .int8
      case .uint8: .uint8
      case .int32: .int32
      }
  }

  /// The bytes of an array of this type; `nil` if there are more than a number can say.
  func byteCount(of dimensions: [Int]) -> Int? {
    var count = byteCount
    for dimension in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow, dimension >= 0 else { return nil }
      count = product
    }
    return count
  }

  /// Makes a tensor of stored elements in row-major order; `bytes` holds exactly the shape's.
  ///
  /// - Errors: an integer that does not fit into 32 bits, with its index; `name` is what errors call the array.
  func tensor(
    _ bytes: UnsafeRawBufferPointer, shape: Shape, isBigEndian: Bool = false, path: String, name: String
  ) throws(FormatError) -> Tensor {
    if self == StoredType(elementType), !isBigEndian || byteCount == 1 {  // as it lies in memory
      return Tensor(shape: shape, elementType: elementType) { $0.copyMemory(from: bytes) }
    }
    var outOfRange: (index: Int, value: String)?

    func fill<Stored, E: Element>(_ type: Stored.Type, _ convert: (Stored) -> E?) -> Tensor {
      Tensor(shape: shape, elementType: E.elementType) { target in
        let target = target.bindMemory(to: E.self)
        for i in 0..<shape.count {
          let stored = bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<Stored>.stride, as: Stored.self)
          guard let value = convert(stored) else {
            outOfRange = (i, "\(stored)")
            return
          }
          target[i] = value
        }
      }
    }
    func integers<Stored: FixedWidthInteger>(_ type: Stored.Type) -> Tensor {
      fill(Stored.self) { Int32(exactly: isBigEndian ? Stored(bigEndian: $0) : Stored(littleEndian: $0)) }
    }
    func bits<Stored: FixedWidthInteger, E: Element>(_ type: Stored.Type, _ convert: (Stored) -> E) -> Tensor {
      fill(Stored.self) { convert(isBigEndian ? Stored(bigEndian: $0) : Stored(littleEndian: $0)) }
    }

    let tensor =
      switch self {
      case .float16: bits(UInt16.self) { Float(Float16(bitPattern: $0)) }
      case .bfloat16: bits(UInt16.self) { BFloat16(bitPattern: $0) }
      case .float32: bits(UInt32.self) { Float(bitPattern: $0) }
      case .float64: bits(UInt64.self) { Float(Double(bitPattern: $0)) }
      case .int8: fill(Int8.self) { $0 }
      case .uint8: fill(UInt8.self) { $0 }
      case .bool: fill(UInt8.self) { $0 == 0 ? 0 : 1 as UInt8 }
      case .int16: integers(Int16.self)
      case .int32: integers(Int32.self)
      case .int64: integers(Int64.self)
      case .uint16: integers(UInt16.self)
      case .uint32: integers(UInt32.self)
      case .uint64: integers(UInt64.self)
      }
    if let outOfRange {
      throw FormatError(
        .unsupported, path,
        "\(name) holds \(outOfRange.value) at index \(outOfRange.index), which does not fit into 32 bits")
    }
    return tensor
  }
}
