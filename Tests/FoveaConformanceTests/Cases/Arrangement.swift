import FoveaCompiler
import FoveaCore
import FoveaGraph

/// Integers, which only operations that compute nothing take.
private func labels(_ shape: Shape) -> ConformanceCase.Input { .labels(shape, classes: 1000) }

extension Op.Concatenate: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(
        Op.Concatenate(axis: 3), .numbers([2, 7, 5, 3]), .numbers([2, 7, 5, 5]), .numbers([2, 7, 5, 1])),
      ConformanceCase(Op.Concatenate(axis: 0), .numbers([2, 7, 3]), .numbers([1, 7, 3])),
      ConformanceCase(Op.Concatenate(axis: 1), .numbers([2, 1, 3]), .numbers([2, 4, 3])),
      ConformanceCase(Op.Concatenate(axis: 0), .numbers([5])),
      ConformanceCase(Op.Concatenate(axis: 1), labels([2, 3]), labels([2, 1])),
      .backendOnly(Op.Concatenate(axis: 3), .numbers([3, 7, 5, 16]), .numbers([3, 7, 5, 32])),
      .backendOnly(
        Op.Concatenate(axis: 3), .numbers([3, 7, 5, 16]), .numbers([3, 7, 5, 20]), .numbers([3, 7, 5, 48])),
      .backendOnly(Op.Concatenate(axis: 0), .numbers([3, 7, 5, 16]), .numbers([2, 7, 5, 16])),
      .backendOnly(Op.Concatenate(axis: 1), .numbers([3, 50]), .numbers([3, 14])),
    ]
  }
}

extension Op.Slice: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.Slice(from: [0, 2, 1, 1], size: [2, 3, 4, 1]), .numbers([2, 7, 5, 3])),
      ConformanceCase(Op.Slice(from: [1, 0], size: [1, 5]), .numbers([2, 5])),
      ConformanceCase(Op.Slice(from: [0], size: [3]), .numbers([3])),
      ConformanceCase(Op.Slice(from: [], size: []), .numbers([])),
      ConformanceCase(Op.Slice(from: [2], size: [3]), labels([7])),
      .backendOnly(Op.Slice(from: [0, 1, 0, 16], size: [3, 6, 5, 16]), .numbers([3, 7, 5, 48])),
    ]
  }
}

extension Op.Pad: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.Pad(before: [0, 1, 2, 0], after: [0, 3, 0, 1]), .numbers([2, 7, 5, 3])),
      ConformanceCase(Op.Pad(before: [2], after: [1], value: -7), .numbers([3])),
      ConformanceCase(Op.Pad(before: [], after: []), .numbers([])),
      .backendOnly(Op.Pad(before: [0, 1, 1, 0], after: [0, 1, 1, 0]), .numbers([3, 7, 5, 16])),
      .backendOnly(Op.Pad(before: [0, 0, 0, 0], after: [0, 0, 0, 16]), .numbers([3, 7, 5, 16])),
    ]
  }
}

extension Op.Reshape: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.Reshape(to: [2, 105]), .numbers([2, 7, 5, 3])),
      ConformanceCase(Op.Reshape(to: [3, 1, 5]), .numbers([15])),
      ConformanceCase(Op.Reshape(to: []), .numbers([1, 1])),
      ConformanceCase(Op.Reshape(to: [6]), labels([2, 3])),
      .backendOnly(Op.Reshape(to: [3, 560]), .numbers([3, 7, 5, 16])),
    ]
  }
}

extension Op.Transpose: ConformanceCases {
  static var cases: [ConformanceCase] {
    [
      ConformanceCase(Op.Transpose([0, 3, 1, 2]), .numbers([2, 7, 5, 3])),
      ConformanceCase(Op.Transpose([2, 0, 3, 1]), .numbers([2, 7, 5, 3])),
      ConformanceCase(Op.Transpose([1, 0]), .numbers([7, 5])), ConformanceCase(Op.Transpose([0]), .numbers([5])),
      ConformanceCase(Op.Transpose([]), .numbers([])), ConformanceCase(Op.Transpose([1, 2, 0]), labels([2, 3, 4])),
      .backendOnly(Op.Transpose([0, 3, 1, 2]), .numbers([3, 7, 5, 16])),
      .backendOnly(Op.Transpose([1, 0]), .numbers([64, 100])),
    ]
  }
}

extension AssembleTiles: ConformanceCases {
  /// Images of one to three axes; channels in whole blocks, and not.
  static var cases: [ConformanceCase] {
    let shapes: [Shape] = [
      [3, 4, 2, 5], [2, 5, 3, 16], [2, 3, 4, 2, 3, 7], [1, 3, 4, 2, 2, 48], [3, 2, 3, 1, 2, 32],
      [2, 2, 1, 3, 2, 3, 1, 16],
    ]
    return shapes.map { ConformanceCase(AssembleTiles(), .numbers($0)) }
  }
}
