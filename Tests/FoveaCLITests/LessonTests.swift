import FoveaTestSupport
import Testing

@Test func `lesson lists the lessons by topic`() throws {
  let result = try Fovea("lesson")
  #expect(result.status == 0 && result.output.contains("Convolution, worked by hand"))
  let list = try Fovea("lesson", "--json").list()
  #expect(list.count > 90 && list.allSatisfy { $0["id"] is String && $0["topic"] is String })
}

@Test func `lesson C8 shows the sum of its first cell and the whole map`() throws {
  let result = try Fovea("lesson", "c8")
  #expect(result.status == 0)
  #expect(result.output.contains("7·1 + 2·0 + 3·(−1) + 4·1 + 5·0 + 3·(−1) + 3·1 + 3·0 + 2·(−1) = 6"))
  #expect(result.output.contains("−3  −2  −3"))
  #expect(!result.output.contains("y[2,2]"))
  let page = try Fovea("lesson", "C8", "--json").object()
  #expect((page["cells"] as? [Any])?.count == 9 && page["formula"] is [String])
}

@Test func `lesson --step shows every cell where nobody can press Enter`() throws {
  let output = try Fovea("lesson", "C8", "--step").output
  for y in 0..<3 { for x in 0..<3 { #expect(output.contains("y[\(y),\(x)] = ")) } }
}

@Test func `lesson --step walks through all of the ways`() throws {
  let output = try Fovea("lesson", "C25", "--step").output
  #expect(output.contains("no padding, stride 2: y[1,1] = ") && output.contains("padding 1, stride 2: y[2,2] = "))
  #expect(output.contains("window") && output.contains("kernel") && output.contains("lectures 004:283-299"))
}

@Test func `every lesson can be read, stepped through and parsed`() throws {
  for line in try Fovea("lesson", "--json").list() {
    let id = try #require(line["id"] as? String)
    let result = try Fovea("lesson", id, "--step")
    #expect(
      result.status == 0 && result.output.hasPrefix("\(id)  ") && result.errors.isEmpty, "\(id): \(result.errors)")
    #expect(try Fovea("lesson", id, "--json").object()["result"] is [Any], "\(id)")
  }
}

/// The quiz, answered from a pipe.
private func quiz(answers: [String]) throws -> Fovea {
  let folder = TemporaryFolder()
  folder.write(Array(answers.map { $0 + "\n" }.joined().utf8), to: "answers")
  return try Fovea(after: "exec < '\(folder.path)/answers'", ["lesson", "quiz"])
}

@Test func `lesson quiz judges and explains, and ends with the score`() throws {
  // F7 is a number, F8 to F10 are letters: right, right with a bracket, wrong, skipped; then the input ends.
  let result = try quiz(answers: ["27", "a)", "A", ""])
  #expect(result.status == 0, "\(result.errors)")
  let output = result.output
  #expect(output.contains("F7 · question 1 of 17") && output.contains("right: 27"))
  #expect(output.contains("= ⌊52 / 2⌋ + 1 = 26 + 1 = 27"))
  #expect(output.contains("right: a") && output.contains("no, it is d") && output.contains("it is b"))
  #expect(output.contains("n = 8, k = 3 would give 1.5, but it is 2"))
  #expect(output.contains("F11 · question 5 of 17") && !output.contains("question 6"))
  #expect(output.hasSuffix("2 of 4 right\n"))
}

@Test func `lesson quiz takes every right answer`() throws {
  let questions = try Fovea("lesson", "quiz", "--json").list()
  #expect(questions.count == 17 && questions.allSatisfy { $0["question"] is String && $0["explanation"] is [String] })
  let result = try quiz(answers: questions.map { $0["answer"] as? String ?? "d" })
  // The lecture leaves F21 open: it does not count.
  #expect(result.output.hasSuffix("16 of 16 right\n") && result.output.contains("open: the lecture prints no answer"))
}

@Test func `lesson quiz ends with its input, and counts what is no answer as wrong`() throws {
  let silent = try Fovea("lesson", "quiz")
  #expect(silent.status == 0 && silent.output.contains("question 1 of 17") && silent.output.hasSuffix("0 of 0 right\n"))
  let garbage = try quiz(answers: Array(repeating: String(repeating: "é\u{7}", count: 4000), count: 30))
  #expect(garbage.status == 0 && garbage.output.hasSuffix("0 of 16 right\n"))
  #expect(garbage.errors.contains("is no answer: give a letter from a to d"))
}

@Test(arguments: [
  (["lesson", "C88"], "those of C are C1 to C30"), (["lesson", "--step"], "--step needs a lesson"),
  (["lesson", "C8", "C9"], "one too many"), (["lesson", "quizz"], "did you mean 'quiz'?"),
  (["lesson", ""], "there is no lesson ''; `fovea lesson` lists them"),
  (["lesson", "quiz", "--step"], "the quiz has none: leave it out"),
  (["lesson", "C8", "--step", "--json"], "--json has every cell already: leave one of them out"),
  (["lesson", "QUIZ", "--json", "--step"], "the quiz has none"),
])
func `lesson says what is wrong`(arguments: [String], message: String) throws {
  let result = try Fovea(arguments)
  #expect(result.status == 2 && result.errors.contains(message) && result.output.isEmpty, "\(result.errors)")
}
