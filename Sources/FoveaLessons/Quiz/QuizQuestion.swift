import FoveaExplain

/// A row of the quiz as a question. The right answer is computed.
public struct QuizQuestion: Sendable, Encodable {
  public let id: String
  public let question: String
  /// What there is to choose from; empty where a number is asked.
  public let options: [String]
  /// A letter or a number; `nil` where the lecture leaves it open.
  public let answer: String?
  /// What the options are answered by.
  public var letters: [String] { options.indices.map(QuizLesson.letter) }

  /// What shows it, line by line.
  public let explanation: [String]

  public init(_ page: LessonPage) {
    id = page.id
    let texts = page.cells.map { $0.text() }
    let notes = [page.correction].compactMap(\.self) + page.remarks
    if let question = page.given.first(where: { $0.name == "question" })?.text {
      self.question = question
      options = page.given.filter { $0.name.hasSuffix(")") }.compactMap(\.text)
      answer = page.text("answer").flatMap { $0.hasPrefix("open") ? nil : String($0.prefix(1)) }
      explanation = texts + notes
    } else {
      guard let asked = page.question, let number = page.number(asked.result) else {
        preconditionFailure("\(page.id) asks nothing that a number answers")
      }
      question = asked.text
      options = []
      answer = spelled(number)
      explanation = texts.prefix(2) + notes
    }
  }

  /// Whether `text` is the right answer; `nil` if it is no answer to this question.
  public func accepts(_ text: String) -> Bool? {
    let text = text.lowercased().filter { !" )".contains($0) }
    if options.isEmpty {
      guard let number = Double(text.replacing("−", with: "-").replacing(",", with: "")) else { return nil }
      return spelled(number) == answer
    }
    return letters.contains(text) ? text == answer : nil
  }
}

extension Curriculum {
  /// The questions of the quiz, rows F7 to F23.
  public static func quizQuestions() throws -> [QuizQuestion] { try quizLessons.map { QuizQuestion(try $0.page()) } }
}
