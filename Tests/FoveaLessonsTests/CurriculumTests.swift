import FoveaLessons
import Foundation
import Testing

/// The rows of the lectures that the checklist counts.
@Test func `every row has a lesson`() {
  let rows =
    (1...30).map { "C\($0)" } + (1...23).map { "F\($0)" } + (1...10).map { "P\($0)" } + (1...29).map { "T\($0)" }
    + (1...11).map { "Q\($0)" } + (1...27).map { "L\($0)" } + ["R2", "R6", "R7", "R8"]
  #expect(Set(rows) == Set(Curriculum.lessons.map(\.id)))
}

@Test func `every lesson has an own row, a formula or a question, and a result`() throws {
  let ids = Curriculum.lessons.map(\.id)
  #expect(Set(ids).count == ids.count)
  for lesson in Curriculum.lessons {
    let page = try lesson.page()
    #expect(!page.title.isEmpty && !page.deck.isEmpty && !page.result.isEmpty, "\(lesson.id)")
    #expect(!page.formula.isEmpty || page.given.contains { $0.name == "question" }, "\(lesson.id) has no formula")
  }
}

/// A cell's arithmetic says the value that the fast backend computed for the result.
@Test(arguments: ["C1", "C8", "C9", "C10", "C11", "C19", "C23", "C24", "L4", "Q1", "Q3", "Q4", "C28"])
func `the cells are the result`(id: String) throws {
  let page = try page(id)
  let first = try #require(page.result[0].rows).flatMap(\.self)
  #expect(isClose(page.cells.map(\.value), first, 1e-5))
  for cell in page.cells { #expect(cell.arithmetic.contains("=")) }
}

@Test func `pages are no wider than a hundred columns`() throws {
  for lesson in Curriculum.lessons {
    let page = try lesson.page()
    for line in page.text().split(separator: "\n") { #expect(line.count <= 100, "\(lesson.id): \(line)") }
    for line in page.cells.prefix(3).flatMap({ $0.stepText().split(separator: "\n") }) {
      #expect(line.count <= 100, "\(lesson.id): \(line)")
    }
  }
}

@Test(arguments: [
  ("C88", "those of C are C1 to C30; "), ("r3", "those of R are R2, R6, R7, R8; "),
  ("E1", "rows begin with C, F, P, T, Q, L or R; "), ("quizz", "did you mean 'quiz'? "), ("nothing", ""),
])
func `an unknown row is told, with the rows that there are`(id: String, hint: String) {
  let error = #expect(throws: LessonError.self) { try Curriculum.lesson(id) }
  #expect(error?.description == "there is no lesson '\(id)'; \(hint)`fovea lesson` lists them")
}

@Test func `the quiz accepts its own answers and no others`() throws {
  let questions = try Curriculum.quizQuestions()
  #expect(questions.map(\.id) == (7...23).map { "F\($0)" })
  for question in questions {
    guard let answer = question.answer else { continue }
    #expect(question.accepts(answer) == true, "\(question.id)")
    #expect(question.accepts("no such answer") == nil)
    let wrong = question.options.isEmpty ? "-12345" : (answer == "a" ? "b" : "a")
    #expect(question.accepts(wrong) == false, "\(question.id)")
    #expect(!question.explanation.isEmpty)
  }
  #expect(questions.filter { $0.answer == nil }.map(\.id) == ["F21"])
}

/// The sum of products before the last `=` of a line such as `1·2 + 0.5·(−3) = 0.5`, and what stands behind it; `nil`
/// where the line has more than numbers, +, · and signs.
private func sides(of arithmetic: String) -> (computed: Double, said: Double)? {
  let parts = arithmetic.components(separatedBy: " = ")
  guard parts.count == 2 else { return nil }
  func number(_ text: some StringProtocol) -> Double? {
    let plain = String(text).filter { !",() ".contains($0) }.replacingOccurrences(of: "−", with: "-")
    return Double(plain)
  }
  var sum = 0.0
  for term in parts[0].components(separatedBy: " + ") {
    var product = 1.0
    for factor in term.split(separator: "·") {
      guard let value = number(factor) else { return nil }
      product *= value
    }
    sum += product
  }
  return number(parts[1]).map { (sum, $0) }
}

@Test func `the printed arithmetic of every cell is true`() throws {
  var checked = 0
  for lesson in Curriculum.lessons {
    for cell in try lesson.page().cells {
      guard let (computed, said) = sides(of: cell.arithmetic) else { continue }
      checked += 1
      #expect(abs(computed - said) <= 1e-4 * max(1, abs(said)), "\(lesson.id): \(cell.arithmetic)")
    }
  }
  #expect(checked > 200)
}
