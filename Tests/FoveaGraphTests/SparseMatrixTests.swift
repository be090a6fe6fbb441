import FoveaCore
import FoveaGraph
import Testing

private func rows(_ map: SparseMatrix) -> [[Double]] {
  (0..<map.rows).map { row in
    var dense = [Double](repeating: 0, count: map.columns)
    for entry in map[row] { dense[entry.column] = entry.weight }
    return dense
  }
}

@Test func `entries of one index are added, those of weight 0 left out`() {
  let map = SparseMatrix(rows: 2, columns: 3) { row in
    row == 0 ? [.init(2, 1), .init(0, 0), .init(2, 0.5)] : [.init(1, 3), .init(0, -1)]
  }
  #expect(rows(map) == [[0, 0, 1.5], [-1, 3, 0]])
  #expect(map[0].count == 1)
  #expect(map.span == 2)
}

@Test func `the transposed map has rows for columns`() {
  let map = SparseMatrix(rows: 3, columns: 2) { row in row == 1 ? [] : [.init(0, Double(row + 1)), .init(1, -1)] }
  #expect(rows(map.transposed) == [[1, 0, 3], [-1, 0, -1]])
  #expect(map.transposed.transposed == map)
}

@Test func `half-pixel interpolation lies a quarter between neighbours at twice the size`() {
  #expect(rows(.resampling(2, to: 4, .linear)) == [[1, 0], [0.75, 0.25], [0.25, 0.75], [0, 1]])
  #expect(rows(.resampling(2, to: 3, .linear, alignsCorners: true)) == [[1, 0], [0.5, 0.5], [0, 1]])
  #expect(rows(.resampling(3, to: 2, .nearest)) == [[1, 0, 0], [0, 1, 0]])
  for interpolation in Interpolation.allCases {
    for row in rows(.resampling(5, to: 13, interpolation)) { #expect(abs(row.reduce(0, +) - 1) < 1e-12) }
  }
}

@Test func `adaptive windows overlap where the sizes do not divide`() {
  #expect((0..<3).map { SparseMatrix.adaptiveWindow($0, 7, to: 3) } == [0..<3, 2..<5, 4..<7])
  #expect((0..<2).map { SparseMatrix.adaptiveWindow($0, 6, to: 2) } == [0..<3, 3..<6])
}

@Test func `a map that does not fit says why`() {
  let map = SparseMatrix(gathering: [0, 1], of: 3)
  #expect(
    throws: ShapeError("a 2×3 matrix along axis 1 of 2×4×5", fix: "give it a row and 4 columns")
  ) { try Op.SparseMap(along: 1, map).outputShape(for: [[2, 4, 5]]) }
  #expect(throws: ShapeError.self) { try Op.SparseMap(along: 3, map).outputShape(for: [[2, 4, 3]]) }
}

@Test func `a border continues an axis by its edge, its mirror image or its other end`() throws {
  func sources(_ mode: PaddingMode, _ length: Int, _ before: Int, _ after: Int) throws -> [Int] {
    let map = try SparseMatrix.border(length, before: before, after: after, mode)
    #expect(map.placeOfWhole == before)
    return (0..<map.rows).map { map[$0][0].column }
  }
  #expect(try sources(.reflect, 4, 2, 3) == [2, 1, 0, 1, 2, 3, 2, 1, 0])
  #expect(try sources(.replicate, 3, 1, 2) == [0, 0, 1, 2, 2, 2])
  #expect(try sources(.circular, 3, 2, 1) == [1, 2, 0, 1, 2, 0])
  #expect(throws: ShapeError.self) { try SparseMatrix.border(3, before: 3, after: 0, .reflect) }
  #expect(throws: ShapeError.self) { try SparseMatrix.border(3, before: -1, after: 0, .replicate) }
  #expect(SparseMatrix.resampling(3, to: 6, .nearest).placeOfWhole == nil)
}
