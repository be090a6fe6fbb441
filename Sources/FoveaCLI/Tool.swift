import FoveaZoo

/// The tool itself: finds the command and runs it.
enum Tool {
  static let version = "0.1.0"

  /// - Returns: the exit status: 0, 1 where something failed, 2 where the command line cannot be understood.
  static func run(_ arguments: ArraySlice<String>) -> CInt {
    guard let first = arguments.first else {
      Console.note(Help.overview)
      return 2
    }
    do {
      switch first {
      case "--version": try Console.print("fovea \(version)")
      case "--help", "-h", "help": try printHelp(arguments.dropFirst().first)
      default: try run(command(named: first), arguments.dropFirst())
      }
      return 0
    } catch {
      return report(error)
    }
  }

  private static func command(named name: String) throws -> any Command.Type {
    if let command = Commands.all.first(where: { $0.name == name }) { return command }
    guard !name.hasPrefix("-") else {
      let hint = Arguments.suggestion(for: name, among: ["version"])
      throw UsageError(
        "there is no option '\(shortened(name))'\(hint.isEmpty ? ";" : hint) options follow the command, "
          + "`fovea --help` lists the commands")
    }
    let hint = suggestion(for: name, among: Commands.all.map { $0.name }, otherwise: ";")
    throw UsageError("there is no command '\(shortened(name))'\(hint) `fovea --help` lists the commands")
  }

  private static func printHelp(_ name: String?) throws {
    try Console.print(name.map { Help.text(for: try command(named: $0)) } ?? Help.overview)
  }

  private static func run(_ command: any Command.Type, _ texts: ArraySlice<String>) throws {
    if texts.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
      return try Console.print(Help.text(for: command))
    }
    do {
      try command.run(Arguments(texts, options: command.options, positionals: command.positionals))
    } catch let error as UsageError {
      throw UsageError("\(error) (see `fovea \(command.name) --help`)")
    }
  }
}
