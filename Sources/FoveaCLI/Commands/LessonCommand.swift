import FoveaLayers
import FoveaLessons

/// `fovea lesson`: the lectures, row by row.
enum LessonCommand: Command {
  static let name = "lesson"
  static let summary = "teaches the lectures: what is given, the formula, the arithmetic, the result"
  static let discussion = """
     Without a row it lists the lessons by topic. Everything is computed by the library; where a lecture \
    misprints, the lesson says what is right, and why. The quiz reads its answers from the terminal, where it asks \
    again after what is no answer, or from a pipe, where that counts as wrong; Enter skips a question, q ends.
    """
  static var usage: [String] { ["lesson [options]", "lesson ROW [--step] [options]", "lesson quiz [options]"] }
  static let examples = ["lesson", "lesson C8", "lesson C25 --step", "lesson quiz"]
  static let row = Positional("ROW", "a lesson, such as C8, or 'quiz'", .optional)
  static let positionals = [row]
  static let step = Option("step", "walks through the cells one by one; in a terminal, Enter shows the next")
  static let options: [any OptionDeclaration] = [step, Common.json]

  private struct Line: Encodable {
    let id: String
    let topic: Topic
    let title: String
    let deck: String
  }

  static func run(_ arguments: Arguments) throws {
    let json = arguments[Common.json]
    guard let id = arguments[row].first else {
      if arguments[step] { throw UsageError("--step needs a lesson, such as `fovea lesson C8 --step`") }
      return try list(json: json)
    }
    if arguments[step], id.lowercased() == "quiz" {
      throw UsageError("--step walks through the cells of a lesson; the quiz has none: leave it out")
    }
    if arguments[step], json {
      throw UsageError("--step is for reading, and --json has every cell already: leave one of them out")
    }
    if id.lowercased() == "quiz" { return try LessonQuiz.run(json: json) }
    let lesson: any Lesson
    do { lesson = try Curriculum.lesson(id) } catch { throw UsageError(error.description) }
    let page = try lesson.page()
    if json { return try Console.printJSON(page) }
    guard arguments[step] else { return try Console.print(page.text()) }
    try walk(page)
  }

  private static func list(json: Bool) throws {
    let lines = Curriculum.lessons.map { Line(id: $0.id, topic: $0.topic, title: $0.title, deck: $0.deck) }
    if json { return try Console.printJSON(lines) }
    let blocks = Topic.allCases.map { topic in
      let rows = lines.filter { $0.topic == topic }.map { ["", $0.id, $0.title, $0.deck] }
      return ([topic.title] + aligned(rows)).joined(separator: "\n")
    }
    try Console.print(blocks.joined(separator: "\n\n") + "\n\n`fovea lesson C8` shows one, `fovea lesson quiz` asks.")
  }

  private static func walk(_ page: LessonPage) throws {
    try Console.print(page.opening() + "\n")
    for (index, cell) in page.cells.enumerated() {
      try Console.print(cell.stepText() + "\n")
      guard Console.inputIsTerminal, index + 1 < page.cells.count else { continue }
      Console.note("cell \(index + 1) of \(page.cells.count): Enter goes on, q ends")
      guard let line = Console.readLine(), line.lowercased() != "q" else { return }
    }
    try Console.print(page.closing())
  }
}
