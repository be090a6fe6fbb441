import FoveaCore

/// A value of a pickle stream. What holds others is a place in the heap, so that no file can nest values so deeply that
/// walking or freeing them takes more stack than there is.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// A whole number beyond 64 bits, little-endian two's complement.
  case large([UInt8])
  case float(Double)
  case text(String)
  case bytes([UInt8])
  case list(Int)
  case tuple(Int)
  case dictionary(Int)
  case function(PickleFunction)
  case storageType(StoredType)
  case storage(Int)
  case tensor(Int)
  /// A tensor of a kind that is not read here, or its storage.
  case unread(UnreadTensor)
  /// The type of such a storage, with the bytes of an element.
  case unreadStorageType(UnreadTensor, width: Int)
}

/// The functions that a pickle stream may call here; no other is known, and none runs foreign code.
enum PickleFunction {
  case orderedDictionary
  case rebuildTensor
  case rebuildParameter
  /// Makes a tensor of a kind that is not read here.
  case rebuildUnread(UnreadTensor)
  /// `torch.serialization._get_layout`: nothing.
  case layout
  /// `torch.Size`, `set` and `frozenset`: a list under another name.
  case list

  /// What a global of a PyTorch file stands for; `nil` for all others.
  static func value(module: String, name: String) -> PickleValue? {
    if let kind = UnreadTensor.functions["\(module).\(name)"] { return .function(.rebuildUnread(kind)) }
    if let (kind, width) = UnreadTensor.storages["\(module).\(name)"] { return .unreadStorageType(kind, width: width) }
    switch (module, name) {
    case ("torch.serialization", "_get_layout"): return .function(.layout)
    case ("torch", _) where UnreadTensor.words.contains(name): return PickleValue.none
    case ("collections", "OrderedDict"): return .function(.orderedDictionary)
    case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"): return .function(.rebuildTensor)
    case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"):
      return .function(.rebuildParameter)
    case ("torch", "Size"), ("builtins", "set"), ("__builtin__", "set"), ("builtins", "frozenset"),
      ("__builtin__", "frozenset"):
      return .function(.list)
    case ("torch", _): return storageTypes[name].map { .storageType($0) }
    default: return nil
    }
  }

  private static let storageTypes: [String: StoredType] = [
    "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
    "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8,
    "BoolStorage": .bool,
  ]
}

/// What the values of a pickle stream refer to.
struct PickleHeap {
  /// A run of numbers that lies elsewhere in the file.
  struct Storage {
    var type: StoredType
    var key: String
    /// In elements.
    var count: Int
  }

  /// A view of a storage.
  struct StridedTensor {
    var storage: Storage
    var offset: Int
    var shape: Shape
    var strides: [Int]
  }

  /// Lists and tuples.
  var sequences: [[PickleValue]] = []
  var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  var storages: [Storage] = []
  var tensors: [StridedTensor] = []
  /// The bytes of an element of each storage that is not read, by its key.
  var unreadWidths: [String: Int] = [:]

  mutating func add(_ sequence: [PickleValue]) -> Int {
    sequences.append(sequence)
    return sequences.count - 1
  }

  mutating func add(_ dictionary: [(key: PickleValue, value: PickleValue)]) -> Int {
    dictionaries.append(dictionary)
    return dictionaries.count - 1
  }

  /// The elements of a list or tuple.
  func elements(of value: PickleValue) -> [PickleValue]? {
    switch value {
    case .list(let place), .tuple(let place): sequences[place]
    default: nil
    }
  }

  /// The numbers of a list or tuple of whole numbers.
  func integers(of value: PickleValue) -> [Int]? {
    guard let elements = elements(of: value) else { return nil }
    var result: [Int] = []
    for element in elements {
      guard case .integer(let number) = element else { return nil }
      result.append(number)
    }
    return result
  }

  /// The entries of a dictionary whose keys are texts, in their order.
  func entries(of value: PickleValue) -> [(name: String, value: PickleValue)]? {
    guard case .dictionary(let place) = value else { return nil }
    return dictionaries[place].compactMap { key, value in
      guard case .text(let name) = key else { return nil }
      return (name, value)
    }
  }
}
