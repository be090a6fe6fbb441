package import FoveaCore
package import FoveaGraph

/// Tiles of images, each brought to its place: what comes of windows that lie edge to edge.
///
/// - Shapes: `N×windows…×size…×C` → `N×(windows · size)…×C`, axis by axis.
package struct AssembleTiles: NotDifferentiable, EpilogueHost {
  package static let name = "assemble_tiles"
  package init() {}

  package var inputCount: Int { 1 }
  package func accepts(_ epilogue: Epilogue) -> Bool { !epilogue.hasResidual }

  package func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
    let (x, rank) = (inputs[0], inputs[0].rank / 2 - 1)
    guard x.rank >= 4, x.rank.isMultiple(of: 2) else {
      throw ShapeError("\(label) of \(x)", fix: "give N×windows×size×C")
    }
    return Shape([x[0]] + (1...rank).map { x[$0] * x[$0 + rank] } + [x.channels])
  }

  /// The axes of the tiles in the order in which the images have them: a window's place behind the window, axis by axis.
  package static func order(of x: Shape) -> [Int] {
    let rank = x.rank / 2 - 1
    return [0] + (1...rank).flatMap { [$0, $0 + rank] } + [x.rank - 1]
  }
}
