/// Walks over the fields of a protobuf message in memory; messages within are parts of the same memory.
///
/// - Source: protobuf.dev, "Encoding".
struct Protobuf {
  struct Failure: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  struct Field {
    let number: Int
    fileprivate let content: Content
  }

  fileprivate enum Content {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(Range<Int>)
  }

  private let bytes: UnsafeRawBufferPointer
  private var position: Int
  private let end: Int

  init(_ bytes: UnsafeRawBufferPointer) { self.init(bytes, 0..<bytes.count) }

  private init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    (self.bytes, position, end) = (bytes, range.lowerBound, range.upperBound)
  }

  /// The next field; `nil` at the end.
  mutating func next() throws(Failure) -> Field? {
    guard position < end else { return nil }
    let tag = try varint()
    guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw Failure("no field has the number \(tag >> 3)") }
    let number = Int(tag >> 3)
    switch tag & 7 {
    case 0: return Field(number: number, content: .varint(try varint()))
    case 1: return Field(number: number, content: .fixed64(try fixed(UInt64.self)))
    case 2:
      let count = try varint()
      guard count <= UInt64(end - position) else { throw Failure("a part of \(count) bytes is cut off") }
      defer { position += Int(count) }
      return Field(number: number, content: .bytes(position..<(position + Int(count))))
    case 5: return Field(number: number, content: .fixed32(try fixed(UInt32.self)))
    default: throw Failure("a field of an unknown kind at byte \(position)")
    }
  }

  private mutating func varint() throws(Failure) -> UInt64 {
    var (value, shift) = (UInt64(0), UInt64(0))
    while position < end, shift < 64 {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw Failure("a number at byte \(position) has no end")
  }

  private mutating func fixed<Number: FixedWidthInteger>(_ type: Number.Type) throws(Failure) -> Number {
    guard end - position >= MemoryLayout<Number>.size else { throw Failure("it is cut off within a number") }
    defer { position += MemoryLayout<Number>.size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
  }
}

// Fields as what they are wanted for.
extension Protobuf {
  private func range(_ field: Field) throws(Failure) -> Range<Int> {
    guard case .bytes(let range) = field.content else { throw Failure("field \(field.number) is a number") }
    return range
  }

  func message(_ field: Field) throws(Failure) -> Protobuf { Protobuf(bytes, try range(field)) }

  func text(_ field: Field) throws(Failure) -> String { String(decoding: bytes[try range(field)], as: UTF8.self) }

  func integer(_ field: Field) throws(Failure) -> Int {
    guard case .varint(let value) = field.content else { throw Failure("field \(field.number) is no whole number") }
    return Int(truncatingIfNeeded: value)
  }

  /// One number, or a row of them.
  func appendIntegers(_ field: Field, to numbers: inout [Int]) throws(Failure) {
    guard case .bytes = field.content else {
      numbers.append(try integer(field))
      return
    }
    var row = try message(field)
    while row.position < row.end { numbers.append(Int(truncatingIfNeeded: try row.varint())) }
  }

  func appendFloats(_ field: Field, to numbers: inout [Float]) throws(Failure) {
    if case .fixed32(let bits) = field.content {
      numbers.append(Float(bitPattern: bits))
    } else {
      try append(field, UInt32.self, to: &numbers) { Float(bitPattern: $0) }
    }
  }

  func appendDoubles(_ field: Field, to numbers: inout [Float]) throws(Failure) {
    if case .fixed64(let bits) = field.content {
      numbers.append(Float(Double(bitPattern: bits)))
    } else {
      try append(field, UInt64.self, to: &numbers) { Float(Double(bitPattern: $0)) }
    }
  }

  private func append<Bits: FixedWidthInteger>(
    _ field: Field, _ type: Bits.Type, to numbers: inout [Float], _ number: (Bits) -> Float
  ) throws(Failure) {
    var row = try message(field)
    numbers.reserveCapacity(numbers.count + (row.end - row.position) / MemoryLayout<Bits>.size)
    while row.position < row.end { numbers.append(number(try row.fixed(type))) }
  }
}
