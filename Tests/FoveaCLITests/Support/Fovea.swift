import Foundation

/// The `fovea` command as its users meet it: a process with arguments, two outputs and a status.
struct Fovea {
  /// The exit status; 128 and the signal's number if a signal ended the process, as a shell says it.
  let status: Int32
  let output: String
  let errors: String

  /// Beside the program that runs the tests.
  static let path: String = {
    let runner = try! FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: runner).deletingLastPathComponent().appendingPathComponent("fovea").path
  }()

  /// Runs the command to its end.
  init(_ arguments: [String], in folder: String? = nil) throws {
    self = try RunningFovea(arguments, in: folder).waitForResult()
  }

  init(_ arguments: String..., in folder: String? = nil) throws { try self.init(arguments, in: folder) }

  /// Runs the command in a shell, after `preparation`, such as a limit on the size of files.
  init(after preparation: String, _ arguments: [String]) throws {
    let command = preparation + "; exec \"$0\" \"$@\""
    self = try RunningFovea(program: "/bin/sh", ["-c", command, Fovea.path] + arguments).waitForResult()
  }

  fileprivate init(status: Int32, output: String, errors: String) {
    (self.status, self.output, self.errors) = (status, output, errors)
  }

  /// The output, which must be one JSON object.
  func object() throws -> [String: Any] {
    guard let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] else {
      throw WrongOutput(text: output)
    }
    return object
  }

  /// The output, which must be one JSON list of objects.
  func list() throws -> [[String: Any]] {
    guard let list = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]] else {
      throw WrongOutput(text: output)
    }
    return list
  }
}

struct WrongOutput: Error { let text: String }

/// A `fovea` that may still be running.
final class RunningFovea {
  private let process = Process()
  private let output = OutputFile()
  private let errors = OutputFile()

  convenience init(_ arguments: [String], in folder: String? = nil) throws {
    try self.init(program: Fovea.path, arguments, in: folder)
  }

  init(program: String, _ arguments: [String], in folder: String? = nil) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput = FileHandle.nullDevice
    (process.standardOutput, process.standardError) = (output.handle, errors.handle)
    try process.run()
  }

  func waitForResult() -> Fovea {
    process.waitUntilExit()
    let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
    return Fovea(status: signal + process.terminationStatus, output: output.text, errors: errors.text)
  }

  var isRunning: Bool { process.isRunning }
  var identifier: Int32 { process.processIdentifier }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits until `condition` holds or the process has ended, looking every half millisecond.
  func wait(until condition: () -> Bool) {
    while process.isRunning, !condition() { usleep(500) }
  }
}

/// A file for what a process prints: unlike a pipe, it takes any amount without a reader.
private final class OutputFile {
  let handle: FileHandle
  private let path: String

  init() {
    var template = Array("/tmp/fovea-output-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    precondition(descriptor >= 0, "no temporary file")
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  deinit { unlink(path) }

  /// All so far.
  var text: String { String(decoding: (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data(), as: UTF8.self) }
}
