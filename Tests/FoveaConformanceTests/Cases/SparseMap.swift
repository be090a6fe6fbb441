import FoveaCore
import FoveaGraph

/// Twice as long, half as long, to an odd length; gathered, with a row of nothing, and with many entries in a row.
private func maps(of length: Int) -> [SparseMatrix] {
  [
    .resampling(length, to: 2 * length, .nearest), .resampling(length, to: 2 * length, .linear),
    .resampling(length, to: 2 * length + 1, .cubic), .resampling(length, to: (length + 1) / 2, .linear),
    .resampling(length, to: 2 * length - 1, .linear, alignsCorners: true),
    .adaptive(length, to: 3, mean: true), .adaptive(length, to: length + 2, mean: false),
    SparseMatrix(gathering: [length - 1, 0, 0, length / 2], of: length),
    SparseMatrix(rows: 3, columns: length) { row in row == 1 ? [] : [.init(row, 0.5), .init(length - 1, -2)] },
    SparseMatrix(rows: 2, columns: length) { row in (0..<length).map { .init($0, Double($0 * 2 + row) / 8) } },
  ]
    + [PaddingMode.reflect, .replicate, .circular].map { try! .border(length, before: 3, after: 1, $0) }
    + [.reversed(length)]
}

extension Op.SparseMap: ConformanceCases {
  static var cases: [ConformanceCase] {
    let along = maps(of: 7).flatMap { map in
      [
        ConformanceCase(Self(along: 1, map), .numbers([2, 7, 5, 3])),
        ConformanceCase(Self(along: 2, map), .numbers([2, 3, 7])),
        ConformanceCase(Self(along: 0, map), .numbers([7])), ConformanceCase(Self(along: 0, map), .numbers([7, 4, 3])),
        .backendOnly(Self(along: 2, map), .numbers([3, 5, 7, 16])),
        .backendOnly(Self(along: 1, map), .numbers([3, 7, 5, 17])),
        .backendOnly(Self(along: 1, map), .numbers([2, 7, 4, 5, 32])),
        .backendOnly(Self(along: 1, map.transposed), .numbers([3, map.rows, 5, 48])),
      ]
    }
    let planes = zip(maps(of: 7), maps(of: 5).reversed()).flatMap { rows, columns in
      [
        ConformanceCase(Self(along: 1, rows, columns), .numbers([2, 7, 5, 3])),
        .backendOnly(Self(along: 1, rows, columns), .numbers([3, 7, 5, 16])),
        .backendOnly(Self(along: 2, rows, columns), .numbers([2, 3, 7, 5, 17])),
        .backendOnly(Self(along: 0, rows, columns), .numbers([7, 5])),
        .backendOnly(
          Self(along: 1, rows.transposed, columns.transposed), .numbers([2, rows.rows, columns.rows, 48])),
      ]
    }
    // More rows are read at once than the kernel keeps.
    let long = [SparseMatrix.adaptive(90, to: 2, mean: true), .adaptive(90, to: 2, mean: true).transposed].map {
      ConformanceCase.backendOnly(Self(along: 1, $0, .resampling(5, to: 9, .linear)), .numbers([2, $0.columns, 5, 16]))
    }
    // So many rows that each piece of the work has some of several images.
    return along + planes + long + [
      .backendOnly(
        Self(along: 1, .resampling(33, to: 66, .linear), .resampling(20, to: 41, .cubic)), .numbers([5, 33, 20, 20]))
    ]
  }
}
