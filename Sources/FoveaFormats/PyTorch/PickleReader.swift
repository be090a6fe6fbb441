import FoveaCore

/// Reads one pickle stream of numbers, texts, containers and tensors, and runs nothing: a global that is none of these
/// ends the reading with its name.
///
/// - Source: Python's `pickletools`, protocols 0 to 5; PyTorch's `torch.serialization`.
struct PickleReader {
  struct Failure: Error {
    let kind: FormatError.Kind
    let reason: String

    init(_ reason: String, kind: FormatError.Kind = .damaged) { (self.kind, self.reason) = (kind, reason) }
  }

  private let bytes: UnsafeRawBufferPointer
  /// Where the next opcode is; after `read`, where the stream ended.
  private(set) var position: Int
  private(set) var heap = PickleHeap()
  private var stack: [PickleValue] = []
  /// The heights of the stack at which marks were set.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  /// How many values calls have walked over: a stream may name a long list often.
  private var walked = 0

  init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) { (self.bytes, self.position) = (bytes, position) }

  /// The value of the stream up to its end mark.
  mutating func read() throws(Failure) -> PickleValue {
    while true {
      let opcode = try byte()
      if opcode == UInt8(ascii: ".") { return try pop() }
      try run(opcode)
    }
  }

  private mutating func run(_ opcode: UInt8) throws(Failure) {
    switch opcode {
    case 0x80: _ = try byte()  // protocol
    case 0x95: _ = try unsigned(8)  // frame
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popMark()
    case UInt8(ascii: "2"): stack.append(try top())
    case UInt8(ascii: "N"), UInt8(ascii: "J"), UInt8(ascii: "K"), UInt8(ascii: "M"), 0x88, 0x89, 0x8a, 0x8b,
      UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "F"), UInt8(ascii: "G"):
      stack.append(try number(opcode))
    case UInt8(ascii: "X"): stack.append(.text(try text(4)))
    case 0x8c: stack.append(.text(try text(1)))
    case 0x8d: stack.append(.text(try text(8)))
    case UInt8(ascii: "T"): stack.append(.text(try text(4)))
    case UInt8(ascii: "U"): stack.append(.text(try text(1)))
    case UInt8(ascii: "V"): stack.append(.text(try line()))
    case UInt8(ascii: "S"): stack.append(.text(try quotedLine()))
    case UInt8(ascii: "B"): stack.append(.bytes(try counted(4)))
    case UInt8(ascii: "C"): stack.append(.bytes(try counted(1)))
    case 0x8e, 0x96: stack.append(.bytes(try counted(8)))
    case UInt8(ascii: "]"), UInt8(ascii: "l"), UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: ")"),
      UInt8(ascii: "t"), 0x85, 0x86, 0x87, UInt8(ascii: "}"), UInt8(ascii: "d"), UInt8(ascii: "s"), UInt8(ascii: "u"),
      0x8f, 0x90, 0x91:
      try container(opcode)
    case UInt8(ascii: "p"): memo[try decimal(line())] = try top()
    case UInt8(ascii: "q"): memo[Int(try byte())] = try top()
    case UInt8(ascii: "r"): memo[try unsigned(4)] = try top()
    case 0x94: memo[memo.count] = try top()
    case UInt8(ascii: "g"): try recall(decimal(line()))
    case UInt8(ascii: "h"): try recall(Int(byte()))
    case UInt8(ascii: "j"): try recall(unsigned(4))
    case UInt8(ascii: "c"): try global(module: line(), name: line())
    case 0x93:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw damage("a global without a name")
      }
      try global(module: module, name: name)
    case UInt8(ascii: "R"): try call()
    case UInt8(ascii: "b"): try build()
    case UInt8(ascii: "Q"): try persistent(pop())
    default:
      throw damage("an instruction that is not read here, 0x\(String(opcode, radix: 16))")
    }
  }

  private func damage(_ what: String) -> Failure { Failure("\(what), before byte \(position) of the pickle stream") }

  private mutating func number(_ opcode: UInt8) throws(Failure) -> PickleValue {
    switch opcode {
    case UInt8(ascii: "N"): .none
    case 0x88: .bool(true)
    case 0x89: .bool(false)
    case UInt8(ascii: "J"): .integer(Int(Int32(truncatingIfNeeded: try unsigned(4))))
    case UInt8(ascii: "K"): .integer(Int(try byte()))
    case UInt8(ascii: "M"): .integer(try unsigned(2))
    case 0x8a: Self.integer(try counted(1))
    case 0x8b: Self.integer(try counted(4))
    case UInt8(ascii: "G"): .float(Double(bitPattern: UInt64(bitPattern: Int64(try unsigned(8))).byteSwapped))
    case UInt8(ascii: "F"): .float(Double(try line()) ?? .nan)
    default: try decimalValue(line())  // I and L
    }
  }

  private func decimalValue(_ line: String) throws(Failure) -> PickleValue {
    if line == "01" || line == "00" { return .bool(line == "01") }
    return .integer(try decimal(line.hasSuffix("L") ? String(line.dropLast()) : line))
  }

  private static func integer(_ bytes: [UInt8]) -> PickleValue {
    guard bytes.count <= 8 else { return .large(bytes) }
    var value = bytes.last.map { $0 >= 0x80 ? -1 : 0 } ?? 0
    for byte in bytes.reversed() { value = value << 8 | Int(byte) }
    return .integer(value)
  }

  private mutating func container(_ opcode: UInt8) throws(Failure) {
    switch opcode {
    case UInt8(ascii: "]"), 0x8f: stack.append(.list(heap.add([PickleValue]())))
    case UInt8(ascii: "l"), 0x91: stack.append(.list(heap.add(try popMark())))
    case UInt8(ascii: ")"): stack.append(.tuple(heap.add([PickleValue]())))
    case UInt8(ascii: "t"): stack.append(.tuple(heap.add(try popMark())))
    case 0x85, 0x86, 0x87: stack.append(.tuple(heap.add(try pop(Int(opcode) - 0x84))))
    case UInt8(ascii: "}"): stack.append(.dictionary(heap.add([(key: PickleValue, value: PickleValue)]())))
    case UInt8(ascii: "d"):
      let items = try popMark()
      stack.append(.dictionary(heap.add(try pairs(items))))
    case UInt8(ascii: "s"):
      let items = try pop(2)
      try extend(dictionary: try top(), by: items)
    case UInt8(ascii: "u"):
      let items = try popMark()
      try extend(dictionary: try top(), by: items)
    case UInt8(ascii: "a"):
      let item = try pop()
      try extend(list: try top(), by: [item])
    default:  // e, and the items of a set
      let items = try popMark()
      try extend(list: try top(), by: items)
    }
  }

  private mutating func extend(list: PickleValue, by items: [PickleValue]) throws(Failure) {
    guard case .list(let place) = list else { throw damage("items for what is no list") }
    heap.sequences[place] += items
  }

  private mutating func extend(dictionary: PickleValue, by items: [PickleValue]) throws(Failure) {
    guard case .dictionary(let place) = dictionary else { throw damage("items for what is no dictionary") }
    heap.dictionaries[place] += try pairs(items)
  }

  private func pairs(_ items: [PickleValue]) throws(Failure) -> [(key: PickleValue, value: PickleValue)] {
    guard items.count % 2 == 0 else { throw damage("a key without a value") }
    return stride(from: 0, to: items.count, by: 2).map { (items[$0], items[$0 + 1]) }
  }

  private mutating func recall(_ index: Int) throws(Failure) {
    guard let value = memo[index] else { throw damage("a value that was never kept, number \(index)") }
    stack.append(value)
  }

  private mutating func global(module: String, name: String) throws(Failure) {
    guard let value = PickleFunction.value(module: module, name: name) else {
      // What modules keep their parts in.
      let isModule = ["_modules", "_parameters"].allSatisfy { bytes.contains(Array($0.utf8)) }
      throw Failure(
        "it holds \(isModule ? "a whole model, " : "")a '\(module).\(name)', and only tensors, numbers, texts and "
          + "containers are read here; save the tensors alone, with torch.save(model.state_dict(), …)",
        kind: .unsupported)
    }
    stack.append(value)
  }
}

// The functions that a stream may call.
extension PickleReader {
  private mutating func call() throws(Failure) {
    guard let arguments = heap.elements(of: try pop()), case .function(let function) = try pop() else {
      throw damage("a call of what is no function")
    }
    walked += arguments.reduce(arguments.count) { $0 + (heap.elements(of: $1)?.count ?? 0) }
    guard walked <= bytes.count else { throw damage("calls with more values than the stream can hold") }
    switch function {
    case .orderedDictionary:
      var entries: [(key: PickleValue, value: PickleValue)] = []
      for item in arguments.first.flatMap(heap.elements) ?? [] {
        guard let pair = heap.elements(of: item), pair.count == 2 else { throw damage("a pair that is none") }
        entries.append((pair[0], pair[1]))
      }
      stack.append(.dictionary(heap.add(entries)))
    case .list:
      // A tuple, which is never extended: it shares its elements with the argument.
      stack.append(.tuple(heap.add(arguments.first.flatMap(heap.elements) ?? [])))
    case .rebuildUnread(let kind): stack.append(.unread(kind))
    case .layout: stack.append(.none)
    case .rebuildParameter:
      if case .unread(let kind)? = arguments.first { return stack.append(.unread(kind)) }
      guard case .tensor(let place)? = arguments.first else { throw damage("a parameter that is no tensor") }
      stack.append(.tensor(place))
    case .rebuildTensor:
      if case .unread(let kind)? = arguments.first { return stack.append(.unread(kind)) }
      guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
        let sizes = heap.integers(of: arguments[2]), let strides = heap.integers(of: arguments[3])
      else { throw damage("a tensor without storage, offset, size and strides") }
      heap.tensors.append(
        try Self.tensor(heap.storages[storage], offset: offset, sizes: sizes, strides: strides))
      stack.append(.tensor(heap.tensors.count - 1))
    }
  }

  /// - Errors: a tensor that does not lie within its storage, or reads numbers of it more than once.
  private static func tensor(
    _ storage: PickleHeap.Storage, offset: Int, sizes: [Int], strides: [Int]
  ) throws(Failure) -> PickleHeap.StridedTensor {
    func failure() -> Failure {
      Failure("a tensor of \(sizes) with strides \(strides) from \(offset) on does not fit \(storage.count) numbers")
    }
    guard sizes.count == strides.count, sizes.count <= 64, offset >= 0, sizes.allSatisfy({ $0 >= 0 }),
      strides.allSatisfy({ $0 >= 0 })
    else { throw failure() }
    // An axis of length 0 counts as 1: the other products must still be numbers.
    var (count, last) = (1, offset)
    for (size, stride) in zip(sizes, strides) {
      let (product, overflows) = count.multipliedReportingOverflow(by: max(size, 1))
      let (reach, reachOverflows) = max(size - 1, 0).multipliedReportingOverflow(by: stride)
      let (end, endOverflows) = last.addingReportingOverflow(reach)
      guard !overflows, !reachOverflows, !endOverflows else { throw failure() }
      (count, last) = (product, end)
    }
    guard sizes.contains(0) || last < storage.count else { throw failure() }
    guard sizes.contains(0) || count <= storage.count else {
      throw Failure(
        "a tensor of \(sizes) with strides \(strides) reads its \(storage.count) numbers more than once; save it with "
          + ".contiguous()")
    }
    return PickleHeap.StridedTensor(storage: storage, offset: offset, shape: Shape(sizes), strides: strides)
  }

  /// Attributes of containers and tensors say nothing about their contents.
  private mutating func build() throws(Failure) {
    _ = try pop()
    switch try top() {
    case .dictionary, .list, .tensor, .unread: break
    default: throw damage("attributes for what has none")
    }
  }

  /// `('storage', type, key, device, count)`, in old files with a sixth entry for views of views.
  private mutating func persistent(_ identifier: PickleValue) throws(Failure) {
    let parts = heap.elements(of: identifier) ?? []
    if parts.count >= 5, case .text("storage") = parts[0], case .unreadStorageType(let kind, let width) = parts[1],
      case .text(let key) = parts[2]
    {
      heap.unreadWidths[key] = width
      return stack.append(.unread(kind))
    }
    guard parts.count >= 5, case .text("storage") = parts[0], case .storageType(let type) = parts[1],
      case .text(let key) = parts[2], case .integer(let count) = parts[4], count >= 0
    else { throw damage("a reference that is no storage of numbers") }
    if parts.count > 5, case .none = parts[5] {
    } else if parts.count > 5 {
      throw Failure("it holds views of storages, as before PyTorch 0.4; save it again", kind: .unsupported)
    }
    heap.storages.append(.init(type: type, key: key, count: count))
    stack.append(.storage(heap.storages.count - 1))
  }
}

// Bytes and the stack.
extension PickleReader {
  private mutating func byte() throws(Failure) -> UInt8 {
    guard position < bytes.count else { throw Failure("the pickle stream is cut off at byte \(position)") }
    position += 1
    return bytes[position - 1]
  }

  /// A little-endian number of `count` bytes; the last of eight is its sign.
  private mutating func unsigned(_ count: Int) throws(Failure) -> Int {
    var value = 0
    for shift in 0..<count { value |= Int(try byte()) << (8 * shift) }
    return value
  }

  /// Bytes behind their own number, which takes `width` bytes.
  private mutating func counted(_ width: Int) throws(Failure) -> [UInt8] {
    let count = try unsigned(width)
    guard count >= 0, count <= bytes.count - position else {
      throw Failure("the pickle stream is cut off: \(count) bytes at byte \(position) of \(bytes.count)")
    }
    position += count
    return [UInt8](bytes[(position - count)..<position])
  }

  private mutating func text(_ width: Int) throws(Failure) -> String {
    String(decoding: try counted(width), as: UTF8.self)
  }

  private mutating func line() throws(Failure) -> String {
    let start = position
    while try byte() != UInt8(ascii: "\n") {}
    return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
  }

  private mutating func quotedLine() throws(Failure) -> String {
    let line = try line()
    guard line.count >= 2, let quote = line.first, quote == line.last, quote == "'" || quote == "\"" else {
      throw damage("a text without quotes")
    }
    return String(line.dropFirst().dropLast())
  }

  private func decimal(_ text: String) throws(Failure) -> Int {
    guard let number = Int(text) else { throw damage("'\(text.prefix(20))' for a number") }
    return number
  }

  private func top() throws(Failure) -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.last else { throw damage("an empty stack") }
    return value
  }

  private mutating func pop() throws(Failure) -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func pop(_ count: Int) throws(Failure) -> [PickleValue] {
    guard stack.count - count >= marks.last ?? 0 else { throw damage("an empty stack") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  /// What lies above the last mark.
  private mutating func popMark() throws(Failure) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw damage("no mark") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }
}
