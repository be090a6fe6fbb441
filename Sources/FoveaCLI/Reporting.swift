import FoveaData
import FoveaLayers
import FoveaZoo
internal import Foundation

/// A command that ends with a status of its own, having said why.
struct Exit: Error {
  let status: CInt
}

/// Says what went wrong on standard error, each mistake in a sentence of its own.
///
/// - Returns: the exit status.
func report(_ error: any Error) -> CInt {
  switch error {
  case let exit as Exit: return exit.status
  case let error as ModelError: for error in error.errors { Console.note("fovea: \(error)") }
  // Everything that the modules throw says in words what happened; what Foundation throws does not.
  case let error as NSError where type(of: error) == NSError.self: Console.note("fovea: \(error.localizedDescription)")
  default: Console.note("fovea: \(error)")
  }
  return isUsage(error) ? 2 : 1
}

/// Whether the command line is to blame, not what it names.
private func isUsage(_ error: any Error) -> Bool {
  switch error {
  case is UsageError, is ZooError: true
  case let error as DataError: error.kind == .usage
  default: false
  }
}
