import FoveaCompiler
import FoveaCore
internal import COneDNN

/// oneDNN's description of a tensor: sizes in its own order of axes, and where the elements lie.
typealias MemoryDescriptor = dnnl_memory_desc_t

/// How the graph's axes become oneDNN's: activations N×spatial…×C → N, C, spatial…; weights spatial…×I×O →
/// O, I, spatial…, or G, O/G, I, spatial… in groups. Matrices, and several of them, keep their order.
enum AxisOrder: Equatable {
  case activations
  case weights(groups: Int)
  case matrices

  /// For each oneDNN axis: its size and its stride, from the graph's.
  func arrange(_ shape: Shape, strides: [Int]) -> [(size: Int, stride: Int)] {
    let axes = zip(shape.dimensions, strides).map { (size: $0, stride: $1) }
    guard shape.rank > 2 else { return axes }
    switch self {
    case .matrices: return axes
    case .activations: return [axes[0], axes[shape.rank - 1]] + axes[1..<(shape.rank - 1)]
    case .weights(let groups):
      let (inputs, outputs, spatial) = (axes[shape.rank - 2], axes[shape.rank - 1], axes.prefix(shape.rank - 2))
      guard groups > 1 else { return [outputs, inputs] + spatial }
      let perGroup = outputs.size / groups
      return [(groups, outputs.stride * perGroup), (perGroup, outputs.stride), inputs] + spatial
    }
  }

  /// The graph's strides, from oneDNN's for each of its axes; `nil` if the groups do not follow one another evenly.
  func strides(of shape: Shape, from native: [Int]) -> [Int]? {
    guard shape.rank > 2 else { return native }
    switch self {
    case .matrices: return native
    case .activations: return [native[0]] + native[2...] + [native[1]]
    case .weights(let groups):
      guard groups > 1 else { return Array(native[2...]) + [native[1], native[0]] }
      guard native[0] == native[1] * (shape.channels / groups) else { return nil }
      return Array(native[3...]) + [native[2], native[1]]
    }
  }
}

extension MemoryDescriptor {
  /// The descriptor of a tensor in `layout`, or, without one, in any layout that the primitive likes.
  init(
    _ shape: Shape, _ layout: Layout?, order: AxisOrder = .activations, type: ElementType = .float32
  ) throws {
    self.init()
    let type = type.native
    switch layout {
    case .native(let native):
      guard native.bytes.count == MemoryLayout<MemoryDescriptor>.size else {
        throw OneDNNError(description: "\(native.name) of \(shape) is none of oneDNN's layouts")
      }
      self = native.bytes.withUnsafeBytes { $0.loadUnaligned(as: MemoryDescriptor.self) }
    case .strided(let strides):
      let axes = order.arrange(shape.rank == 0 ? [1] : shape, strides: shape.rank == 0 ? [1] : strides)
      try OneDNN.check(
        dnnl_memory_desc_init_by_strides(
          &self, Int32(axes.count), axes.map { Int64($0.size) }, type, axes.map { Int64($0.stride) }),
        "memory descriptor of \(shape)")
    case nil:
      let axes = order.arrange(shape, strides: shape.rowMajorStrides)
      try OneDNN.check(
        dnnl_memory_desc_init_by_tag(
          &self, Int32(axes.count), axes.map { Int64($0.size) }, type, dnnl_format_tag_any),
        "memory descriptor of \(shape)")
    }
  }

  /// The graph's layout of a tensor that oneDNN describes so.
  ///
  /// - Parameter byteCount: from the first to the last element, if it is not what oneDNN says.
  func layout(of shape: Shape, order: AxisOrder = .activations, byteCount: Int? = nil) -> Layout {
    if format_kind == dnnl_blocked, blocking.inner_nblks == 0, extra.flags == 0,
      let strides = order.strides(of: shape, from: blockStrides)
    {
      return .strided(strides)
    }
    return withUnsafePointer(to: self) { descriptor in
      let bytes = UnsafeRawBufferPointer(start: descriptor, count: MemoryLayout<MemoryDescriptor>.size)
      return .native(
        NativeLayout(
          bytes: Array(bytes), byteCount: byteCount ?? dnnl_memory_desc_get_size(descriptor), name: name(order)))
    }
  }

  private var blocking: dnnl_blocking_desc_t { format_desc.blocking }

  var rank: Int { Int(ndims) }
  var sizes: [Int] { Self.array(dims, rank) }
  var paddedSizes: [Int] { Self.array(padded_dims, rank) }
  private var blockStrides: [Int] { Self.array(blocking.strides, rank) }

  /// The axes that are cut into blocks, outermost block first, with the size of the block.
  var blocks: [(axis: Int, size: Int)] {
    guard format_kind == dnnl_blocked else { return [] }
    let count = Int(blocking.inner_nblks)
    return zip(Self.array(blocking.inner_idxs, count), Self.array(blocking.inner_blks, count)).map { ($0, $1) }
  }

  private static func array<T>(_ tuple: T, _ count: Int) -> [Int] {
    withUnsafeBytes(of: tuple) { $0.bindMemory(to: Int64.self).prefix(count).map { Int($0) } }
  }

  /// Such as `nChw16c`: the axes from the farthest to the nearest stride, blocked ones in capitals, then the blocks.
  private func name(_ order: AxisOrder) -> String {
    guard format_kind == dnnl_blocked else { return "opaque" }
    let spatial = Array("dhw".suffix(max(rank - 2, 0)))
    let letters: [Character] =
      switch order {
      case .matrices: Array("abc".suffix(rank))
      case .activations: ["n", "c"] + spatial
      case .weights(let groups): groups > 1 ? ["g", "o", "i"] + Array("dhw".suffix(rank - 3)) : ["o", "i"] + spatial
      }
    let (strides, blocked) = (blockStrides, Set(blocks.map(\.axis)))
    let outer = (0..<rank).sorted { (strides[$1], $0) < (strides[$0], $1) }.map { axis in
      blocked.contains(axis) ? letters[axis].uppercased() : String(letters[axis])
    }
    return outer.joined() + blocks.map { "\($0.size)\(letters[$0.axis])" }.joined()
  }
}

extension MemoryDescriptor {
  /// The strides of whole blocks.
  var outerStrides: [Int] { blockStrides }

  /// N×spatial…×C with the channels in blocks of 4, 8 or 16.
  init(blocked shape: Shape, _ width: Int) throws {
    let tags: [Int: [dnnl_format_tag_t]] = [
      4: [dnnl_nCw4c, dnnl_nChw4c, dnnl_nCdhw4c], 8: [dnnl_nCw8c, dnnl_nChw8c, dnnl_nCdhw8c],
      16: [dnnl_nCw16c, dnnl_nChw16c, dnnl_nCdhw16c],
    ]
    self.init()
    let sizes = AxisOrder.activations.arrange(shape, strides: shape.rowMajorStrides).map { Int64($0.size) }
    guard let tag = tags[width].flatMap({ (3...5).contains(shape.rank) ? $0[shape.rank - 3] : nil }) else {
      throw OneDNNError(description: "no blocks of \(width) channels for \(shape)")
    }
    try OneDNN.check(
      dnnl_memory_desc_init_by_tag(&self, Int32(sizes.count), sizes, dnnl_f32, tag), "blocked memory of \(shape)")
  }
}

extension Layout {
  /// The same arrangement of an activation's numbers in another type. What oneDNN does not know stays as it is.
  func holding(_ type: ElementType, _ shape: Shape) throws -> Layout {
    guard case .native(let native) = self, native.bytes.count == MemoryLayout<MemoryDescriptor>.size
    else { return self }
    var descriptor = try MemoryDescriptor(shape, self)
    guard descriptor.data_type != type.native else { return self }
    descriptor.data_type = type.native
    return descriptor.layout(of: shape)
  }
}

extension ElementType {
  /// As oneDNN calls it.
  var native: dnnl_data_type_t {
    switch self {
    case .float32: dnnl_f32
    case .bfloat16: dnnl_bf16
    case .int8: dnnl_s8
    case .uint8: dnnl_u8
    case .int32: dnnl_s32
    }
  }
}
