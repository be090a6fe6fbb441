/// A row of the lectures, worked out by the library.
///
/// A lesson holds what the lecture gives; what comes out is computed when the page is asked for.
public protocol Lesson: Sendable {
  /// The row, e.g. `C8`.
  var id: String { get }
  /// Where in the lectures, `deck:line`.
  var deck: String { get }
  var title: String { get }

  /// Computes what follows from what is given, and writes it on the page.
  func write(on page: inout LessonPage) throws
}

extension Lesson {
  public var topic: Topic { Topic(of: id) }

  public func page() throws -> LessonPage {
    var page = LessonPage(id: id, topic: topic, deck: deck, title: title)
    try write(on: &page)
    return page
  }
}

/// What a lesson is about; its rows begin with one letter.
public enum Topic: String, Sendable, Codable, CaseIterable {
  case convolution, sizes, counts, tables, pooling, layers, training

  public var title: String {
    switch self {
    case .convolution: "Convolution, worked by hand"
    case .sizes: "Output sizes, and the quiz"
    case .counts: "Counting parameters and connections"
    case .tables: "The tables of the models"
    case .pooling: "Pooling"
    case .layers: "Layers and operations"
    case .training: "Gradients and losses"
    }
  }

  init(of id: String) {
    let letters: [Character: Topic] = [
      "C": .convolution, "F": .sizes, "P": .counts, "T": .tables, "Q": .pooling, "L": .layers, "R": .training,
    ]
    guard let first = id.first, let topic = letters[first] else { preconditionFailure("\(id) belongs to no topic") }
    self = topic
  }
}

/// A lesson of its own kind: what it computes is written where it is listed.
struct FreeLesson: Lesson {
  let id: String
  let deck: String
  let title: String
  private let body: @Sendable (inout LessonPage) throws -> Void

  init(_ id: String, _ deck: String, _ title: String, _ body: @escaping @Sendable (inout LessonPage) throws -> Void) {
    (self.id, self.deck, self.title, self.body) = (id, deck, title, body)
  }

  func write(on page: inout LessonPage) throws { try body(&page) }
}
