#if canImport(Glibc)
  import Glibc
#endif

/// Memory that starts at a multiple of 64 bytes, a cache line and the widest vector register; or a part of a file that
/// is mapped into memory, which starts where it does.
///
/// Unchecked: the pointer never changes and is freed once; who may write through it is the owner's business
/// (`Tensor` copies before it writes to a shared buffer).
package final class AlignedBuffer: @unchecked Sendable {
  package static let alignment = 64

  package let address: UnsafeMutableRawPointer
  package let byteCount: Int
  private let source: Source

  private enum Source {
    case heap
    /// Whole pages of the system's, so many bytes.
    case pages(Int)
    /// Kept by another object, to be read only.
    case mapping(AnyObject)
  }

  /// - Parameter zeroed: whether the bytes start as zero; otherwise they are whatever was there.
  package init(byteCount: Int, zeroed: Bool = true) {
    self.byteCount = byteCount
    if byteCount >= Self.leastBytesOfPages {
      (address, source) = (Self.pages(byteCount), .pages(byteCount))
      return
    }
    (address, source) = (.allocate(byteCount: max(byteCount, 1), alignment: Self.alignment), .heap)
    if zeroed { address.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount) }
  }

  /// Bytes of a mapped file, which `mapping` keeps.
  package init(reading bytes: UnsafeRawBufferPointer, of mapping: AnyObject) {
    address = UnsafeMutableRawPointer(mutating: bytes.baseAddress!)
    (byteCount, source) = (bytes.count, .mapping(mapping))
  }

  deinit {
    switch source {
    case .heap: address.deallocate()
    case .pages(let count): munmap(address, count)
    case .mapping: break
    }
  }

  package var isWritable: Bool { if case .mapping = source { false } else { true } }

  /// Tells the system that the bytes will not be read soon: those of a mapped file leave RAM, and come back from the
  /// file when they are touched.
  ///
  /// - Parameter range: from the start; all by default.
  package func putAside(_ range: Range<Int>? = nil) {
    guard case .mapping = source else { return }
    let page = sysconf(Int32(_SC_PAGESIZE))
    let first = Int(bitPattern: address) + (range?.lowerBound ?? 0)
    // The page in which a part begins is also the one before's, which has gone already.
    let start = (range?.lowerBound ?? 0) > 0 ? first / page * page : (first + page - 1) / page * page
    let end = (Int(bitPattern: address) + (range?.upperBound ?? byteCount)) / page * page
    if start < end { madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_DONTNEED) }
  }

  /// Lets the system have these bytes, whole pages of them, until somebody writes there again: they then begin as zeros.
  package func giveBack(_ range: Range<Int>) {
    guard case .pages = source else { return }
    let page = sysconf(Int32(_SC_PAGESIZE))
    let (start, end) = ((range.lowerBound + page - 1) / page * page, min(range.upperBound, byteCount) / page * page)
    if start < end { madvise(address + start, end - start, MADV_DONTNEED) }
  }

  /// What is large goes back to the system at once when it is freed.
  private static let leastBytesOfPages = 1 << 20
  private static let hugePage = 2 << 20

  /// Pages of zeros. Large memory comes in pages of 2 MiB where the system has them: the processor finds an address in
  /// fewer steps.
  private static func pages(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { preconditionFailure("no memory for \(byteCount) bytes") }
    if byteCount >= 2 * hugePage { madvise(memory, byteCount, MADV_HUGEPAGE) }
    return memory
  }
}
