/// A subcommand: what it is called, what it takes, what it does.
protocol Command: Sendable {
  static var name: String { get }
  /// One line for the list of commands, without a full stop.
  static var summary: String { get }
  /// What else its help says.
  static var discussion: String { get }
  /// How it is called, one line for each way.
  static var usage: [String] { get }
  static var positionals: [Positional] { get }
  static var options: [any OptionDeclaration] { get }

  static func run(_ arguments: Arguments) throws
}

extension Command {
  static var discussion: String { "" }
  static var positionals: [Positional] { [] }

  static var usage: [String] {
    let needed = options.filter(\.isRequired).map(\.usage)
    let others = needed.count < options.count ? ["[options]"] : []
    return [([name] + positionals.map(\.usage) + needed + others).joined(separator: " ")]
  }
}

/// The subcommands. A new one is listed here and nowhere else.
enum Commands {
  static var all: [any Command.Type] { [Models.self, Layers.self] }
}

/// The options that several commands have.
enum Common {
  static let json = Option("json", "prints the result as one JSON value")
}
