public import FoveaCore

/// The memory in which programs read and update parameters: one block for each path, at a fixed address.
///
/// Programs of one model share it, so that what one program trains, another evaluates. It belongs to whoever runs the
/// programs, one at a time.
public final class ParameterStorage {
  package struct Entry {
    package let shape: Shape
    package let buffer: AlignedBuffer
  }

  package private(set) var entries: [String: Entry] = [:]

  /// Copies of `tensors`, which must be `float32`.
  public init(copying tensors: [String: Tensor]) {
    isShared = false
    for (path, tensor) in tensors { set(path, to: tensor) }
  }

  /// The memory of `tensors` itself where nobody else has it, copies of the others; all must be `float32`.
  ///
  /// - Parameter tensors: empty afterwards.
  package init(taking tensors: inout [String: Tensor]) {
    isShared = false
    for path in Array(tensors.keys) {
      // Out of the dictionary, one by one: nobody else must have it, and copies must not add up.
      var tensor = tensors.removeValue(forKey: path)!
      entries[path] = Entry(shape: tensor.shape, buffer: tensor.ownMemory())
    }
  }

  /// The memory of `tensors` itself, for programs that only read their parameters. A tensor that is written to then gets
  /// memory of its own, and the programs keep what they have.
  package init(sharing tensors: [String: Tensor]) {
    entries = tensors.mapValues { Entry(shape: $0.shape, buffer: $0.sharedMemory) }
    isShared = true
  }

  private let isShared: Bool

  /// Copies `tensor` into the block of `path`; a new path gets a new block.
  public func set(_ path: String, to tensor: Tensor) {
    precondition(!isShared, "the memory of \(path) belongs to a tensor")
    if entries[path] == nil {
      entries[path] = Entry(shape: tensor.shape, buffer: AlignedBuffer(byteCount: tensor.byteCount, zeroed: false))
    }
    let entry = entries[path]!
    precondition(entry.shape == tensor.shape, "\(path) is \(entry.shape), not \(tensor.shape)")
    tensor.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { entry.buffer.address.copyMemory(from: base, byteCount: bytes.count) }
    }
  }

  public var paths: [String] { entries.keys.sorted() }

  /// A copy of what the parameter holds now.
  public func tensor(_ path: String) -> Tensor? { view(of: path)?.copied() }

  /// The parameter where it lies: what is written to it later shows.
  package func view(of path: String) -> Tensor? {
    entries[path].map { Tensor(shape: $0.shape, elementType: .float32, storage: $0.buffer) }
  }
}
