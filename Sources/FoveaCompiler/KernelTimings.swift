import FoveaCore
import FoveaGraph

/// Times of kernels on this machine, kept from plan to plan: once a node is measured, every plan decides alike.
public protocol KernelTimings: Sendable {
  /// The times known under `key`; what `measure` finds, if there are none.
  func times(for key: String, measuring measure: () -> [KernelVariant: KernelTime]) -> [KernelVariant: KernelTime]
}

/// How long a kernel takes here, and what else counts when one is chosen: so that those that are not need not be made.
public struct KernelTime: Sendable, Hashable {
  public let seconds: Double
  /// Whether it reads and writes activations in row-major order.
  public let isRowMajor: Bool
  /// The memory in which it works.
  public let scratchBytes: Int

  public init(seconds: Double, isRowMajor: Bool, scratchBytes: Int) {
    (self.seconds, self.isRowMajor, self.scratchBytes) = (seconds, isRowMajor, scratchBytes)
  }
}

extension KernelRequest {
  /// What the time of a kernel depends on, apart from the machine.
  func timingKey(_ backend: any Backend) -> String {
    let operands = inputs.map { "\($0.shape) \($0.elementType)" + ($0.isStatic ? " static" : "") }
    return "\(backend.name) \(operation.label) \(operation): \(operands.joined(separator: ", "))"
  }

  /// The times of all the ways in which `backend` can run this node, taken by turns; none if that would
  /// take much of the machine's memory.
  func measured(_ variants: [KernelVariant], on backend: any Backend) -> [KernelVariant: KernelTime] {
    func kernel(_ variant: KernelVariant, of request: KernelRequest) -> Kernel? {
      var request = request
      request.variant = variant
      return (try? backend.kernel(for: request)).flatMap { $0 }
    }
    let usual = kernel(.usual, of: self)
    let kernels = variants.compactMap { variant -> (variant: KernelVariant, kernel: Kernel)? in
      let request = variant.keepsOrder ? usual.map { inOrder(of: $0) } ?? self : self
      return kernel(variant, of: request).map { (variant, $0) }
    }
    guard let memory = TrialMemory(for: self, kernels.map(\.kernel)) else { return [:] }
    let trials = kernels.compactMap { variant, kernel in
      (try? kernel.prepare(memory.addresses)).map { (variant, KernelTrial(kernel, of: self, running: $0)) }
    }
    KernelTrial.run(trials.map(\.1))
    withExtendedLifetime(memory) {}
    return Dictionary(
      uniqueKeysWithValues: trials.map { variant, trial in
        (
          variant,
          KernelTime(seconds: trial.seconds, isRowMajor: trial.isRowMajor, scratchBytes: trial.scratchBytes)
        )
      })
  }
}

extension KernelRequest {
  /// The same node where its inputs lie as `kernel` wants them.
  fileprivate func inOrder(of kernel: Kernel) -> KernelRequest {
    let operands = zip(inputs, kernel.inputLayouts).map { input, layout in
      Operand(shape: input.shape, elementType: input.elementType, layout: layout, isStatic: input.isStatic)
    }
    var request = KernelRequest(
      operation: operation, inputs: operands, outputShape: outputShape, outputType: outputType, isOutput: isOutput)
    request.variant = variant
    return request
  }
}

/// Memory in which any of several kernels of one node can run.
private struct TrialMemory {
  let addresses: Kernel.Memory
  private let buffers: [AlignedBuffer]

  /// `nil` if that is more than a quarter of what the machine has.
  init?(for request: KernelRequest, _ kernels: [Kernel]) {
    func most(_ bytes: (Kernel) -> Int) -> Int { kernels.map(bytes).max() ?? 0 }
    let inputs = request.inputs.enumerated().map { index, input in
      most { $0.inputLayouts[index].byteCount(input.shape, input.elementType) }
    }
    let output = most { $0.outputLayout.byteCount(request.outputShape, request.outputType) }
    let sizes = inputs + [output, most(\.scratchBytes)]
    guard !kernels.isEmpty, MemoryLimit.problem(with: 4 * sizes.reduce(0, +)) == nil else { return nil }
    buffers = sizes.map(Self.buffer)
    let places = buffers.map(\.address)
    addresses = Kernel.Memory(
      inputs: places.dropLast(2).map { UnsafeRawPointer($0) }, output: places[inputs.count], scratch: places.last)
  }

  /// Numbers of ordinary size, 0.01 as `float32` and as bfloat16: arithmetic with denormal ones takes longer.
  private static func buffer(_ byteCount: Int) -> AlignedBuffer {
    let buffer = AlignedBuffer(byteCount: byteCount, zeroed: false)
    buffer.address.bindMemory(to: UInt32.self, capacity: byteCount / 4)
      .update(repeating: 0x3C23_3C23, count: byteCount / 4)
    return buffer
  }
}

/// A kernel that is ready to run, to see how long it takes.
private final class KernelTrial {
  let isRowMajor: Bool
  let scratchBytes: Int
  /// The shortest time of a run.
  private(set) var seconds = Double.infinity
  private let run: () -> Void

  init(_ kernel: Kernel, of request: KernelRequest, running run: @escaping () -> Void) {
    (isRowMajor, scratchBytes) = (kernel.outputLayout.isRowMajor(request.outputShape), kernel.scratchBytes)
    self.run = run
  }

  /// Runs all of them by turns, so that a slow moment of the machine meets each. One that is far behind is left out
  /// after three runs that count.
  static func run(_ trials: [KernelTrial]) {
    let clock = ContinuousClock()
    var (rounds, spent) = (0, 0.0)
    while rounds < 6 || (rounds < 12 && spent < 0.06 * Double(trials.count)) {
      let best = trials.map(\.seconds).min() ?? 0
      for trial in trials where rounds < 4 || trial.seconds < 1.5 * best {
        let time = clock.measure(trial.run) / .seconds(1)
        // The first run finds nothing in the caches.
        if rounds > 0 { trial.seconds = min(trial.seconds, time) }
        spent += time
      }
      rounds += 1
    }
  }
}
