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

  /// Blocks of channels that are all full, of images one after the other or apart.
  ///
  /// - Returns: the channels of a block, and the numbers from an image to the next; `nil` if `layout` is none of these.
  static func blocks(of layout: Layout, _ shape: Shape) -> (width: Int, image: Int)? {
    guard case .native = layout, let width = (try? MemoryDescriptor(shape, layout))?.blocks.first?.size,
      let dense = try? Layout.blocked(shape, width, .float32)
    else { return nil }
    let blocked = ChannelLayout(shape, preferring: dense)
    guard !blocked.isPadded, let strides = blocked.splitStrides(of: layout), let own = blocked.splitStrides(of: dense),
      strides.dropFirst() == own.dropFirst()
    else { return nil }
    return (width, strides[0])
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

  /// The strides of an arrangement of the same numbers, with those of blocks of channels and within them in place of the
  /// channels'; `nil` if it has none.
  func splitStrides(of other: Layout) -> [Int]? {
    if case .strided(let strides) = other { return strides.dropLast() + [strides.last! * width, strides.last!] }
    guard shape.rank > 2, let descriptor = try? MemoryDescriptor(shape, other), descriptor.rank == shape.rank,
      descriptor.sizes == [shape[0], shape.channels] + shape.dimensions[1..<(shape.rank - 1)],
      descriptor.blocks.map({ [$0.axis, $0.size] }) == [[1, width]]
    else { return nil }
    let strides = descriptor.outerStrides
    return [strides[0]] + strides[2...] + [strides[1], 1]
  }

  /// The same images as a part of larger ones, whose channels are in as many blocks.
  ///
  /// - Parameter larger: the shape of those.
  func within(_ larger: Shape, of type: ElementType) throws -> Layout {
    guard isBlocked, shape[0] > 1 else { return layout }
    var descriptor = try MemoryDescriptor(blocked: shape, width)
    descriptor.data_type = type.native
    let (image, step) = (shape.count / shape[0], larger.count / larger[0])
    descriptor.format_desc.blocking.strides.0 = Int64(step)
    return descriptor.layout(of: shape, byteCount: ((shape[0] - 1) * step + image) * type.byteCount)
  }

  /// As many images as there are in the same blocks; `nil` for those in row-major order.
  var imagesTogether: RowsTogether? {
    guard isBlocked, let descriptor = try? MemoryDescriptor(shape, layout) else { return nil }
    return RowsTogether(count: 1) { [shape] images in
      var descriptor = descriptor
      (descriptor.dims.0, descriptor.padded_dims.0) = (Int64(images), Int64(images))
      return descriptor.layout(of: Shape([images] + shape.dimensions.dropFirst()))
    }
  }

  /// The same arrangement for an image of other spatial sizes, e.g. after pooling.
  func resized(to shape: Shape, of type: ElementType = .float32) throws -> Layout {
    isBlocked ? try .blocked(shape, width, type) : .rowMajor(shape)
  }

  /// The same arrangement of numbers of another type.
  func layout(of type: ElementType) throws -> Layout { try layout.holding(type, shape) }
}
