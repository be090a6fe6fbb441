public import FoveaCore
import FoveaFiles

/// Named tensors of a PyTorch file, `.pt`, `.pth` or `.th`: a state dict, or one within a checkpoint. No code of the file
/// is run.
///
/// - Source: PyTorch's `torch.serialization`: the zip form (since 1.6) and the one before it, magic number and five pickle
///   streams.
public struct PyTorchFile: Sendable {
  public let path: String
  /// The names in the order of the file, without the prefix `module.` that `DataParallel` puts before all of them.
  public let names: [String]
  /// Other state dicts of the checkpoint, such as an average beside the last weights; they are not read.
  public let otherStates: [String]
  private let tensors: [String: PickleHeap.StridedTensor]
  private let storages: PyTorchStorages

  /// Where checkpoints keep the state dict.
  private static let wrappers = [
    "state_dict", "model_state_dict", "model_state", "model", "net", "params_ema", "params", "weights",
    "state_dict_ema", "model_ema",
  ]

  /// - Errors: no such file; neither form; a damaged one; one that holds other objects than tensors and containers, by
  ///   the name of the first; one without named tensors.
  public init(contentsOf path: String) throws(FormatError) {
    let content = try PyTorchContent(path)
    self.path = path
    storages = content.storages
    let entries = content.heap.entries(of: content.root) ?? []
    let wrapped = Self.wrappers.compactMap { name in entries.last { $0.name == name } }
      .map { (name: $0.name, contents: Self.tensors(of: $0.value, content.heap)) }
      .filter { !$0.contents.found.isEmpty || !$0.contents.unread.isEmpty }
    var (found, unread) = wrapped.first?.contents ?? Self.tensors(of: content.root, content.heap)
    let count = found.count
    otherStates = entries.filter { entry in
      entry.name != wrapped.first?.name && 2 * Self.tensors(of: entry.value, content.heap).found.count > count
    }.map(\.name)
    if let (name, kind) = unread.first {
      let more = unread.count > 1 ? ", the first of \(unread.count) such tensors," : ""
      throw FormatError(
        .unsupported, path, "'\(name)'\(more) is \(kind.what); dense tensors of real numbers are read here: \(kind.fix)"
      )
    }
    guard !found.isEmpty else {
      throw FormatError(
        .unsupported, path,
        "it holds no named tensors, neither at the top nor under \(Self.wrappers.prefix(3).joined(separator: ", ")) "
          + "and the like; save a state dict: torch.save(model.state_dict(), …)")
    }
    for prefix in ["module.", "_orig_mod."] where found.allSatisfy({ $0.name.hasPrefix(prefix) }) {
      found = found.map { (String($0.name.dropFirst(prefix.count)), $0.tensor) }
    }
    names = found.map(\.name)
    tensors = Dictionary(found.map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
  }

  /// The tensors of a dictionary, and those of kinds that are not read, also where they are packed with others.
  private static func tensors(
    of value: PickleValue, _ heap: PickleHeap
  ) -> (found: [(name: String, tensor: PickleHeap.StridedTensor)], unread: [(name: String, kind: UnreadTensor)]) {
    var (found, unread) = ([(name: String, tensor: PickleHeap.StridedTensor)](), [(name: String, kind: UnreadTensor)]())
    for (name, value) in heap.entries(of: value) ?? [] {
      if case .tensor(let place) = value { found.append((name, heap.tensors[place])) }
      for case .unread(let kind) in [value] + (heap.elements(of: value) ?? []) { unread.append((name, kind)) }
    }
    return (found, unread)
  }

  /// The shape of a tensor; `nil` if there is none of this name.
  public func shape(of name: String) -> Shape? { tensors[name]?.shape }

  /// Reads a tensor, its axes in PyTorch's order: float64 and float16 become float32, other integers int32.
  /// - Errors: no tensor of this name; an integer that does not fit into 32 bits; a storage that the file lacks.
  public func tensor(_ name: String) throws(FormatError) -> Tensor {
    guard let tensor = tensors[name] else {
      throw FormatError(.missing, path, "there is no tensor '\(name)'; it has \(names.count), such as '\(names[0])'")
    }
    let (type, size) = (tensor.storage.type, tensor.storage.type.byteCount)
    return try storages.withBytes(of: tensor.storage) { storage throws(FormatError) in
      let start = tensor.offset * size
      let isBigEndian = storages.isBigEndian
      if tensor.shape.count == 0 || tensor.strides == tensor.shape.rowMajorStrides {
        let bytes = UnsafeRawBufferPointer(rebasing: storage[start..<(start + tensor.shape.count * size)])
        return try type.tensor(
          bytes, shape: tensor.shape, isBigEndian: isBigEndian, path: path, name: "tensor '\(name)'")
      }
      let gathered = tensor.gathered(from: storage)
      return try gathered.withUnsafeBytesThrowing { bytes throws(FormatError) in
        try type.tensor(bytes, shape: tensor.shape, isBigEndian: isBigEndian, path: path, name: "tensor '\(name)'")
      }
    }
  }
}

extension PickleHeap.StridedTensor {
  /// The bytes of the elements in row-major order.
  fileprivate func gathered(from storage: UnsafeRawBufferPointer) -> [UInt8] {
    let size = self.storage.type.byteCount
    var result: [UInt8] = []
    result.reserveCapacity(shape.count * size)
    var index = [Int](repeating: 0, count: shape.rank)
    var place = offset
    for _ in 0..<shape.count {
      result += storage[(place * size)..<((place + 1) * size)]
      for axis in (0..<shape.rank).reversed() {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < shape[axis] { break }
        place -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return result
  }
}
