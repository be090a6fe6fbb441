/// A question with answers to choose from. Whether an answer holds is computed, each by its own check.
struct QuizLesson: Lesson {
  struct Option: Sendable {
    var text: String
    /// Whether the answer holds, and what shows it.
    var check: @Sendable () throws -> (holds: Bool, evidence: String)

    init(_ text: String, _ check: @escaping @Sendable () throws -> (holds: Bool, evidence: String)) {
      (self.text, self.check) = (text, check)
    }
  }

  let id: String
  let deck: String
  let title: String
  let question: String
  let options: [Option]
  /// The answer that the lecture prints; `nil` where it prints none and no check can decide.
  var isOpen = false
  var formula: String?
  var correction: String?
  var remarks: [String] = []
  /// What the page shows besides.
  var more: (@Sendable (inout LessonPage) throws -> Void)?

  func write(on page: inout LessonPage) throws {
    page.give("question", question)
    if let formula { page.formula(formula) }
    var answers: [String] = []
    for (index, option) in options.enumerated() {
      let letter = Self.letter(index)
      let (holds, evidence) = try option.check()
      page.give("\(letter))", option.text)
      page.cell("\(letter))", "\(option.text): \(evidence)", holds ? 1 : 0)
      if holds { answers.append("\(letter)) \(option.text)") }
    }
    page.result("answer", isOpen ? "open: the lecture prints none" : answers.joined(separator: ", "))
    if let correction { page.correct(correction) }
    remarks.forEach { page.remark($0) }
    try more?(&page)
  }

  static func letter(_ index: Int) -> String { String("abcdefgh"[String.Index(utf16Offset: index, in: "abcdefgh")]) }
}

extension QuizLesson.Option {
  /// An answer that is a number, against the number that the library computes.
  static func number(_ text: String, _ value: Int, is compute: @escaping @Sendable () throws -> Int) -> Self {
    .init(text) {
      let right = try compute()
      return (right == value, right == value ? "the library computes \(right)" : "it is \(right)")
    }
  }

  /// An answer that is a formula in n and k, against the number that the library computes for many n and k.
  static func formula(
    _ text: String, _ formula: @escaping @Sendable (_ n: Int, _ k: Int) -> Double,
    is compute: @escaping @Sendable (_ n: Int, _ k: Int) throws -> Int
  ) -> Self {
    .init(text) {
      for k in [3, 5, 7] {
        for n in 8...12 {
          let right = try compute(n, k)
          guard formula(n, k) == Double(right) else {
            let said = formula(n, k)
            let number = said == said.rounded() ? "\(Int(said))" : "\(said)"
            return (false, "n = \(n), k = \(k) would give \(number), but it is \(right)")
          }
        }
      }
      return (true, "holds for n = 8…12 and k = 3, 5, 7")
    }
  }
}
