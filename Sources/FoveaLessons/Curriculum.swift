import FoveaZoo

/// All lessons, by topic and in the order of their rows.
public enum Curriculum {
  /// A new list of lessons is added here.
  private static let lists: [[any Lesson]] = [
    definitions, workedExamples, channels, arithmetic, kernels, sizes, quiz, counts, tables, architectures, pooling,
    layers, operations, normalizations, training,
  ]

  public static let lessons: [any Lesson] = {
    let order = Topic.allCases
    return lists.flatMap(\.self).sorted { a, b in
      (order.firstIndex(of: a.topic)!, number(a.id)) < (order.firstIndex(of: b.topic)!, number(b.id))
    }
  }()

  /// The rows that the quiz asks, in their order.
  public static var quizLessons: [any Lesson] {
    lessons.filter { $0.topic == .sizes && (7...23).contains(number($0.id)) }
  }

  /// The lesson of a row; capitals do not matter.
  ///
  /// - Errors: a row without a lesson, with the rows that there are.
  public static func lesson(_ id: String) throws(LessonError) -> any Lesson {
    if let lesson = lessons.first(where: { $0.id == id.uppercased() }) { return lesson }
    throw LessonError("there is no lesson '\(shortened(id))'; \(hint(for: id))`fovea lesson` lists them")
  }

  /// Which rows begin with the letter that was given, if what was given is like one.
  private static func hint(for id: String) -> String {
    if id.lowercased().hasPrefix("qu") { return "did you mean 'quiz'? " }
    guard let letter = id.uppercased().first, Int(id.dropFirst()) != nil else { return "" }
    let rows = lessons.map(\.id).filter { $0.first == letter }
    guard let first = rows.first, let last = rows.last else {
      let letters = lessons.compactMap(\.id.first).reduce(into: [String]()) { letters, letter in
        if !letters.contains("\(letter)") { letters.append("\(letter)") }
      }
      return "rows begin with \(letters.dropLast().joined(separator: ", ")) or \(letters.last ?? ""); "
    }
    let isWhole = number(last) - number(first) == rows.count - 1
    return "those of \(letter) are \(isWhole ? "\(first) to \(last)" : rows.joined(separator: ", ")); "
  }

  private static func number(_ id: String) -> Int { Int(id.dropFirst()) ?? 0 }
}

/// A lesson that does not exist.
public struct LessonError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
