import FoveaLessons

/// `fovea lesson quiz`: questions with answers that are computed. It reads standard input, a terminal or a pipe.
enum LessonQuiz {
  static func run(json: Bool) throws {
    let questions = try Curriculum.quizQuestions()
    if json { return try Console.printJSON(questions) }
    var (right, asked) = (0, 0)
    for (index, question) in questions.enumerated() {
      try Console.print(text(question, number: index + 1, of: questions.count))
      guard let isRight = try ask(question) else { break }
      guard question.answer != nil else { continue }
      asked += 1
      if isRight { right += 1 }
    }
    try Console.print("\(right) of \(asked) right")
  }

  private static func text(_ question: QuizQuestion, number: Int, of count: Int) -> String {
    var lines = ["\(question.id) · question \(number) of \(count)", Help.wrapped(question.question)]
    for (letter, option) in zip(question.letters, question.options) { lines.append("  \(letter)) \(option)") }
    return lines.joined(separator: "\n")
  }

  /// Asks for an answer and explains it. In a terminal, what is no answer is asked again; otherwise it is a wrong one,
  /// since nobody is there to correct it.
  ///
  /// - Returns: whether it was right; `nil` at the end of the input.
  private static func ask(_ question: QuizQuestion) throws -> Bool? {
    let expected = question.letters.last.map { "a letter from a to \($0)" } ?? "a number"
    while true {
      if Console.inputIsTerminal { Console.note("your answer, \(expected); Enter skips, q ends:") }
      guard let line = Console.readLine(), line.lowercased() != "q" else { return nil }
      let isSkipped = line.allSatisfy(\.isWhitespace)
      let judged = isSkipped ? false : question.accepts(line)
      if judged == nil {
        Console.note("'\(line.prefix(40))' is no answer: give \(expected)")
        if Console.inputIsTerminal { continue }
      }
      let isRight = judged ?? false
      var lines = [verdict(question, isRight: isRight, isSkipped: isSkipped)]
      lines += question.explanation.map { "  " + Help.wrapped($0, indent: 2) }
      try Console.print(lines.joined(separator: "\n") + "\n")
      return isRight
    }
  }

  private static func verdict(_ question: QuizQuestion, isRight: Bool, isSkipped: Bool) -> String {
    guard let answer = question.answer else { return "open: the lecture prints no answer" }
    if isRight { return "right: \(answer)" }
    return isSkipped ? "it is \(answer)" : "no, it is \(answer)"
  }
}
