import FoveaZoo

/// The arguments of one command, checked against its declarations.
struct Arguments: Sendable {
  private var values: [String: any Sendable] = [:]
  private var positionals: [String: [String]] = [:]

  /// - Errors: an unknown option, with the nearest; an option that is given twice, lacks its value or has a wrong one;
  ///   a missing or surplus argument.
  init(
    _ texts: some Sequence<String>, options: [any OptionDeclaration], positionals declared: [Positional]
  ) throws(UsageError) {
    var rest: [String] = []
    var texts = ArraySlice(texts)
    while let text = texts.popFirst() {
      if text == "--" {  // what follows is no option, whatever it looks like
        rest += texts
        break
      }
      // No option has a blank behind its hyphen; a model line may begin so by mistake.
      guard text.hasPrefix("-"), text != "-", !text.hasPrefix("- ") else {
        rest.append(text)
        continue
      }
      try readOption(text, &texts, options)
    }
    try readPositionals(rest, declared)
    for option in options where option.isRequired && values[option.name] == nil {
      throw UsageError("\(option.usage) is missing: \(option.help)")
    }
  }

  private mutating func readOption(
    _ text: String, _ texts: inout ArraySlice<String>, _ options: [any OptionDeclaration]
  ) throws(UsageError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let option = options.first(where: { "--" + $0.name == parts[0] }) else {
      throw UsageError(
        "there is no option '\(shortened(parts[0]))'\(Self.suggestion(for: parts[0], among: options.map(\.name)))")
    }
    guard values[option.name] == nil else { throw UsageError("--\(option.name) is given twice") }
    guard let valueName = option.valueName else {
      guard parts.count == 1 else { throw UsageError("--\(option.name) takes no value, '\(parts[1])' was given") }
      values[option.name] = try option.anyValue(of: "")
      return
    }
    var value = parts.count == 2 ? parts[1] : nil
    if value == nil, let next = texts.first, !next.hasPrefix("--") {
      value = next
      texts.removeFirst()
    }
    guard let value else { throw UsageError("--\(option.name) needs a value: --\(option.name) \(valueName)") }
    values[option.name] = try option.anyValue(of: value)
  }

  /// `; did you mean '--epochs'?`, or nothing. Hyphens are no likeness.
  static func suggestion(for text: String, among names: [String]) -> String {
    let name = nearest(to: String(text.drop { $0 == "-" }), among: names + ["help"])
    return name.map { "; did you mean '--\($0)'?" } ?? ""
  }

  private mutating func readPositionals(_ texts: [String], _ declared: [Positional]) throws(UsageError) {
    var texts = ArraySlice(texts)
    for positional in declared {
      switch positional.number {
      case .one, .oneOrMore:
        guard !texts.isEmpty else { throw UsageError("\(positional.name) is missing: \(positional.help)") }
        let count = positional.number == .one ? 1 : texts.count
        let given = Array(texts.prefix(count))
        if given.contains("") { throw UsageError("\(positional.name) is empty: \(positional.help)") }
        positionals[positional.name] = given
        texts = texts.dropFirst(count)
      case .optional:
        positionals[positional.name] = Array(texts.prefix(1))
        texts = texts.dropFirst()
      }
    }
    guard let surplus = texts.first else { return }
    let hint = surplus.contains(" ") ? "" : "; a model line with blanks needs quotation marks"
    throw UsageError("the argument '\(shortened(surplus))' is one too many\(declared.isEmpty ? "" : hint)")
  }

  /// The value of an option: what was given, or its default.
  subscript<Value>(_ option: Option<Value>) -> Value {
    guard let value = values[option.name] as? Value ?? option.fallback else {
      preconditionFailure("--\(option.name) is required, so that it was given, or no option of this command")
    }
    return value
  }

  /// Whether the option stands on the command line.
  func has(_ option: some OptionDeclaration) -> Bool { values[option.name] != nil }

  /// All arguments at this place.
  subscript(_ positional: Positional) -> [String] { positionals[positional.name] ?? [] }
}
