package import FoveaCore
package import FoveaGraph

extension Backend {
  /// Runs one operation now, once: for what is known before a program is planned.
  ///
  /// - Returns: the result, or `nil` if this backend has no kernel for it or cannot copy between the kernel's layouts.
  package func evaluate(_ operation: any Operation, on inputs: [Tensor]) throws -> Tensor? {
    let shape = try operation.outputShape(for: inputs.map(\.shape))
    let type = try operation.elementType(for: inputs.map(\.elementType))
    let request = KernelRequest(
      operation: operation,
      inputs: inputs.map {
        .init(shape: $0.shape, elementType: $0.elementType, layout: .rowMajor($0.shape), isStatic: true)
      }, outputShape: shape, outputType: type, isOutput: true)
    guard let kernel = try kernel(for: request) else { return nil }

    var operands: [AlignedBuffer] = []
    for (input, layout) in zip(inputs, kernel.inputLayouts) {
      let rowMajor = AlignedBuffer(byteCount: input.byteCount, zeroed: false)
      input.withUnsafeBytes { bytes in
        if let address = bytes.baseAddress { rowMajor.address.copyMemory(from: address, byteCount: bytes.count) }
      }
      guard let operand = try copy(rowMajor, input.shape, input.elementType, from: .rowMajor(input.shape), to: layout)
      else { return nil }
      operands.append(operand)
    }
    let output = AlignedBuffer(byteCount: kernel.outputLayout.byteCount(shape, type), zeroed: false)
    try run(kernel, on: operands, into: output)
    guard let result = try copy(output, shape, type, from: kernel.outputLayout, to: .rowMajor(shape)) else {
      return nil
    }
    return Tensor(shape: shape, elementType: type) { bytes in
      bytes.copyMemory(from: UnsafeRawBufferPointer(start: result.address, count: bytes.count))
    }
  }

  private func copy(
    _ buffer: AlignedBuffer, _ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout
  ) throws -> AlignedBuffer? {
    if source == target || (source.isRowMajor(shape) && target.isRowMajor(shape)) { return buffer }
    guard let reorder = try reorder(shape, type, from: source, to: target) else { return nil }
    let result = AlignedBuffer(byteCount: target.byteCount(shape, type), zeroed: false)
    try run(reorder, on: [buffer], into: result)
    return result
  }

  private func run(_ kernel: Kernel, on inputs: [AlignedBuffer], into output: AlignedBuffer) throws {
    let scratch = AlignedBuffer(byteCount: kernel.scratchBytes, zeroed: false)
    try withExtendedLifetime((inputs, output, scratch)) {
      try kernel.prepare(
        Kernel.Memory(
          inputs: inputs.map { UnsafeRawPointer($0.address) }, output: output.address, scratch: scratch.address))()
    }
  }
}
