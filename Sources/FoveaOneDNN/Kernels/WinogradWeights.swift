import FoveaCompiler
import FoveaCore
internal import CFoveaKernels

/// How weights `H×W×I×O`, of windows of 3×3 or 5×5, lie for `WinogradConvolution`: panels of 16 filters, each read from the
/// first to the last; bfloat16 ones transformed, two channels side by side.
struct WinogradWeights: PackedWeights {
  static let marker = Array("panels for Winograd".utf8)

  private let size, channels, paddedChannels, filters: Int
  private let isTurned, inPairs: Bool

  /// - Parameters:
  ///   - isTurned: whether they are those of the convolution that takes the gradient of the output to that of the input.
  ///   - width: how many channels are in a block.
  ///   - inPairs: whether they are bfloat16, of windows of 3×3, and pairs of them are multiplied; else they are `float32`.
  init(_ shape: Shape, isTurned: Bool, width: Int, inPairs: Bool) {
    (channels, filters) = isTurned ? (shape[3], shape[2]) : (shape[2], shape[3])
    size = shape[0]
    paddedChannels = (channels + width - 1) / width * width
    (self.isTurned, self.inPairs) = (isTurned, inPairs)
  }

  static func all(_ shape: Shape, _ type: ElementType) -> [WinogradWeights] {
    [false, true].flatMap { isTurned in
      let inPairs = type == .bfloat16
      return (inPairs ? [16] : [8, 16]).map {
        WinogradWeights(shape, isTurned: isTurned, width: $0, inPairs: inPairs)
      }
    }
  }

  private var panels: Int { (filters + Int(FOVEA_WINOGRAD_PANEL) - 1) / Int(FOVEA_WINOGRAD_PANEL) }

  var layout: Layout {
    let byteCount =
      inPairs
      ? fovea_winograd_pair_weights(Int64(paddedChannels), Int64(filters))
      : panels * paddedChannels * size * size * Int(FOVEA_WINOGRAD_PANEL) * ElementType.float32.byteCount
    return .native(
      NativeLayout(
        bytes: Self.marker + [isTurned ? 1 : 0, inPairs ? 1 : 0, UInt8(size)] + "\(paddedChannels)".utf8,
        byteCount: byteCount,
        name: (isTurned ? "turned " : "") + (inPairs ? "O/16·16p·i/2·16o·2i" : "O/16·i·hw·16o")))
  }

  func pack(_ weights: UnsafeRawPointer, into packed: UnsafeMutableRawPointer) {
    let (channels, padded, filters) = (Int64(channels), Int64(paddedChannels), Int64(filters))
    if inPairs {
      fovea_winograd_pack_pairs(channels, padded, filters, isTurned, weights, packed)
    } else {
      fovea_winograd_pack(Int64(size), channels, padded, filters, isTurned, weights.floats, packed.floats)
    }
  }
}
