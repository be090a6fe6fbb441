import FoveaData
import FoveaLayers
import FoveaZoo

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
  case let error as ModelError: for error in error.errors { note("\(error)") }
  // Everything that the modules throw says in words what happened.
  default: note("\(error)")
  }
  return isUsage(error) ? 2 : 1
}

/// Prints an error; of a line that no one could read, such as one with the name of a model of a thousand layers, the
/// beginning and the end.
private func note(_ text: String) {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    line.count > 800 ? "\(line.prefix(400)) … \(line.suffix(300))" : String(line)
  }
  Console.note("fovea: " + lines.joined(separator: "\n"))
}

/// Whether the command line is to blame, not what it names.
private func isUsage(_ error: any Error) -> Bool {
  switch error {
  case is UsageError, is ZooError: true
  case let error as DataError: error.kind == .usage
  default: false
  }
}
