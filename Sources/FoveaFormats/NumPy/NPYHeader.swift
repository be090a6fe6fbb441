import FoveaCore

/// The header of NumPy's array format: what the elements are and how they lie.
///
/// - Source: NumPy documentation, "numpy.lib.format", versions 1.0 to 3.0.
struct NPYHeader {
  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  var type: StoredType
  var isBigEndian: Bool
  var isFortranOrder: Bool
  var shape: Shape

  /// The bytes of all elements.
  let byteCount: Int

  struct Failure: Error {
    let kind: FormatError.Kind
    let reason: String

    init(_ reason: String, kind: FormatError.Kind = .damaged) { (self.reason, self.kind) = (reason, kind) }
  }

  /// The number of bytes after the first eight that say how long the header is, and then the header itself.
  static func lengthField(_ start: [UInt8]) throws(Failure) -> Int {
    guard start.count == 8, start.starts(with: magic) else { throw Failure("it is no NumPy array") }
    switch start[6] {
    case 1: return 2
    case 2, 3: return 4
    default:
      throw Failure("it has version \(start[6]).\(start[7]) of NumPy's format, 1 to 3 are read", kind: .unsupported)
    }
  }

  static func length(_ field: [UInt8]) -> Int { field.reversed().reduce(0) { $0 << 8 | Int($1) } }

  /// Reads the dictionary that describes the array, written as in Python.
  init(parsing text: [UInt8]) throws(Failure) {
    var parser = PythonLiteral(text: text)
    var (descr, order, dimensions): (String?, Bool?, [Int]?)
    guard let members = parser.dictionary() else { throw Failure("its header is malformed at byte \(parser.position)") }
    for (key, value) in members {
      switch (key, value) {
      case ("descr", .text(let text)): descr = text
      case ("descr", _): throw Failure("its elements are records, which are not read here", kind: .unsupported)
      case ("fortran_order", .truth(let truth)): order = truth
      case ("shape", .numbers(let numbers)): dimensions = numbers
      default: throw Failure("its header has an unknown entry '\(key)'")
      }
    }
    guard let descr, let order, let dimensions else {
      throw Failure("its header lacks descr, fortran_order or shape")
    }
    (type, isBigEndian) = try Self.element(descr)
    guard dimensions.count <= 32, let size = type.byteCount(of: dimensions) else {
      throw Failure("its shape \(Shape(dimensions)) is impossible")
    }
    (isFortranOrder, shape, byteCount) = (order, Shape(dimensions), size)
  }

  /// `<f4` and the like: byte order, kind, size.
  private static func element(_ descr: String) throws(Failure) -> (StoredType, isBigEndian: Bool) {
    let types: [Substring: StoredType] = [
      "f2": .float16, "f4": .float32, "f8": .float64, "b1": .bool,
      "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
      "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64,
    ]
    let hasOrder = ["<", ">", "|", "="].contains { descr.hasPrefix($0) }
    guard let type = types[hasOrder ? descr.dropFirst() : descr[...]] else {
      throw Failure("its elements are '\(descr)', only truth values, integers and floats are read", kind: .unsupported)
    }
    return (type, descr.hasPrefix(">"))
  }

  /// A header for `shape`, little-endian and in row-major order, with magic and padding: a multiple of 64 bytes.
  static func bytes(descr: String, shape: Shape) -> [UInt8] {
    let dimensions = shape.dimensions.map { "\($0)," }.joined(separator: " ")
    let tuple = shape.rank == 1 ? "(\(dimensions))" : "(\(dimensions.dropLast(shape.rank > 1 ? 1 : 0)))"
    var text = Array("{'descr': '\(descr)', 'fortran_order': False, 'shape': \(tuple), }".utf8)
    text += repeatElement(0x20, count: (64 - (10 + text.count + 1) % 64) % 64)
    text.append(0x0A)
    return magic + [1, 0, UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + text
  }
}

/// The part of Python's notation that array headers use.
private struct PythonLiteral {
  enum Value {
    case text(String)
    case truth(Bool)
    case numbers([Int])
    /// A list: the description of records.
    case list
  }

  let text: [UInt8]
  var position = 0

  init(text: [UInt8]) { self.text = text }

  /// `nil` if it is not one; `position` is where it stops making sense.
  mutating func dictionary() -> [(key: String, value: Value)]? {
    guard skip("{") else { return nil }
    var members: [(key: String, value: Value)] = []
    while !skip("}") {
      guard let key = string(), skip(":"), let value = value(), !members.contains(where: { $0.key == key }) else {
        return nil
      }
      members.append((key, value))
      if case .list = value { return members }  // the rest does not matter
      if !skip(",") {
        guard skip("}") else { return nil }
        break
      }
    }
    skipSpaces()
    return position == text.count ? members : nil
  }

  private mutating func value() -> Value? {
    if skip("True") { return .truth(true) }
    if skip("False") { return .truth(false) }
    if skip("[") { return .list }
    if skip("(") {
      var numbers: [Int] = []
      while !skip(")") {
        guard let number = number() else { return nil }
        numbers.append(number)
        if !skip(",") { return skip(")") ? .numbers(numbers) : nil }
      }
      return .numbers(numbers)
    }
    return string().map(Value.text)
  }

  private mutating func string() -> String? {
    skipSpaces()
    guard position < text.count, text[position] == 0x27 || text[position] == 0x22 else { return nil }
    guard let end = text[(position + 1)...].firstIndex(of: text[position]) else { return nil }
    defer { position = end + 1 }
    return String(validating: text[(position + 1)..<end], as: UTF8.self)
  }

  private mutating func number() -> Int? {
    skipSpaces()
    let digits = text[position...].prefix { (0x30...0x39).contains($0) }
    defer { position += digits.count }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  private mutating func skipSpaces() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  private mutating func skip(_ word: String) -> Bool {
    skipSpaces()
    guard text[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }
}
