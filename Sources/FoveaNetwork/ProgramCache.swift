import FoveaCompiler
import FoveaCore
import Synchronization

/// The programs of a network for the batch sizes that came last.
///
/// Unchecked: apart from the atomic flag it is used on the compute thread only.
final class ProgramCache: @unchecked Sendable {
  /// Whether the parameters have changed since the programs were made.
  let isStale = Atomic(false)
  /// The last used last. A program for every batch size that ever came would take ever more memory.
  private var programs: [(batchSize: Int, program: Program)] = []
  private var storage: ParameterStorage?
  private static let capacity = 4

  func clear() { (programs, storage) = ([], nil) }

  /// - Parameter finish: what is done once a program is made.
  func program(
    batchSize: Int, parameters: () -> [String: Tensor], plan: () throws -> Plan, finish: () -> Void
  ) throws -> Program {
    if isStale.exchange(false, ordering: .acquiring) { clear() }
    if let index = programs.firstIndex(where: { $0.batchSize == batchSize }) {
      programs.append(programs.remove(at: index))
    } else {
      let storage = storage ?? ParameterStorage(sharing: parameters())
      self.storage = storage
      programs.append((batchSize, try Program(plan(), parameters: storage)))
      if programs.count > Self.capacity { programs.removeFirst() }
      finish()
    }
    return programs.last!.program
  }
}
