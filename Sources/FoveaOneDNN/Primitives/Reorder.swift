import FoveaCompiler
import FoveaCore
internal import CFoveaKernels
internal import COneDNN

/// Copies from one layout to another: by strides in C, to and from layouts that have none by oneDNN.
enum Reorder {
  static func kernel(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) throws -> Kernel? {
    var kernel = try copy(shape, type, from: source, to: target)
    kernel?.writing = { try Self.kernel(shape, type, from: source, to: $0) }
    return kernel
  }

  private static func copy(
    _ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout
  ) throws -> Kernel? {
    if type.byteCount == 4, let space = StridedSpace(shape, from: source, to: target) {
      return Kernel(name: "c copy", inputLayouts: [source], outputLayout: target) { memory in
        { fovea_copy_strided(space.value, memory.inputs[0].words, memory.output.words) }
      }
    }
    if Blocks16.contains(source) || Blocks16.contains(target) {
      return try Blocks16.reorder(shape, from: source, to: target)
        ?? throughRowMajor(shape, type, from: source, to: target)
    }
    for packed in [WinogradWeights.self, FewRowsWeights.self, AMXWeights.self] as [any PackedWeights.Type]
    where packed.contains(target) {
      return try packed.reorder(shape, type, from: source, to: target)
        ?? throughRowMajor(shape, type, from: source, to: target)
    }
    let (sourceOrder, targetOrder) = (try order(of: shape, source), try order(of: shape, target))
    if let sourceOrder, let targetOrder, sourceOrder != targetOrder {
      return try throughRowMajor(shape, type, from: source, to: target)
    }
    let order = sourceOrder ?? targetOrder ?? .activations
    let (from, to) = (
      try MemoryDescriptor(shape, source, order: order, type: type),
      try MemoryDescriptor(shape, target, order: order, type: type)
    )
    let primitive = try Primitive("reorder of \(shape) from \(source) to \(target)") { descriptor, attributes in
      withUnsafePointer(to: from) { from in
        withUnsafePointer(to: to) { to in
          dnnl_reorder_primitive_desc_create(descriptor, from, OneDNN.engine, to, OneDNN.engine, attributes)
        }
      }
    }
    return primitive.kernel(
      inputs: [(DNNL_ARG_FROM, shape, order)], output: (DNNL_ARG_TO, shape, order)
    ).keeping(inputs: [source], output: target)
  }

  /// The same numbers as another type, in the same order in memory.
  static func conversion(of operand: KernelRequest.Operand, to type: ElementType) throws -> Kernel? {
    let shape = operand.shape
    let layout = Blocks16.contains(operand.layout) ? .rowMajor(shape) : operand.layout
    let order = try order(of: shape, layout) ?? .activations
    let source = try MemoryDescriptor(shape, layout, order: order, type: operand.elementType)
    var target = source
    target.data_type = type.native
    let targetLayout = if case .native = layout { target.layout(of: shape, order: order) } else { layout }
    let primitive = try Primitive("conversion of \(shape) to \(type)") { descriptor, attributes in
      withUnsafePointer(to: source) { source in
        withUnsafePointer(to: target) { target in
          dnnl_reorder_primitive_desc_create(descriptor, source, OneDNN.engine, target, OneDNN.engine, attributes)
        }
      }
    }
    return primitive.kernel(
      inputs: [(DNNL_ARG_FROM, shape, order)], output: (DNNL_ARG_TO, shape, order), type: type
    ).keeping(inputs: [layout], output: targetLayout)
  }

  /// Between an activation's layout and that of weights, of which oneDNN sees the axes in different orders.
  private static func throughRowMajor(
    _ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout
  ) throws -> Kernel? {
    guard let first = try kernel(shape, type, from: source, to: .rowMajor(shape)),
      let second = try kernel(shape, type, from: .rowMajor(shape), to: target)
    else { return nil }
    let rowMajorBytes =
      (shape.count * type.byteCount + AlignedBuffer.alignment - 1) / AlignedBuffer.alignment * AlignedBuffer.alignment
    return Kernel(
      name: first.name, inputLayouts: [source], outputLayout: target,
      scratchBytes: rowMajorBytes + max(first.scratchBytes, second.scratchBytes)
    ) { memory in
      let (middle, scratch) = (memory.scratch!, memory.scratch! + rowMajorBytes)
      let steps = [
        try first.prepare(.init(inputs: memory.inputs, output: middle, scratch: scratch)),
        try second.prepare(.init(inputs: [UnsafeRawPointer(middle)], output: memory.output, scratch: scratch)),
      ]
      return { for step in steps { step() } }
    }
  }

  /// How oneDNN sees the axes of a native layout; `nil` for strides, which suit any order.
  private static func order(of shape: Shape, _ layout: Layout) throws -> AxisOrder? {
    guard case .native(let native) = layout else { return nil }
    guard native.name.contains("o") else { return .activations }
    let descriptor = try MemoryDescriptor(shape, layout)
    return .weights(groups: descriptor.rank > shape.rank ? descriptor.sizes[0] : 1)
  }
}

extension StridedSpace {
  /// The numbers of two layouts that have strides, if only once the channels are split into blocks.
  fileprivate init?(_ shape: Shape, from source: Layout, to target: Layout) {
    if case .strided(let from) = source, case .strided(let to) = target {
      self.init(shape, [from, to])
      return
    }
    guard let blocked = [source, target].lazy.map({ ChannelLayout(shape, preferring: $0) }).first(where: \.isBlocked),
      !blocked.isPadded, let from = blocked.splitStrides(of: source), let to = blocked.splitStrides(of: target)
    else { return nil }
    self.init(Shape(shape.dimensions.dropLast() + [blocked.blocks, blocked.width]), [from, to])
  }
}

extension Kernel {
  /// The same kernel with the layouts spelt as the plan knows them.
  func keeping(inputs: [Layout], output: Layout) -> Kernel {
    var kernel = self
    (kernel.inputLayouts, kernel.outputLayout) = (inputs, output)
    return kernel
  }
}
