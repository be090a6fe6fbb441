import Foundation

/// The `fovea` command as its users meet it: a process with arguments, two outputs and a status.
struct Fovea {
  let status: Int32
  let output: String
  let errors: String

  /// Beside the program that runs the tests.
  static let path: String = {
    let runner = try! FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: runner).deletingLastPathComponent().appendingPathComponent("fovea").path
  }()

  /// Runs the command to its end.
  @discardableResult
  init(_ arguments: [String], in folder: String? = nil) throws {
    let process = try RunningFovea(arguments, in: folder)
    (status, output, errors) = process.waitForResult()
  }

  @discardableResult
  init(_ arguments: String..., in folder: String? = nil) throws { try self.init(arguments, in: folder) }

  /// The output, which must be one JSON value.
  func json() throws -> Any {
    try JSONSerialization.jsonObject(with: Data(output.utf8), options: [.fragmentsAllowed])
  }

  func object() throws -> [String: Any] {
    guard let object = try json() as? [String: Any] else { throw WrongOutput(text: output) }
    return object
  }

  func list() throws -> [[String: Any]] {
    guard let list = try json() as? [[String: Any]] else { throw WrongOutput(text: output) }
    return list
  }
}

struct WrongOutput: Error { let text: String }

/// A `fovea` that may still be running.
final class RunningFovea: @unchecked Sendable {
  // Unchecked: made, signalled and waited for by one test.
  let process = Process()
  private let output: TextFile
  private let errors: TextFile

  init(_ arguments: [String], in folder: String? = nil) throws {
    (output, errors) = (try TextFile(), try TextFile())
    process.executableURL = URL(fileURLWithPath: Fovea.path)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput = FileHandle.nullDevice
    (process.standardOutput, process.standardError) = (output.handle, errors.handle)
    try process.run()
  }

  /// - Returns: the status (the signal's number if one ended the process), standard output and standard error.
  func waitForResult() -> (status: Int32, output: String, errors: String) {
    process.waitUntilExit()
    return (process.terminationStatus, output.text, errors.text)
  }

  /// What standard error holds so far.
  var errorsSoFar: String { errors.text }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }
}

/// A file for what a process prints: unlike a pipe, it takes any amount without a reader.
private struct TextFile {
  let handle: FileHandle
  private let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/fovea-output-\(UUID().uuidString)"
    guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forUpdatingAtPath: path)
    else { throw CocoaError(.fileWriteUnknown) }
    self.handle = handle
  }

  /// All so far.
  var text: String {
    // The descriptor is shared with the process that writes: its own position must not be moved.
    String(
      decoding: (try? Data(contentsOf: URL(fileURLWithPath: "/proc/self/fd/\(handle.fileDescriptor)"))) ?? Data(),
      as: UTF8.self)
  }
}
