import FoveaGraph

/// Why an operator could not be made part of our graph.
enum ImportError: Error {
  /// What does not fit at the present node.
  ///
  /// - Parameter unread: what is asked for that is not read here, if it is that.
  case mistake(ShapeError, unread: String? = nil)
  /// The graph's builder has noted it already.
  case reported

  /// - Parameters:
  ///   - problem: what is wrong, with the numbers.
  ///   - fix: what to do about it.
  init(_ problem: String, fix: String) { self = .mistake(ShapeError(problem, fix: fix)) }

  /// What a sound file can ask for and is not done here.
  static func unsupported(_ what: String) -> ImportError {
    let error = ShapeError("\(what) is not read here", fix: "export the model without it")
    return .mistake(error, unread: what)
  }
}
