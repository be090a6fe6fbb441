import FoveaCompiler
import FoveaCore
internal import CFoveaKernels

/// Images in blocks of 16: `N/16 × spatial… × C × 16`, so that a register holds one number of each of 16 images. For
/// convolutions of few channels, which would leave blocks of 16 channels half empty.
enum Blocks16 {
  private static let marker = Array("blocks of 16 images".utf8)

  /// `nil` if the images do not fill their blocks.
  static func layout(_ shape: Shape) -> Layout? {
    guard shape.rank > 2, shape[0] % 16 == 0 else { return nil }
    return .native(NativeLayout(bytes: marker, byteCount: shape.count * 4, name: "N/16·hw·c·16n"))
  }

  static func contains(_ layout: Layout) -> Bool {
    if case .native(let native) = layout { native.bytes == marker } else { false }
  }

  /// A copy between this layout and another; by way of row-major memory if the other is blocked by channels.
  static func reorder(_ shape: Shape, from source: Layout, to target: Layout) -> Kernel? {
    guard contains(source) != contains(target) else { return nil }
    let (blocks, length) = (Int64(shape[0] / 16), Int64(shape.count / shape[0]))
    if contains(target), source.isRowMajor(shape) {
      return Kernel(name: "c interleave", inputLayouts: [source], outputLayout: target) { memory in
        { fovea_interleave16(blocks, length, memory.inputs[0].words, memory.output.words) }
      }
    }
    if contains(source), target.isRowMajor(shape) {
      return Kernel(name: "c deinterleave", inputLayouts: [source], outputLayout: target) { memory in
        { fovea_deinterleave16(blocks, length, memory.inputs[0].words, memory.output.words) }
      }
    }
    return nil
  }
}
