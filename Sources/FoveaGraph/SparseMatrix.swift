/// A matrix of which most entries are 0, row by row: how outputs depend on inputs, along an axis or of a whole layer.
public struct SparseMatrix: Hashable, Sendable {
  public struct Entry: Hashable, Sendable {
    public var column: Int
    public var weight: Double
    public init(_ column: Int, _ weight: Double) { (self.column, self.weight) = (column, weight) }
  }

  /// The longest axis, in and out: 2²².
  package static let longest = 1 << 22

  /// The number of inputs.
  public let columns: Int
  /// Row i has the entries `starts[i]..<starts[i + 1]`.
  package private(set) var starts: [Int32] = [0]
  package private(set) var indices: [Int32] = []
  package private(set) var weights: [Double] = []

  /// The number of outputs.
  public var rows: Int { starts.count - 1 }

  /// How many entries are not 0: the connections.
  public var nonZeros: Int { indices.count }

  /// - Parameters:
  ///   - rows: the number of outputs.
  ///   - columns: the number of inputs, at most 2²².
  ///   - row: the entries of a row; entries of one column are added, and those of weight 0 left out.
  public init(rows: Int, columns: Int, row: (Int) -> [Entry]) {
    precondition(max(rows, columns) <= Self.longest, "an axis is too long for a sparse matrix")
    self.columns = columns
    for i in 0..<rows {
      let entries = row(i).sorted { $0.column < $1.column }
      for entry in entries where entry.weight != 0 {
        precondition((0..<columns).contains(entry.column), "an entry outside the matrix")
        if indices.count > starts[i], indices.last == Int32(entry.column) {
          weights[weights.count - 1] += entry.weight
        } else {
          indices.append(Int32(entry.column))
          weights.append(entry.weight)
        }
      }
      starts.append(Int32(indices.count))
    }
  }

  /// Output i is input `indices[i]`.
  public init(gathering indices: [Int], of columns: Int) {
    self.init(rows: indices.count, columns: columns) { [Entry(indices[$0], 1)] }
  }

  /// The entries of a row, from left to right.
  public subscript(row: Int) -> [Entry] {
    (Int(starts[row])..<Int(starts[row + 1])).map { Entry(Int(indices[$0]), weights[$0]) }
  }

  /// The input that each output is, where each is one as it is: the inverse of `init(gathering:of:)`.
  package var picked: [Int]? {
    guard weights.count == rows, weights.allSatisfy({ $0 == 1 }), starts.elementsEqual(0...Int32(rows)) else {
      return nil
    }
    return indices.map(Int.init)
  }

  /// The number of inputs from the first to the last that a row reads, at most.
  package var span: Int {
    var span = 0
    for row in 0..<rows where starts[row] < starts[row + 1] {
      let (first, last) = (indices[Int(starts[row])], indices[Int(starts[row + 1]) - 1])
      span = max(span, Int(last - first) + 1)
    }
    return span
  }

  package var transposed: SparseMatrix {
    var result = SparseMatrix(rows: 0, columns: rows) { _ in [] }
    // Counting sort by column: within a column, the rows stay in order.
    var ends = [Int32](repeating: 0, count: columns + 1)
    for index in indices { ends[Int(index) + 1] += 1 }
    for column in 0..<columns { ends[column + 1] += ends[column] }
    result.starts = ends
    result.indices = [Int32](repeating: 0, count: indices.count)
    result.weights = [Double](repeating: 0, count: indices.count)
    for row in 0..<rows {
      for entry in Int(starts[row])..<Int(starts[row + 1]) {
        let column = Int(indices[entry])
        result.indices[Int(ends[column])] = Int32(row)
        result.weights[Int(ends[column])] = weights[entry]
        ends[column] += 1
      }
    }
    return result
  }

  /// The product with a column of `columns` numbers.
  public static func * (matrix: SparseMatrix, vector: [Double]) -> [Double] {
    precondition(vector.count == matrix.columns, "\(matrix.columns) columns and \(vector.count) numbers")
    return (0..<matrix.rows).map { row in matrix[row].reduce(0) { $0 + $1.weight * vector[$1.column] } }
  }
}
