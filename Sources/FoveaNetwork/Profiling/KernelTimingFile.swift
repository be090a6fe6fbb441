package import FoveaCompiler
import FoveaCore
import FoveaFiles
internal import FoundationEssentials
internal import Glibc
import Synchronization

/// Times of kernels in a file of the user's cache, one file for each machine and number of threads.
///
/// What was measured once decides every later plan, so that programs give the same bits from then on. A file that cannot
/// be read counts as empty: all that is lost is time.
package final class KernelTimingFile: KernelTimings {
  private let path: String
  private let machine: String
  private let state: Mutex<State>

  private struct State {
    var times: [String: [KernelVariant: KernelTime]]
    var isChanged = false
  }

  /// - Parameters:
  ///   - folder: made if it is missing.
  ///   - machine: processor, library and threads: what the times hold for.
  /// - Returns: `nil` if the file could not be written later: then measuring would start anew each time.
  package init?(folder: String, machine: String) {
    path = folder + String(printf: "/kernels-%016llx.txt", FNV.hash(machine.utf8))
    self.machine = machine
    guard (try? makeFolders(folder)) != nil, access(folder, W_OK) == 0 else { return nil }
    state = Mutex(State(times: Self.read(path, machine)))
  }

  private static func read(_ path: String, _ machine: String) -> [String: [KernelVariant: KernelTime]] {
    (try? readFile(path, limit: 64 << 20)).flatMap { KernelTimingText.times($0, of: machine) } ?? [:]
  }

  package func times(
    for key: String, measuring measure: () -> [KernelVariant: KernelTime]
  ) -> [KernelVariant: KernelTime] {
    if let known = state.withLock({ $0.times[key] }) { return known }
    let times = measure()
    return state.withLock { state in
      if let known = state.times[key] { return known }
      state.times[key] = times
      state.isChanged = true
      return times
    }
  }

  /// Keeps what is new. What another process found meanwhile has precedence; a full disk costs time only.
  package func save() {
    state.withLock { state in
      guard state.isChanged else { return }
      state.isChanged = false
      state.times.merge(Self.read(path, machine)) { _, kept in kept }
      try? AtomicFile.write(KernelTimingText.bytes(state.times, of: machine), to: path)
    }
  }
}

extension KernelTimingFile {
  private static let open = Mutex<[String: KernelTimingFile]>([:])

  /// The file in the user's cache for this machine; `nil` where there is no place for it.
  ///
  /// The folder is `FOVEA_CACHE`, or `fovea` in `XDG_CACHE_HOME` or `~/.cache`; with an empty `FOVEA_CACHE` nothing is
  /// measured.
  package static func shared(version: String, threads: Int) -> KernelTimingFile? {
    let machine = "\(processor), \(version), \(threads) threads"
    return open.withLock { open in
      if let known = open[machine] { return known }
      guard let folder, let file = KernelTimingFile(folder: folder, machine: machine) else { return nil }
      open[machine] = file
      return file
    }
  }

  private static let folder: String? = {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["FOVEA_CACHE"] { return folder.isEmpty ? nil : absolutePath(folder) }
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/fovea" }
    return environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.cache/fovea" : nil }
  }()

  /// The processor's name and how many there are.
  private static let processor: String = {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let name = lines.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
    let words = name?.split(whereSeparator: \.isWhitespace)
    return (words?.joined(separator: " ") ?? "unknown processor") + " × \(ProcessInfo.processInfo.activeProcessorCount)"
  }()
}
