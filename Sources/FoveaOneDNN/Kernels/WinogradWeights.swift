import FoveaCompiler
import FoveaCore
internal import CFoveaKernels

/// How weights `3×3×I×O` lie for `WinogradConvolution`: panels of 16 filters, each read from the first to the last.
struct WinogradWeights {
  private static let marker = Array("panels for Winograd".utf8)

  private let channels, paddedChannels, filters: Int
  private let isTurned: Bool
  private let type: ElementType

  /// - Parameters:
  ///   - isTurned: whether they are those of the convolution that takes the gradient of the output to that of the input.
  ///   - width: how many channels are in a block.
  ///   - type: of the weights, `float32` or bfloat16.
  init(_ shape: Shape, isTurned: Bool, width: Int, type: ElementType) {
    (channels, filters) = isTurned ? (shape[3], shape[2]) : (shape[2], shape[3])
    paddedChannels = (channels + width - 1) / width * width
    (self.isTurned, self.type) = (isTurned, type)
  }

  /// Reads a layout back; `nil` if it is another.
  private init?(_ layout: Layout, of shape: Shape, _ type: ElementType) {
    guard case .native(let native) = layout, native.bytes.starts(with: Self.marker) else { return nil }
    for isTurned in [false, true] {
      for width in [8, 16] {
        let weights = WinogradWeights(shape, isTurned: isTurned, width: width, type: type)
        if weights.layout == layout {
          self = weights
          return
        }
      }
    }
    return nil
  }

  private var panels: Int { (filters + Int(FOVEA_WINOGRAD_PANEL) - 1) / Int(FOVEA_WINOGRAD_PANEL) }

  var layout: Layout {
    .native(
      NativeLayout(
        bytes: Self.marker + [isTurned ? 1 : 0] + "\(paddedChannels)".utf8,
        byteCount: panels * paddedChannels * 9 * Int(FOVEA_WINOGRAD_PANEL) * type.byteCount,
        name: isTurned ? "turned O/16·i·hw·16o" : "O/16·i·hw·16o"))
  }

  static func contains(_ layout: Layout) -> Bool {
    if case .native(let native) = layout { native.bytes.starts(with: marker) } else { false }
  }

  /// A copy of row-major weights into this layout.
  static func reorder(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) -> Kernel? {
    guard source.isRowMajor(shape), let weights = WinogradWeights(target, of: shape, type) else { return nil }
    let (channels, padded) = (Int64(weights.channels), Int64(weights.paddedChannels))
    let (filters, isTurned, isNarrow) = (Int64(weights.filters), weights.isTurned, type == .bfloat16)
    return Kernel(name: "c pack", inputLayouts: [source], outputLayout: target) { memory in
      { fovea_winograd_pack(channels, padded, filters, isTurned, isNarrow, memory.inputs[0], memory.output) }
    }
  }
}
