import FoveaFiles
internal import FoundationEssentials
internal import Glibc

/// Standard output for results, standard error for everything else.
enum Console {
  /// Prints a result.
  ///
  /// - Errors: a full disk behind a redirection, a closed descriptor.
  static func print(_ text: String) throws(CommandError) {
    let code = write(text + "\n", to: STDOUT_FILENO)
    if code != 0 { throw CommandError("the result could not be written: \(String(cString: strerror(code)))") }
  }

  /// Prints a result as JSON, on one line.
  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try print(String(decoding: encoder.encode(value), as: UTF8.self))
  }

  /// Prints progress, a note, an error: what nobody can do about being lost.
  static func note(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }

  /// Prints a line that the next text replaces; only for terminals.
  static func rewriteLine(_ text: String) { _ = write("\r\u{1B}[K" + text, to: STDERR_FILENO) }

  /// The next line of standard input, without its end; `nil` at the end of the input. What a line has beyond `limit`
  /// bytes is passed over, so that an endless one takes no memory.
  static func readLine(limit: Int = 1000) -> String? {
    var bytes: [UInt8] = []
    var hasBegun = false
    while let byte = nextByte() {
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      hasBegun = true
      if bytes.count < limit { bytes.append(byte) }
    }
    return hasBegun ? String(decoding: bytes, as: UTF8.self) : nil
  }

  private static func nextByte() -> UInt8? {
    let character = getchar()
    return character == EOF ? nil : UInt8(truncatingIfNeeded: character)
  }

  static let errorIsTerminal = isatty(STDERR_FILENO) == 1
  static let inputIsTerminal = isatty(STDIN_FILENO) == 1

  /// The columns of the terminal.
  static var terminalWidth: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// - Returns: the code of the error, 0 if all was written.
  private static func write(_ text: String, to descriptor: CInt) -> CInt {
    var text = text
    return text.withUTF8 { bytes in
      var bytes = UnsafeRawBufferPointer(bytes)
      while !bytes.isEmpty {
        let count = Glibc.write(descriptor, bytes.baseAddress!, bytes.count)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
      }
      return 0
    }
  }
}

/// A command that failed: one sentence.
struct CommandError: Error, Sendable, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
