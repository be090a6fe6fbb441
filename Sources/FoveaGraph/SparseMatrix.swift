/// A matrix of which most entries are 0, row by row.
public struct SparseMatrix: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public var column: Int
    public var weight: Double
    public init(_ column: Int, _ weight: Double) { (self.column, self.weight) = (column, weight) }
  }

  /// The longest axis: 2²².
  package static let longest = 1 << 22

  public let columns: Int
  /// Row i has the entries `starts[i]..<starts[i + 1]`.
  private var starts: [Int] = [0]
  private var entries: [Entry] = []

  public var rows: Int { starts.count - 1 }

  /// How many entries are not 0: the connections.
  public var nonZeros: Int { entries.count }

  /// - Parameters:
  ///   - rows: as the columns, at most 2²².
  ///   - columns: the number of inputs.
  ///   - row: the entries of a row, each column once; those of weight 0 are left out.
  public init(rows: Int, columns: Int, row: (Int) -> [Entry]) {
    precondition(max(rows, columns) <= Self.longest, "an axis is too long for a sparse matrix")
    self.columns = columns
    for i in 0..<rows {
      let kept = row(i).filter { $0.weight != 0 }.sorted { $0.column < $1.column }
      precondition(kept.allSatisfy { (0..<columns).contains($0.column) }, "an entry outside the matrix")
      entries += kept
      starts.append(entries.count)
    }
  }

  /// The entries of a row, from left to right.
  public subscript(row: Int) -> ArraySlice<Entry> { entries[starts[row]..<starts[row + 1]] }

  /// The product with a column of `columns` numbers.
  public static func * (matrix: SparseMatrix, vector: [Double]) -> [Double] {
    precondition(vector.count == matrix.columns, "\(matrix.columns) columns and \(vector.count) numbers")
    return (0..<matrix.rows).map { row in matrix[row].reduce(0) { $0 + $1.weight * vector[$1.column] } }
  }
}
