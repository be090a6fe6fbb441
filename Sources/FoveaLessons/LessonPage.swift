/// What a lesson shows: what is given, the formula, the arithmetic cell by cell, the result.
public struct LessonPage: Sendable, Encodable {
  /// Something with a name: a picture, a number, a table.
  public struct Exhibit: Sendable, Encodable {
    public let name: String
    /// Rows of numbers.
    public var rows: [[Double]]?
    public var number: Double?
    public var text: String?
    /// A table, its head first.
    public var table: [[String]]?
  }

  /// One number of the result and how it comes about.
  public struct Cell: Sendable, Encodable {
    public let name: String
    public let arithmetic: String
    public let value: Double
    /// What lies under the window, and the kernel over it, where there is one.
    public var window: [[Double]]?
    public var kernel: [[Double]]?
  }

  /// What the quiz asks where there is nothing to choose from.
  public struct Question: Sendable, Encodable {
    public let text: String
    /// The number among the results that answers it.
    public let result: String
  }

  public let id: String
  public let topic: Topic
  public let deck: String
  public let title: String
  public private(set) var given: [Exhibit] = []
  public private(set) var formula: [String] = []
  public private(set) var cells: [Cell] = []
  public private(set) var result: [Exhibit] = []
  public private(set) var question: Question?
  public private(set) var remarks: [String] = []
  /// What the lecture says wrongly, what is right, and why.
  public private(set) var correction: String?

  init(id: String, topic: Topic, deck: String, title: String) {
    (self.id, self.topic, self.deck, self.title) = (id, topic, deck, title)
  }
}

extension LessonPage {
  mutating func give(_ name: String, _ rows: [[Double]]) { given.append(Exhibit(name: name, rows: rows)) }
  mutating func give(_ name: String, _ text: String) { given.append(Exhibit(name: name, text: text)) }
  mutating func give(_ name: String, table: [[String]]) { given.append(Exhibit(name: name, table: table)) }

  mutating func formula(_ text: String) { formula.append(text) }

  mutating func cell(_ name: String, _ arithmetic: String, _ value: Double) {
    cells.append(Cell(name: name, arithmetic: arithmetic, value: value))
  }

  mutating func add(_ cells: [Cell]) { self.cells += cells }

  mutating func result(_ name: String, _ rows: [[Double]]) { result.append(Exhibit(name: name, rows: rows)) }
  mutating func result(_ name: String, _ number: Double) { result.append(Exhibit(name: name, number: number)) }
  mutating func result(_ name: String, _ number: Int) { result(name, Double(number)) }
  mutating func result(_ name: String, _ text: String) { result.append(Exhibit(name: name, text: text)) }
  mutating func result(_ name: String, table: [[String]]) { result.append(Exhibit(name: name, table: table)) }

  /// - Parameter name: of the result that is the answer.
  mutating func ask(_ text: String, answeredBy name: String) { question = Question(text: text, result: name) }

  mutating func remark(_ sentence: String) { remarks.append(sentence) }
  mutating func correct(_ sentences: String) { correction = sentences }
}

extension LessonPage {
  /// The rows of numbers called `name` among the results.
  public func rows(_ name: String) -> [[Double]]? { result.first { $0.name == name }?.rows }
  /// The number called `name` among the results.
  public func number(_ name: String) -> Double? { result.first { $0.name == name }?.number }
  /// The text called `name` among the results.
  public func text(_ name: String) -> String? { result.first { $0.name == name }?.text }
  /// The table called `name` among the results.
  public func table(_ name: String) -> [[String]]? { result.first { $0.name == name }?.table }
}
