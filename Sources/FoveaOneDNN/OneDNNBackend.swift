public import FoveaCompiler
public import FoveaCore
import FoveaGraph
internal import CFoveaKernels
internal import COneDNN

/// The fast backend: oneDNN's primitives, and C kernels for what it lacks or does badly.
public struct OneDNNBackend: Backend {
  public let name = "onednn"

  public init() {}

  public func kernel(for request: KernelRequest) throws -> Kernel? {
    if let fused = request.operation as? Fused {
      return try (fused.base as? any OneDNNFusedKernel)?.kernel(for: request, fused.epilogue)
    }
    return try (request.operation as? any OneDNNKernel)?.kernel(for: request)
  }

  public func variants(for request: KernelRequest) -> [KernelVariant] {
    kernel(of: request)?.variants(for: request) ?? [.usual]
  }

  public func expectedVariant(for request: KernelRequest) -> KernelVariant {
    kernel(of: request)?.expectedVariant(for: request) ?? .usual
  }

  private func kernel(of request: KernelRequest) -> (any OneDNNKernel)? {
    ((request.operation as? Fused)?.base ?? request.operation) as? any OneDNNKernel
  }

  /// The number is that of our own kernels: another one, and they are measured anew.
  public var version: String { OneDNN.version + ", kernels 11" }

  public func finishPlanning() {
    OneDNN.forgetPrimitives()
    fovea_give_back_freed()
  }

  public func reorder(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) throws -> Kernel? {
    try Reorder.kernel(shape, type, from: source, to: target)
  }

  public func rowsTogether(in layout: Layout, of shape: Shape, _ type: ElementType) -> RowsTogether? {
    FewRowsWeights.of(layout, shape, type)?.rowsTogether ?? ChannelLayout(shape, preferring: layout).imagesTogether
  }

  /// Whether oneDNN computes bfloat16, if only by way of `float32`.
  package static var emulatesBFloat16: Bool { has(dnnl_cpu_isa_avx512_core) }

  /// Whether the processor multiplies bfloat16 numbers.
  public static var computesBFloat16: Bool { has(dnnl_cpu_isa_avx512_core_bf16) }

  /// Whether the processor multiplies tiles of bfloat16 numbers (AMX), at several times the speed of the instruction,
  /// and Linux allows it.
  package static var hasAMX: Bool { has(dnnl_cpu_isa_avx512_core_amx) && fovea_has_amx() }

  /// Whether the processor multiplies bytes and adds in 32 bits (VNNI): others may overflow on the way.
  public static var computesWholeNumbers: Bool { has(dnnl_cpu_isa_avx512_core_vnni) || has(dnnl_cpu_isa_avx2_vnni) }

  /// How many channels a block has in which oneDNN's kernels like activations best here.
  static var blockWidth: Int { has(dnnl_cpu_isa_avx512_core) ? 16 : 8 }

  private static func has(_ instructions: dnnl_cpu_isa_t) -> Bool {
    dnnl_get_effective_cpu_isa().rawValue & instructions.rawValue == instructions.rawValue
  }

  /// The threads of the one pool that primitives and kernels share; all processors by default.
  public static var threads: Int {
    get { Int(fovea_threads()) }
    set { fovea_set_threads(Int32(newValue)) }
  }
}

/// An operation that this backend can run.
protocol OneDNNKernel: Operation {
  /// The kernel, or `nil` where these attributes, shapes or types are not supported.
  func kernel(for request: KernelRequest) throws -> Kernel?

  /// The ways that `request.variant` may ask for, the usual one first.
  func variants(for request: KernelRequest) -> [KernelVariant]

  /// The one of them that is likely to be the fastest.
  func expectedVariant(for request: KernelRequest) -> KernelVariant
}

extension OneDNNKernel {
  func variants(for request: KernelRequest) -> [KernelVariant] { [.usual] }
  func expectedVariant(for request: KernelRequest) -> KernelVariant { .usual }
}

/// An operation that this backend can run with what follows it.
protocol OneDNNFusedKernel: OneDNNKernel {
  func kernel(for request: KernelRequest, _ epilogue: Epilogue) throws -> Kernel?
}

extension OneDNNFusedKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? { try kernel(for: request, .none) }
}
