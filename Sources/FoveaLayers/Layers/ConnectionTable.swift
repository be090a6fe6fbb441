/// Which channels each filter of a convolution sees. Only weights of connections that exist are kept and trained.
///
/// - Source: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", table I.
public struct ConnectionTable: Hashable, Sendable {
  /// For each filter, the channels that it sees.
  public var channels: [[Int]]

  public init(_ channels: [[Int]]) { self.channels = channels }

  /// So many pairs of a channel and a filter.
  public var count: Int { channels.reduce(0) { $0 + $1.count } }

  /// LeNet-5's third layer: 16 filters on 6 maps, 60 connections. Six filters see three neighbours, six see four
  /// neighbours, three see two pairs, one sees all.
  public static let leNet5 = ConnectionTable(
    (0..<6).map { first in (0..<3).map { (first + $0) % 6 }.sorted() }
      + (0..<6).map { first in (0..<4).map { (first + $0) % 6 }.sorted() }
      + (0..<3).map { first in [0, 1, 3, 4].map { (first + $0) % 6 }.sorted() }
      + [Array(0..<6)])

  /// - Errors: another number of filters; filters that see nothing, the same twice, or what there is not; an
  ///   initializer of whole kernels.
  func check(channels count: Int, filters: Int, groups: Int, _ initializer: Initializer) throws(ShapeError) {
    guard !initializer.isStructured else {
      throw ShapeError(
        "\(initializer) draws whole kernels, and a connection table keeps parts of them",
        fix: "use an initializer of single numbers, such as .glorotUniform")
    }
    guard groups == 1 else {
      throw ShapeError("a connection table and \(groups) groups", fix: "say in the table what the groups would say")
    }
    guard channels.count == filters else {
      throw ShapeError(
        "the connection table has \(channels.count) rows for \(filters) filters", fix: "give one row for each filter")
    }
    guard saturatingProduct(count, filters) <= SparseMatrix.longest else {
      throw ShapeError(
        "a connection table over \(count) channels and \(filters) filters",
        fix: "use fewer: \(SparseMatrix.longest) pairs at most")
    }
    for (filter, row) in channels.enumerated() {
      guard !row.isEmpty, row.allSatisfy((0..<count).contains), Set(row).count == row.count else {
        throw ShapeError(
          "filter \(filter) of the connection table sees the channels \(row) of \(count)",
          fix: "name at least one of 0..<\(count), each once")
      }
    }
  }

  /// The weights as a convolution wants them, zeros where there is no connection. Kept are `window…×connections`, the
  /// connections of the first filter first.
  func weights(of x: Value, window: Window, filters: Int, _ initializer: Initializer) -> Value {
    let field = window.count
    let drawn = initializer.withFans(in: field * count / filters, out: field * count / x.channels)
    let kept = x.parameter("weights", shape: Shape(window.size + [count]), drawn)
    let places = channels.enumerated().flatMap { filter, row in row.map { $0 * filters + filter } }
    let placing = SparseMatrix(gathering: places, of: x.channels * filters).transposed
    return kept.applying(Op.SparseMap(along: window.rank, placing))
      .reshaped(to: Shape(window.size + [x.channels, filters]))
  }
}
