import FoveaCompiler
import FoveaCore
internal import CFoveaKernels
internal import COneDNN

/// Copies from one layout to another: by strides in C, to and from blocked layouts by oneDNN.
enum Reorder {
  static func kernel(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) throws -> Kernel? {
    guard type.byteCount == 4 else { return nil }
    if case .strided(let from) = source, case .strided(let to) = target {
      let space = StridedSpace(shape, [from, to])
      return Kernel(name: "c copy", inputLayouts: [source], outputLayout: target) { memory in
        { fovea_copy_strided(space.value, memory.inputs[0].words, memory.output.words) }
      }
    }
    let order = try order(of: shape, source, target)
    let (from, to) = (
      try MemoryDescriptor(shape, source, order: order), try MemoryDescriptor(shape, target, order: order)
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
    )
    .keeping(inputs: [source], output: target)
  }

  /// Which axes the native layouts of an activation or of weights have can be told from their sizes, unless both fit;
  /// then the layout's name says it.
  private static func order(of shape: Shape, _ layouts: Layout...) throws -> AxisOrder {
    for case .native(let native) in layouts {
      guard native.name.contains("o") else { return .activations }
      let rank = try MemoryDescriptor(shape, .native(native)).rank
      guard rank > shape.rank else { return .weights(groups: 1) }
      return .weights(groups: try MemoryDescriptor(shape, .native(native)).sizes[0])
    }
    return .activations
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
