import FoveaCompiler
import FoveaCore
internal import COneDNN

/// A primitive of oneDNN: created once, run many times.
///
/// Unchecked: the handles never change, and oneDNN allows one primitive to run on several threads when each brings its
/// own scratch memory, as here.
final class Primitive: @unchecked Sendable {
  let descriptor: dnnl_primitive_desc_t
  private let handle: dnnl_primitive_t

  /// - Parameters:
  ///   - operation: one of oneDNN's operation descriptors.
  ///   - epilogue: what follows in the same kernel.
  ///   - rescaling: of a primitive of whole numbers.
  ///   - forward: for a backward primitive, the forward one that it belongs to.
  convenience init<Descriptor>(
    _ operation: Descriptor, epilogue: Epilogue = Epilogue.none, rescaling: Rescaling? = nil, forward: Primitive? = nil
  ) throws {
    let attributes = try Attributes(epilogue, rescaling)
    var descriptor: dnnl_primitive_desc_t?
    try withUnsafePointer(to: operation) { operation in
      try OneDNN.check(
        dnnl_primitive_desc_create(&descriptor, operation, attributes.handle, OneDNN.engine, forward?.descriptor),
        "\(Descriptor.self)")
    }
    try self.init(adopting: descriptor!)
  }

  /// - Parameter create: one of the calls that give a descriptor without an operation descriptor.
  convenience init(
    _ name: String, create: (UnsafeMutablePointer<dnnl_primitive_desc_t?>, dnnl_primitive_attr_t) -> dnnl_status_t
  ) throws {
    let attributes = try Attributes(Epilogue.none)
    var descriptor: dnnl_primitive_desc_t?
    try OneDNN.check(create(&descriptor, attributes.handle), name)
    try self.init(adopting: descriptor!)
  }

  private init(adopting descriptor: dnnl_primitive_desc_t) throws {
    self.descriptor = descriptor
    var handle: dnnl_primitive_t?
    do {
      try OneDNN.check(dnnl_primitive_create(&handle, descriptor), "primitive")
    } catch {
      dnnl_primitive_desc_destroy(descriptor)
      throw error
    }
    self.handle = handle!
  }

  deinit {
    dnnl_primitive_destroy(handle)
    dnnl_primitive_desc_destroy(descriptor)
  }

  /// The memory that the primitive wants for one of its arguments, e.g. `DNNL_ARG_SRC`.
  func memory(_ argument: Int32) -> MemoryDescriptor {
    dnnl_primitive_desc_query_md(descriptor, dnnl_query_exec_arg_md, argument)!.pointee
  }

  var scratchBytes: Int {
    dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(descriptor, dnnl_query_scratchpad_md, 0))
  }

  /// Such as `jit:avx512_core`.
  var implementation: String {
    var name: UnsafePointer<CChar>?
    let status = withUnsafeMutablePointer(to: &name) {
      dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, $0)
    }
    return status == dnnl_success ? name.map { String(cString: $0) } ?? "?" : "?"
  }

  /// Whether its code was generated for these very sizes, rather than put together from matrix products.
  var isGenerated: Bool { ["jit", "brg", "brd"].contains { implementation.hasPrefix($0) } }

  /// The kernel of a node: which input and output is which argument, in the layouts that the primitive wants.
  ///
  /// - Parameters:
  ///   - inputs: argument, shape and order of axes of each input of the node, in its order.
  ///   - type: of the output.
  ///   - residual: an input that is added to the result; it lies in the output's memory, or is copied there.
  func kernel(
    inputs: [(argument: Int32, shape: Shape, order: AxisOrder)],
    output: (argument: Int32, shape: Shape, order: AxisOrder), type: ElementType = .float32, residual: Shape? = nil,
    overwritable: [Int] = []
  ) -> Kernel {
    let target = memory(output.argument)
    var layouts = inputs.map { memory($0.argument).layout(of: $0.shape, order: $0.order) }
    let outputLayout = target.layout(of: output.shape, order: output.order)
    var overwritable = overwritable
    if residual != nil {
      layouts.append(outputLayout)
      overwritable = [inputs.count]
    }
    let outputBytes = outputLayout.byteCount(output.shape, type)
    return Kernel(
      name: "onednn \(implementation)", inputLayouts: layouts, outputLayout: outputLayout, scratchBytes: scratchBytes,
      overwritableInputs: overwritable
    ) { [self] addresses in
      var arguments = try zip(inputs, addresses.inputs).map { input, address in
        try Argument(input.argument, memory(input.argument), UnsafeMutableRawPointer(mutating: address))
      }
      arguments.append(try Argument(output.argument, target, addresses.output))
      if let scratch = addresses.scratch {
        let descriptor = dnnl_primitive_desc_query_md(descriptor, dnnl_query_scratchpad_md, 0)!.pointee
        arguments.append(try Argument(DNNL_ARG_SCRATCHPAD, descriptor, scratch))
      }
      let call = Call(handle, arguments)
      guard residual != nil, addresses.inputs.last! != UnsafeRawPointer(addresses.output) else {
        return { [self] in withExtendedLifetime(self) { call.run() } }
      }
      return { [self] in
        addresses.output.copyMemory(from: addresses.inputs.last!, byteCount: outputBytes)
        withExtendedLifetime(self) { call.run() }
      }
    }
  }
}

/// oneDNN's handle for a piece of memory, as an argument of a primitive.
private final class Argument {
  let index: Int32
  let memory: dnnl_memory_t

  init(_ index: Int32, _ descriptor: MemoryDescriptor, _ address: UnsafeMutableRawPointer) throws {
    self.index = index
    var memory: dnnl_memory_t?
    try withUnsafePointer(to: descriptor) {
      try OneDNN.check(dnnl_memory_create(&memory, $0, OneDNN.engine, address), "memory")
    }
    self.memory = memory!
  }

  deinit { dnnl_memory_destroy(memory) }
}

/// A primitive with its arguments.
private final class Call {
  private let primitive: dnnl_primitive_t
  private let owned: [Argument]
  private let arguments: UnsafeMutableBufferPointer<dnnl_exec_arg_t>

  init(_ primitive: dnnl_primitive_t, _ arguments: [Argument]) {
    self.primitive = primitive
    owned = arguments
    self.arguments = .allocate(capacity: arguments.count)
    _ = self.arguments.initialize(from: arguments.map { dnnl_exec_arg_t(arg: $0.index, memory: $0.memory) })
  }

  deinit { arguments.deallocate() }

  func run() {
    let status = dnnl_primitive_execute(primitive, OneDNN.stream, Int32(arguments.count), arguments.baseAddress)
    precondition(status == dnnl_success, "oneDNN could not run a primitive: status \(status.rawValue)")
  }
}

/// The attributes of a primitive: scratch memory comes from the plan, and the epilogue runs in the kernel.
private final class Attributes {
  let handle: dnnl_primitive_attr_t

  init(_ epilogue: Epilogue, _ rescaling: Rescaling? = nil) throws {
    var handle: dnnl_primitive_attr_t?
    try OneDNN.check(dnnl_primitive_attr_create(&handle), "attributes")
    self.handle = handle!
    try OneDNN.check(dnnl_primitive_attr_set_scratchpad_mode(handle, dnnl_scratchpad_mode_user), "scratchpad mode")
    if let rescaling {
      try OneDNN.check(
        dnnl_primitive_attr_set_output_scales(handle, Int64(rescaling.factors.count), 1 << 1, rescaling.factors),
        "output scales")
    }
    guard epilogue.hasResidual || epilogue.activation != nil else { return }
    var steps: dnnl_post_ops_t?
    try OneDNN.check(dnnl_post_ops_create(&steps), "post-operations")
    defer { dnnl_post_ops_destroy(steps) }
    if epilogue.hasResidual {
      let (factor, type) = (rescaling?.residualFactor ?? 1, rescaling?.residualType.native ?? dnnl_data_type_undef)
      try OneDNN.check(dnnl_post_ops_append_sum_v2(steps, factor, type), "residual sum")
    }
    if let activation = epilogue.activation {
      try OneDNN.check(dnnl_post_ops_append_eltwise(steps, 1, activation.algorithm, 0, 0), "\(activation)")
    }
    try OneDNN.check(dnnl_primitive_attr_set_post_ops(handle, steps), "post-operations")
  }

  deinit { dnnl_primitive_attr_destroy(handle) }
}

/// What a primitive of whole numbers multiplies sums and residuals with.
struct Rescaling {
  /// For each output channel.
  var factors: [Float]
  var residualFactor: Float = 1
  var residualType = ElementType.float32
}

extension Epilogue {
  static let none = Epilogue()
}

extension Epilogue.Activation {
  var algorithm: dnnl_alg_kind_t {
    switch self {
    case .relu: dnnl_eltwise_relu
    case .tanh: dnnl_eltwise_tanh
    case .sigmoid: dnnl_eltwise_logistic
    }
  }
}
