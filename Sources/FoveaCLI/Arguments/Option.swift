/// An option of a command: `--name VALUE`, `--name=VALUE`, or a switch, which has no value.
///
/// It is declared once; the parser, the help and the command that reads it all use the same declaration.
struct Option<Value: Sendable>: OptionDeclaration {
  let name: String
  let valueName: String?
  let help: String
  let defaultText: String?
  let isRequired: Bool
  /// The value if the option is not given; `nil` only where it is required.
  let fallback: Value?
  private let read: @Sendable (String) throws(UsageError) -> Value

  /// An option that has a value when it is not given.
  init(
    _ name: String, _ valueName: String, _ help: String, _ kind: ValueKind<Value>, default fallback: Value,
    _ defaultText: String? = nil
  ) {
    (self.name, self.valueName, self.help) = (name, valueName, help)
    (self.fallback, self.defaultText, isRequired) = (fallback, defaultText ?? "\(fallback)", false)
    read = { text throws(UsageError) in try kind.value(of: text, for: "--" + name) }
  }

  /// An option that must be given.
  init(required name: String, _ valueName: String, _ help: String, _ kind: ValueKind<Value>) {
    (self.name, self.valueName, self.help) = (name, valueName, help)
    (fallback, defaultText, isRequired) = (nil, nil, true)
    read = { text throws(UsageError) in try kind.value(of: text, for: "--" + name) }
  }

  /// An option that may be left out.
  ///
  /// - Parameter defaultText: what happens then, for the help.
  init<Wrapped>(
    _ name: String, _ valueName: String, _ help: String, _ kind: ValueKind<Wrapped>, _ defaultText: String? = nil
  ) where Value == Wrapped? {
    (self.name, self.valueName, self.help) = (name, valueName, help)
    (fallback, self.defaultText, isRequired) = (.some(nil), defaultText, false)
    read = { text throws(UsageError) in try kind.value(of: text, for: "--" + name) }
  }

  /// A switch.
  init(_ name: String, _ help: String) where Value == Bool {
    (self.name, valueName, self.help) = (name, nil, help)
    (fallback, defaultText, isRequired) = (false, nil, false)
    read = { _ in true }
  }

  func anyValue(of text: String) throws(UsageError) -> any Sendable { try read(text) }
}

/// An option, whatever its value is.
protocol OptionDeclaration: Sendable {
  /// Without the hyphens.
  var name: String { get }
  /// What the help calls the value; `nil` for a switch.
  var valueName: String? { get }
  var help: String { get }
  /// For the help; `nil` if there is nothing to say.
  var defaultText: String? { get }
  var isRequired: Bool { get }

  /// - Errors: a text that is no value of this option.
  func anyValue(of text: String) throws(UsageError) -> any Sendable
}

extension OptionDeclaration {
  /// `--epochs N`.
  var usage: String { "--" + name + (valueName.map { " " + $0 } ?? "") }
}

/// An argument without a name: its place says what it is.
struct Positional: Sendable {
  enum Number: Sendable { case one, optional, oneOrMore }

  let name: String
  let help: String
  let number: Number

  init(_ name: String, _ help: String, _ number: Number = .one) {
    (self.name, self.help, self.number) = (name, help, number)
  }

  var usage: String {
    switch number {
    case .one: name
    case .optional: "[" + name + "]"
    case .oneOrMore: name + "…"
    }
  }
}
