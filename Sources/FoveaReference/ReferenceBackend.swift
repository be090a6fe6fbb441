public import FoveaCompiler
public import FoveaCore
import FoveaGraph

/// The definition of every operation: textbook loops, slow, the measure of the other backends.
public struct ReferenceBackend: Backend {
  public let name = "reference"

  public init() {}

  public func kernel(for request: KernelRequest) -> Kernel? {
    guard let operation = request.operation as? any ReferenceKernel,
      (request.inputs.map(\.elementType) + [request.outputType]).allSatisfy({ $0 == .float32 || $0 == .int32 })
    else { return nil }
    return Kernel(
      name: "reference", inputLayouts: request.inputs.map { .rowMajor($0.shape) },
      outputLayout: .rowMajor(request.outputShape),
      // The result is complete before the first element is written.
      overwritableInputs: request.inputs.indices.filter { request.inputs[$0].shape == request.outputShape }
    ) { memory in
      {
        let inputs = zip(request.inputs, memory.inputs).map { Self.tensor($0, at: $1) }
        let result = operation.run(inputs, shape: request.outputShape)
        result.values.withUnsafeBytes { memory.output.copyMemory(from: $0) }
        result.integers.withUnsafeBytes { memory.output.copyMemory(from: $0) }
      }
    }
  }

  private static func tensor(_ operand: KernelRequest.Operand, at address: UnsafeRawPointer) -> ReferenceTensor<Float> {
    func array<E: Element>(of type: E.Type) -> [E] {
      [E](UnsafeBufferPointer(start: address.assumingMemoryBound(to: E.self), count: operand.shape.count))
    }
    return operand.elementType == .int32
      ? ReferenceTensor(integers: array(of: Int32.self), shape: operand.shape)
      : ReferenceTensor(array(of: Float.self), shape: operand.shape)
  }

  /// Copies between any two strided layouts of four-byte elements.
  public func reorder(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) -> Kernel? {
    guard case .strided(let from) = source, case .strided(let to) = target, type.byteCount == 4 else { return nil }
    return Kernel(name: "reference copy", inputLayouts: [source], outputLayout: target) { memory in
      {
        let input = memory.inputs[0].assumingMemoryBound(to: UInt32.self)
        let output = memory.output.assumingMemoryBound(to: UInt32.self)
        for element in 0..<shape.count {
          var (rest, read, write) = (element, 0, 0)
          for axis in stride(from: shape.rank - 1, through: 0, by: -1) {
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: shape[axis])
            rest = quotient
            read += index * from[axis]
            write += index * to[axis]
          }
          output[write] = input[read]
        }
      }
    }
  }
}

extension UnsafeMutableRawPointer {
  fileprivate func copyMemory(from source: UnsafeRawBufferPointer) {
    if let address = source.baseAddress { copyMemory(from: address, byteCount: source.count) }
  }
}
