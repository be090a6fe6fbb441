/// A dense array of numbers: a shape, an element type, and the elements in row-major order, aligned to 64 bytes.
///
/// A tensor is a value: a copy shares the memory until one of the two is written to.
public struct Tensor: Sendable {
  public let shape: Shape
  public let elementType: ElementType
  private var storage: AlignedBuffer

  /// A tensor of zeros.
  public init(shape: Shape, elementType: ElementType = .float32) {
    self.init(shape: shape, elementType: elementType, zeroed: true)
  }

  private init(shape: Shape, elementType: ElementType, zeroed: Bool) {
    precondition(shape.dimensions.allSatisfy { $0 >= 0 }, "a dimension of \(shape) is negative")
    self.shape = shape
    self.elementType = elementType
    storage = AlignedBuffer(byteCount: shape.count * elementType.byteCount, zeroed: zeroed)
  }

  /// A tensor of the given elements in row-major order; `values.count` must be `shape.count`.
  public init<E: Element>(_ values: [E], shape: Shape) {
    precondition(values.count == shape.count, "\(values.count) values do not fill the shape \(shape)")
    self.init(shape: shape, elementType: E.elementType, zeroed: false)
    values.withUnsafeBytes { source in
      if let base = source.baseAddress { storage.address.copyMemory(from: base, byteCount: source.count) }
    }
  }

  /// A tensor whose bytes `fill` writes, all of them.
  package init(
    shape: Shape, elementType: ElementType, filledBy fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    self.init(shape: shape, elementType: elementType, zeroed: false)
    try fill(UnsafeMutableRawBufferPointer(start: storage.address, count: storage.byteCount))
  }

  /// A scalar.
  public init(_ value: Float) { self.init([value], shape: []) }

  public var byteCount: Int { shape.count * elementType.byteCount }

  /// The same elements under another shape of equal count.
  public func reshaped(to shape: Shape) -> Tensor {
    precondition(shape.count == self.shape.count, "\(self.shape) cannot be read as \(shape)")
    return Tensor(shape: shape, elementType: elementType, storage: storage)
  }

  /// A tensor over memory that is there already and holds at least the shape's bytes.
  package init(shape: Shape, elementType: ElementType, storage: AlignedBuffer) {
    precondition(storage.byteCount >= shape.count * elementType.byteCount, "too little memory for \(shape)")
    (self.shape, self.elementType, self.storage) = (shape, elementType, storage)
  }
}

extension Tensor {
  /// The memory of the elements, not to be written to.
  package var sharedMemory: AlignedBuffer { storage }

  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(storage) {
      try body(UnsafeRawBufferPointer(start: storage.address, count: byteCount))
    }
  }

  /// Writes in place; copies first if the memory is shared with another tensor.
  public mutating func withUnsafeMutableBytes<R>(
    _ body: (UnsafeMutableRawBufferPointer) throws -> R
  ) rethrows -> R {
    try withExtendedLifetime(ownMemory()) {
      try body(UnsafeMutableRawBufferPointer(start: $0.address, count: byteCount))
    }
  }

  /// The memory of the elements, which no other tensor has: a copy if another had it, or if it may only be read.
  package mutating func ownMemory() -> AlignedBuffer {
    if !isKnownUniquelyReferenced(&storage) || !storage.isWritable { self = copied() }
    return storage
  }

  /// The same elements in memory of their own.
  package func copied() -> Tensor {
    withUnsafeBytes { source in
      Tensor(shape: shape, elementType: elementType) { $0.copyMemory(from: source) }
    }
  }

  /// The elements in row-major order; `E` must be the tensor's element type.
  public func array<E: Element>(of type: E.Type = Float.self) -> [E] {
    precondition(E.elementType == elementType, "the elements are \(elementType), not \(E.elementType)")
    return withUnsafeBytes { [E]($0.bindMemory(to: E.self)) }
  }

  /// The elements as `Float`, whatever their type.
  public var floats: [Float] {
    switch elementType {
    case .float32: array(of: Float.self)
    case .bfloat16: array(of: BFloat16.self).map { Float($0) }
    case .int8: array(of: Int8.self).map { Float($0) }
    case .uint8: array(of: UInt8.self).map { Float($0) }
    case .int32: array(of: Int32.self).map { Float($0) }
    }
  }
}

extension Tensor: Equatable {
  /// Equal shape, element type and bits.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    guard a.shape == b.shape, a.elementType == b.elementType else { return false }
    return a.storage === b.storage || a.withUnsafeBytes { x in b.withUnsafeBytes { y in x.elementsEqual(y) } }
  }
}
