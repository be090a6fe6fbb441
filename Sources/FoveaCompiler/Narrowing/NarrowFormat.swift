import FoveaCore
import FoveaGraph

/// How numbers are held in fewer than 32 bits.
enum NarrowFormat: Hashable {
  case whole(Quantization.Range)
  case bfloat16

  var elementType: ElementType {
    switch self {
    case .whole(let range): range.elementType
    case .bfloat16: .bfloat16
    }
  }

  /// `float32` → this.
  var narrowing: any Operation {
    switch self {
    case .whole(let range): Quantize(range)
    case .bfloat16: RoundToBFloat16()
    }
  }

  /// This → `float32`.
  var widening: any Operation {
    switch self {
    case .whole(let range): Dequantize(range)
    case .bfloat16: WidenBFloat16()
    }
  }
}

/// How a node computes with narrow numbers.
protocol NarrowComputing {
  /// How the node reads an input; `nil` as `float32`.
  ///
  /// - Parameter isNarrow: whether its result is narrow.
  func format(ofInput position: Int, givingNarrow isNarrow: Bool) -> NarrowFormat?
  /// Whether its result can be narrow.
  var canGiveNarrow: Bool { get }
  /// - Parameter types: of what it reads.
  func operation(giving output: NarrowFormat?, reading types: [ElementType]) -> any Operation
  /// Whether an input may be narrow or not, whatever the others and the result are.
  func takesAsHeld(_ position: Int) -> Bool
  /// What is read in the place of an input that comes as `float32`.
  func prepared(_ position: Int, _ node: Graph.NodeID, in graph: inout NarrowGraph, path: String) -> Graph.NodeID
}

extension NarrowComputing {
  func takesAsHeld(_ position: Int) -> Bool { false }

  func prepared(_ position: Int, _ node: Graph.NodeID, in graph: inout NarrowGraph, path: String) -> Graph.NodeID {
    node
  }
}
