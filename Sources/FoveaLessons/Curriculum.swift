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
  /// - Errors: a row without a lesson, with the nearest.
  public static func lesson(_ id: String) throws(LessonError) -> any Lesson {
    if let lesson = lessons.first(where: { $0.id == id.uppercased() }) { return lesson }
    let hint = suggestion(for: id).map { "; did you mean '\($0)'?" } ?? ";"
    throw LessonError("there is no lesson '\(shortened(id))'\(hint) `fovea lesson` lists them")
  }

  /// The row of the same letter with the next number, or what is spelt most alike.
  private static func suggestion(for id: String) -> String? {
    let ids = lessons.map(\.id)
    if let wanted = Int(id.dropFirst()).map({ min(max($0, 0), 1000) }), let letter = id.uppercased().first {
      let related = ids.filter { $0.first == letter }
      if let next = related.min(by: { abs(number($0) - wanted) < abs(number($1) - wanted) }) { return next }
    }
    return id.lowercased().hasPrefix("qu") ? "quiz" : nearest(to: id.uppercased(), among: ids)
  }

  private static func number(_ id: String) -> Int { Int(id.dropFirst()) ?? 0 }
}

/// A lesson that does not exist.
public struct LessonError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
