package import FoveaCompiler
package import FoveaCore
package import FoveaGraph
import FoveaReference

/// One operation on one backend, run as a program would: reorders where the kernel asks for other layouts, its own
/// scratch memory, the output over an input where that is allowed.
package struct KernelRun {
  package var backend: any Backend
  package var operation: any Operation
  package var inputs: [Tensor]
  /// How each input is offered; row-major by default.
  package var layouts: [Layout]
  /// The inputs that are offered as known before the first run.
  package var staticInputs: Set<Int> = []
  /// The input whose memory the output takes.
  package var overwrittenInput: Int?
  /// By how many elements each input starts past a multiple of 64 bytes, as the part of a larger tensor does.
  package var misalignment = 0
  /// Whether the result leaves the program at once.
  package var isOutput = false
  /// How its result is to lie, instead of as its kernel likes it best.
  package var written: Layout?
  /// The way in which it runs.
  package var variant = KernelVariant.usual

  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  package init(_ operation: any Operation, on inputs: [Tensor], backend: any Backend) {
    (self.operation, self.inputs, self.backend) = (operation, inputs, backend)
    layouts = inputs.map { .rowMajor($0.shape) }
  }

  /// The kernel for it, or `nil` if the backend has none.
  package func kernel() throws -> Kernel? {
    let kernel = try backend.kernel(for: try request())
    return if let written { try kernel?.writing?(written) } else { kernel }
  }

  /// The ways in which the backend may run it.
  package func variants() throws -> [KernelVariant] { backend.variants(for: try request()) }

  /// The result in row-major order, or `nil` if the backend has no kernel, or none that overwrites `overwrittenInput`.
  package func callAsFunction() throws -> Tensor? {
    let request = try request()
    guard let kernel = try kernel() else { return nil }
    guard kernel.inputLayouts.count == inputs.count else {
      throw Failure(description: "\(kernel.name) has \(kernel.inputLayouts.count) input layouts for \(inputs.count)")
    }
    let outputBytes = kernel.outputLayout.byteCount(request.outputShape, request.outputType)
    let operands = try inputs.indices.map { try place(inputs[$0], as: layouts[$0], wanted: kernel.inputLayouts[$0]) }
    var output = AlignedBuffer(filledWithGarbage: outputBytes)
    var target = output.address
    if let overwritten = overwrittenInput {
      guard kernel.overwritableInputs.contains(overwritten) else { return nil }
      // The plan overwrites only what lies exactly as the output will.
      guard kernel.inputLayouts[overwritten] == kernel.outputLayout else { return nil }
      output = operands[overwritten].buffer
      target = operands[overwritten].address
    }
    let scratch = kernel.scratchBytes > 0 ? AlignedBuffer(filledWithGarbage: kernel.scratchBytes) : nil
    let run = try kernel.prepare(
      Kernel.Memory(inputs: operands.map { UnsafeRawPointer($0.address) }, output: target, scratch: scratch?.address))
    run()
    func result() throws -> Tensor {
      try read(target, kernel.outputLayout, shape: request.outputShape, type: request.outputType)
    }
    let first = try result()
    if overwrittenInput == nil {
      // Whatever the memory held before, the same answer again.
      output.fillWithGarbage()
      scratch?.fillWithGarbage()
      run()
      guard try result() == first else {
        throw Failure(description: "\(kernel.name) gave another answer the second time")
      }
    }
    withExtendedLifetime((operands.map(\.buffer), output, scratch)) {}
    return first
  }

  private func request() throws -> KernelRequest {
    var request = KernelRequest(
      operation: operation,
      inputs: inputs.indices.map {
        .init(
          shape: inputs[$0].shape, elementType: inputs[$0].elementType, layout: layouts[$0],
          isStatic: staticInputs.contains($0))
      },
      outputShape: try operation.outputShape(for: inputs.map(\.shape)),
      outputType: try operation.elementType(for: inputs.map(\.elementType)), isOutput: isOutput)
    request.variant = variant
    return request
  }

  private struct Operand {
    let buffer: AlignedBuffer
    let address: UnsafeMutableRawPointer
  }

  /// The tensor in the memory layout `offered`, then, if the kernel wants another, in that.
  private func place(_ tensor: Tensor, as offered: Layout, wanted: Layout) throws -> Operand {
    let (shape, type) = (tensor.shape, tensor.elementType)
    let bytes = offered.byteCount(shape, type)
    let offset = misalignment * type.byteCount
    let buffer = AlignedBuffer(filledWithGarbage: bytes + offset)
    let address = buffer.address + offset
    try tensor.withUnsafeBytes { source in
      if case .strided(let strides) = offered {
        let places = offsets(of: shape, strides: strides)
        for (element, place) in places.enumerated() {
          (address + place * type.byteCount).copyMemory(
            from: source.baseAddress! + element * type.byteCount, byteCount: type.byteCount)
        }
      } else {
        try reorder(source.baseAddress!, .rowMajor(shape), to: address, offered, shape: shape, type: type)
      }
    }
    if wanted == offered || (wanted.isRowMajor(shape) && offered.isRowMajor(shape)) {
      return Operand(buffer: buffer, address: address)
    }
    let reordered = AlignedBuffer(filledWithGarbage: wanted.byteCount(shape, type))
    try reorder(UnsafeRawPointer(address), offered, to: reordered.address, wanted, shape: shape, type: type)
    withExtendedLifetime(buffer) {}
    return Operand(buffer: reordered, address: reordered.address)
  }

  private func read(
    _ address: UnsafeMutableRawPointer, _ layout: Layout, shape: Shape, type: ElementType
  ) throws -> Tensor {
    try Tensor(shape: shape, elementType: type) { target in
      if case .strided(let strides) = layout {
        for (element, place) in offsets(of: shape, strides: strides).enumerated() {
          (target.baseAddress! + element * type.byteCount).copyMemory(
            from: address + place * type.byteCount, byteCount: type.byteCount)
        }
      } else {
        try reorder(
          UnsafeRawPointer(address), layout, to: target.baseAddress!, .rowMajor(shape), shape: shape, type: type)
      }
    }
  }

  private func reorder(
    _ source: UnsafeRawPointer, _ from: Layout, to target: UnsafeMutableRawPointer, _ to: Layout, shape: Shape,
    type: ElementType
  ) throws {
    guard
      let kernel = try backend.reorder(shape, type, from: from, to: to)
        ?? ReferenceBackend().reorder(shape, type, from: from, to: to)
    else { throw Failure(description: "\(backend.name) cannot copy \(shape) from \(from) to \(to)") }
    let scratch = AlignedBuffer(filledWithGarbage: kernel.scratchBytes)
    try kernel.prepare(Kernel.Memory(inputs: [source], output: target, scratch: scratch.address))()
    withExtendedLifetime(scratch) {}
  }
}

extension AlignedBuffer {
  /// What no kernel may rely on: bits that read as NaN.
  fileprivate convenience init(filledWithGarbage byteCount: Int) {
    self.init(byteCount: byteCount, zeroed: false)
    fillWithGarbage()
  }

  fileprivate func fillWithGarbage() { address.initializeMemory(as: UInt8.self, repeating: 0xFF, count: byteCount) }
}
