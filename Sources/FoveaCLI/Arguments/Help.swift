import FoveaLayers

/// The help of the tool and of its commands, made from their declarations.
enum Help {
  /// What lines are wrapped to, in characters.
  static let width = 100

  static func text(for command: any Command.Type) -> String {
    let uses = command.usage.enumerated().map { ($0.offset == 0 ? "usage: " : "       ") + "fovea " + $0.element }
    var parts = [uses.joined(separator: "\n"), wrapped(sentence(command.summary) + command.discussion)]
    if !command.positionals.isEmpty {
      parts.append(table(command.positionals.map { ($0.name, $0.help) }))
    }
    let options = command.options.map { option in
      (option.usage, option.help + (option.defaultText.map { " (default: \($0))" } ?? ""))
    }
    parts.append("options:\n" + table(options + [("--help", "prints this")]))
    if !command.examples.isEmpty {
      parts.append((["examples:"] + command.examples.map { "  fovea " + $0 }).joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }

  static var overview: String {
    let commands = table(Commands.all.map { ($0.name, $0.summary) })
    return """
      usage: fovea COMMAND [arguments]

      Trains and uses convolutional networks.

      commands:
      \(commands)

      \(table([("--help", "prints this, or with a command its help"), ("--version", "prints the version")]))

      Results go to standard output, progress and errors to standard error. Exit status: 0, 1 (failed),
      2 (usage); of a training that was stopped and saved 130 (Ctrl-C) or 143 (SIGTERM).
      """
  }

  private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }

  /// Names on the left, wrapped texts on the right of them.
  static func table(_ rows: [(name: String, text: String)]) -> String {
    let indent = 2 + (rows.map(\.name.count).max() ?? 0) + 2
    return rows.map { name, text in
      let lines = wrapped(text, indent: indent)
      return "  " + name + String(repeating: " ", count: indent - 2 - name.count) + lines
    }.joined(separator: "\n")
  }

  /// The text in lines of at most `width` characters, all but the first of them indented. Line breaks stay.
  static func wrapped(_ text: String, indent: Int = 0) -> String {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty, indent + line.count + 1 + word.count > width {
          lines.append(line)
          line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
      }
      lines.append(line)
    }
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }
}
