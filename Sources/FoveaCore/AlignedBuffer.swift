/// Memory on the heap that starts at a multiple of 64 bytes: a cache line, and the widest vector register.
///
/// Unchecked: the pointer never changes and is freed once; who may write through it is the owner's business
/// (`Tensor` copies before it writes to a shared buffer).
package final class AlignedBuffer: @unchecked Sendable {
  package static let alignment = 64

  package let address: UnsafeMutableRawPointer
  package let byteCount: Int

  /// - Parameter zeroed: whether the bytes start as zero; otherwise they are whatever was there.
  package init(byteCount: Int, zeroed: Bool = true) {
    self.byteCount = byteCount
    address = .allocate(byteCount: max(byteCount, 1), alignment: Self.alignment)
    if zeroed { address.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
  }

  deinit { address.deallocate() }
}
