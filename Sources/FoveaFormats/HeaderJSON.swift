/// The part of JSON that file headers use: objects, arrays, strings and whole numbers.
///
/// Unlike general parsers it keeps the order of names and refuses a name that appears twice.
indirect enum HeaderJSON {
  case object([(name: String, value: HeaderJSON)])
  case array([HeaderJSON])
  case string(String)
  case integer(Int)

  struct Failure: Error {
    /// Counted in bytes from the beginning of the text.
    let position: Int
    let reason: String
  }

  /// - Errors: what was expected, and where. Spaces may follow the value, nothing else.
  init(parsing text: [UInt8]) throws(Failure) {
    var parser = Parser(text: text)
    self = try parser.value(depth: 0)
    parser.skipSpaces()
    guard parser.position == text.count else { throw parser.failure("nothing may follow") }
  }
}

private struct Parser {
  private static let maximumDepth = 16

  let text: [UInt8]
  var position = 0

  init(text: [UInt8]) { self.text = text }

  func failure(_ reason: String) -> HeaderJSON.Failure { HeaderJSON.Failure(position: position, reason: reason) }

  mutating func skipSpaces() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  /// Goes past `character` if it comes next, after spaces.
  private mutating func skip(_ character: Character) -> Bool {
    skipSpaces()
    guard position < text.count, text[position] == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Character) throws(HeaderJSON.Failure) {
    guard skip(character) else { throw failure("'\(character)' is missing") }
  }

  mutating func value(depth: Int) throws(HeaderJSON.Failure) -> HeaderJSON {
    guard depth < Self.maximumDepth else { throw failure("it is nested more than \(Self.maximumDepth) deep") }
    if skip("{") { return .object(try members(depth: depth)) }
    if skip("[") {
      var values: [HeaderJSON] = []
      if skip("]") { return .array([]) }
      repeat { values.append(try value(depth: depth + 1)) } while skip(",")
      try expect("]")
      return .array(values)
    }
    if skip("\"") { return .string(try string()) }
    return .integer(try integer())
  }

  private mutating func members(depth: Int) throws(HeaderJSON.Failure) -> [(name: String, value: HeaderJSON)] {
    var members: [(name: String, value: HeaderJSON)] = []
    var names: Set<String> = []
    if skip("}") { return [] }
    repeat {
      try expect("\"")
      let name = try string()
      guard names.insert(name).inserted else { throw failure("the name '\(name)' appears twice") }
      try expect(":")
      members.append((name, try value(depth: depth + 1)))
    } while skip(",")
    try expect("}")
    return members
  }

  private mutating func integer() throws(HeaderJSON.Failure) -> Int {
    let isNegative = skip("-")
    let start = position
    var number = 0
    while position < text.count, (0x30...0x39).contains(text[position]) {
      let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(text[position]) - 0x30)
      guard !overflow, !carry else { throw failure("the number has more than 63 bits") }
      (number, position) = (sum, position + 1)
    }
    guard position > start, position == text.count || ![0x2E, 0x45, 0x65].contains(text[position]) else {
      throw failure("a whole number is needed")
    }
    return isNegative ? -number : number
  }

  /// What stands up to the next quotation mark; the first one is behind us.
  private mutating func string() throws(HeaderJSON.Failure) -> String {
    var bytes: [UInt8] = []
    while position < text.count {
      let byte = text[position]
      position += 1
      switch byte {
      case 0x22:
        guard let string = String(validating: bytes, as: UTF8.self) else { throw failure("the text is not UTF-8") }
        return string
      case 0x5C: bytes += Array(String(try escaped()).utf8)
      case 0..<0x20: throw failure("a control character must be escaped")
      default: bytes.append(byte)
      }
    }
    throw failure("a text has no end")
  }

  private mutating func escaped() throws(HeaderJSON.Failure) -> Unicode.Scalar {
    guard position < text.count else { throw failure("a text has no end") }
    position += 1
    switch text[position - 1] {
    case 0x22: return "\""
    case 0x5C: return "\\"
    case 0x2F: return "/"
    case 0x62: return "\u{8}"
    case 0x66: return "\u{C}"
    case 0x6E: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x75:
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code), position + 1 < text.count, text[position] == 0x5C, text[position + 1] == 0x75
      {
        position += 2
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw failure("half a character") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half a character") }
      return scalar
    default: throw failure("no such escape")
    }
  }

  private mutating func hexadecimal() throws(HeaderJSON.Failure) -> UInt32 {
    let digits = text[position..<min(position + 4, text.count)]
    guard digits.count == 4, let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), digits.first != 0x2B
    else { throw failure("four hexadecimal digits are needed") }
    position += 4
    return code
  }
}

extension HeaderJSON {
  /// A text as JSON, in quotation marks.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
