import FoveaCompiler
import FoveaCore
internal import CFoveaKernels

/// A layout in which the C kernels can walk the channels of `N×spatial…×C`: row-major, or blocked along the channels
/// only.
struct ChannelLayout: Sendable {
  let layout: Layout
  let shape: Shape
  /// The channels that lie next to one another.
  let width: Int
  /// Whether channels lie in blocks, if only in one.
  let isBlocked: Bool

  /// `layout` if the kernels can walk it, row-major otherwise: the plan reorders then.
  init(_ shape: Shape, preferring layout: Layout) {
    self.shape = shape
    // Weights in groups may have one block, too, on their second axis.
    if shape.rank > 2, case .native = layout, let descriptor = try? MemoryDescriptor(shape, layout),
      descriptor.sizes == [shape[0], shape.channels] + shape.dimensions[1..<(shape.rank - 1)],
      let blocks = Self.channelBlocks(descriptor)
    {
      (self.layout, width, isBlocked) = (layout, blocks, true)
    } else {
      (self.layout, width, isBlocked) = (.rowMajor(shape), shape.channels, false)
    }
  }

  /// The block size, if the memory is N, C/b, spatial…, b.
  private static func channelBlocks(_ descriptor: MemoryDescriptor) -> Int? {
    guard descriptor.blocks.count == 1, descriptor.blocks[0].axis == 1 else { return nil }
    let size = descriptor.blocks[0].size
    var expected = size
    let (sizes, strides) = (descriptor.paddedSizes, descriptor.outerStrides)
    for axis in (2..<descriptor.rank).reversed() {
      guard strides[axis] == expected || sizes[axis] == 1 else { return nil }
      expected *= sizes[axis]
    }
    guard strides[1] == expected || sizes[1] == size else { return nil }
    expected *= sizes[1] / size
    return strides[0] == expected || sizes[0] == 1 ? size : nil
  }

  /// The channel blocks of one image.
  var blocks: Int { (shape.channels + width - 1) / width }

  /// Whether there are channels that only fill up the last block.
  var isPadded: Bool { blocks * width != shape.channels }

  /// The floats in memory, filling included.
  var count: Int { shape.count / shape.channels * blocks * width }

  var value: fovea_channels {
    let positions = shape.count / shape.channels / (isBlocked ? shape[0] : 1)
    return fovea_channels(
      outer: isBlocked ? Int64(shape[0]) : 1, blocks: Int64(blocks), inner: Int64(positions), width: Int64(width),
      channels: Int64(shape.channels))
  }

  /// Likewise, example by example.
  var examples: fovea_channels {
    var value = value
    value.inner = Int64(shape.count / shape.channels / shape[0])
    value.outer = Int64(shape[0])
    return value
  }

  /// The same arrangement for an image of other spatial sizes, e.g. after pooling.
  func resized(to shape: Shape, of type: ElementType = .float32) throws -> Layout {
    isBlocked ? try .blocked(shape, width, type) : .rowMajor(shape)
  }

  /// The same arrangement of numbers of another type.
  func layout(of type: ElementType) throws -> Layout { try layout.holding(type, shape) }
}
