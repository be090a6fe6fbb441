#if canImport(Glibc)
  import Glibc
#endif

/// The memory that this process can have at most: what the machine has, or less in a container.
///
/// What needs more is refused with a sentence before it is allocated; the system would end the process without one.
package enum MemoryLimit {
  package static let bytes: Int = {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return min(machine, container ?? .max, addressSpace ?? .max)
  }()

  /// The limit of the process's addresses, `ulimit -v`; `nil` if there is none.
  private static var addressSpace: Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur)  // without one it says 2⁶⁴ − 1
  }

  /// The limit of the control group; `nil` if there is none.
  private static var container: Int? {
    guard let file = fopen("/sys/fs/cgroup/memory.max", "r") else { return nil }
    defer { fclose(file) }
    var digits: [UInt8] = []
    while case let byte = getc(file), 0x30...0x39 ~= byte { digits.append(UInt8(byte)) }
    return Int(String(decoding: digits, as: UTF8.self))  // it says "max" where there is no limit
  }

  /// What this process has in RAM now.
  package static var residentBytes: Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let pages = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      .split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (pages ?? 0) * sysconf(Int32(_SC_PAGESIZE))
  }

  /// What to say of so many bytes if they are too many; `nil` if they are not.
  package static func problem(with needed: Int) -> String? {
    guard needed > bytes else { return nil }
    return "\(spelled(needed)) are needed at once, this machine has \(spelled(bytes))"
  }

  /// `1.5 GB`, in powers of ten.
  package static func spelled(_ bytes: Int) -> String {
    var (number, unit) = (Double(bytes), 0)
    while number >= 1000, unit < 5 { (number, unit) = (number / 1000, unit + 1) }
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(["bytes", "kB", "MB", "GB", "TB", "PB"][unit])"
  }
}
