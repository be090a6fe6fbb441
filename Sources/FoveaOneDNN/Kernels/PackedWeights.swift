import FoveaCompiler
import FoveaCore

/// Weights in an order of our own, in which a kernel in C reads them.
protocol PackedWeights: Sendable {
  /// What the layouts of all of them begin with, and no other layout does.
  static var marker: [UInt8] { get }

  /// The ways in which weights of a shape and type may lie.
  static func all(_ shape: Shape, _ type: ElementType) -> [Self]

  var layout: Layout { get }

  /// - Parameter weights: row-major.
  func pack(_ weights: UnsafeRawPointer, into packed: UnsafeMutableRawPointer)
}

extension PackedWeights {
  static func contains(_ layout: Layout) -> Bool {
    if case .native(let native) = layout { native.bytes.starts(with: marker) } else { false }
  }

  /// Reads a layout back; `nil` if it is another.
  static func of(_ layout: Layout, _ shape: Shape, _ type: ElementType) -> Self? {
    contains(layout) ? all(shape, type).first { $0.layout == layout } : nil
  }

  /// A copy of row-major weights into a layout; `nil` from another order.
  static func reorder(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) -> Kernel? {
    guard source.isRowMajor(shape), let weights = of(target, shape, type) else { return nil }
    return Kernel(name: "c pack", inputLayouts: [source], outputLayout: target) { memory in
      { weights.pack(memory.inputs[0], into: memory.output) }
    }
  }
}
