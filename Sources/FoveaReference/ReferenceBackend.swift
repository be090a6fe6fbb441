public import FoveaCompiler
public import FoveaCore
import FoveaGraph

/// The definition of every operation: textbook loops, slow, the measure of the other backends.
public struct ReferenceBackend: Backend {
  public let name = "reference"

  public init() {}

  public func kernel(for request: KernelRequest) -> Kernel? {
    guard let operation = request.operation as? any ReferenceKernel else { return nil }
    return Kernel(
      name: "reference", inputLayouts: request.inputs.map { .rowMajor($0.shape) },
      outputLayout: .rowMajor(request.outputShape),
      // The result is complete before the first element is written.
      overwritableInputs: request.inputs.indices.filter {
        request.inputs[$0].shape == request.outputShape && request.inputs[$0].elementType == request.outputType
      }
    ) { memory in
      {
        let inputs = zip(request.inputs, memory.inputs).map { Self.tensor($0, at: $1) }
        let result = operation.run(inputs, shape: request.outputShape)
        switch request.outputType {
        case .int8: result.values.map { Int8($0) }.withUnsafeBytes { memory.output.copyMemory(from: $0) }
        case .bfloat16:
          result.values.map { BFloat16($0) }.withUnsafeBytes { memory.output.copyMemory(from: $0) }
        case .uint8: result.values.map { UInt8($0) }.withUnsafeBytes { memory.output.copyMemory(from: $0) }
        default:
          result.values.withUnsafeBytes { memory.output.copyMemory(from: $0) }
          result.integers.withUnsafeBytes { memory.output.copyMemory(from: $0) }
        }
      }
    }
  }

  private static func tensor(_ operand: KernelRequest.Operand, at address: UnsafeRawPointer) -> ReferenceTensor<Float> {
    func array<E: Element>(of type: E.Type) -> [E] {
      [E](UnsafeBufferPointer(start: address.assumingMemoryBound(to: E.self), count: operand.shape.count))
    }
    return switch operand.elementType {
    case .int32: ReferenceTensor(integers: array(of: Int32.self), shape: operand.shape)
    case .int8: ReferenceTensor(array(of: Int8.self).map { Float($0) }, shape: operand.shape)
    case .bfloat16: ReferenceTensor(array(of: BFloat16.self).map { Float($0) }, shape: operand.shape)
    case .uint8: ReferenceTensor(array(of: UInt8.self).map { Float($0) }, shape: operand.shape)
    default: ReferenceTensor(array(of: Float.self), shape: operand.shape)
    }
  }

  /// Copies between any two strided layouts.
  public func reorder(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) -> Kernel? {
    guard case .strided(let from) = source, case .strided(let to) = target else { return nil }
    let bytes = type.byteCount
    return Kernel(name: "reference copy", inputLayouts: [source], outputLayout: target) { memory in
      {
        for element in 0..<shape.count {
          var (rest, read, write) = (element, 0, 0)
          for axis in stride(from: shape.rank - 1, through: 0, by: -1) {
            let (quotient, index) = rest.quotientAndRemainder(dividingBy: shape[axis])
            rest = quotient
            read += index * from[axis]
            write += index * to[axis]
          }
          (memory.output + write * bytes).copyMemory(from: memory.inputs[0] + read * bytes, byteCount: bytes)
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
