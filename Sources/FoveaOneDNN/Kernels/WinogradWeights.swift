import FoveaCompiler
import FoveaCore
internal import CFoveaKernels

/// How weights `H×W×I×O`, of windows of 3×3 or 5×5, lie for `WinogradConvolution`: panels of 16 filters, each read from the
/// first to the last.
struct WinogradWeights: PackedWeights {
  static let marker = Array("panels for Winograd".utf8)

  private let size, channels, paddedChannels, filters: Int
  private let isTurned: Bool
  private let type: ElementType

  /// - Parameters:
  ///   - isTurned: whether they are those of the convolution that takes the gradient of the output to that of the input.
  ///   - width: how many channels are in a block.
  ///   - type: of the weights, `float32` or bfloat16.
  init(_ shape: Shape, isTurned: Bool, width: Int, type: ElementType) {
    (channels, filters) = isTurned ? (shape[3], shape[2]) : (shape[2], shape[3])
    size = shape[0]
    paddedChannels = (channels + width - 1) / width * width
    (self.isTurned, self.type) = (isTurned, type)
  }

  static func all(_ shape: Shape, _ type: ElementType) -> [WinogradWeights] {
    [false, true].flatMap { isTurned in
      [8, 16].map { WinogradWeights(shape, isTurned: isTurned, width: $0, type: type) }
    }
  }

  private var panels: Int { (filters + Int(FOVEA_WINOGRAD_PANEL) - 1) / Int(FOVEA_WINOGRAD_PANEL) }

  var layout: Layout {
    .native(
      NativeLayout(
        bytes: Self.marker + [isTurned ? 1 : 0, UInt8(size)] + "\(paddedChannels)".utf8,
        byteCount: panels * paddedChannels * size * size * Int(FOVEA_WINOGRAD_PANEL) * type.byteCount,
        name: isTurned ? "turned O/16·i·hw·16o" : "O/16·i·hw·16o"))
  }

  func pack(_ weights: UnsafeRawPointer, into packed: UnsafeMutableRawPointer) {
    fovea_winograd_pack(
      Int64(size), Int64(channels), Int64(paddedChannels), Int64(filters), isTurned, type == .bfloat16, weights, packed)
  }
}
