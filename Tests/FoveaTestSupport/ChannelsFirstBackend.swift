package import FoveaCompiler
package import FoveaCore
import FoveaGraph
import FoveaReference

/// A backend with a layout of its own, channels before the spatial axes, that computes with the reference kernels: it
/// shows whether plans and tests handle layouts, and, with a mistake, whether the conformance suite finds it.
package struct ChannelsFirstBackend: Backend {
  package enum Mistake: CaseIterable {
    case wrongNumber, readsNativeAsRowMajor, needsClearedOutput, writesBeforeReading, reordersNothing, countsRuns
  }

  package let name = "channels first"
  var mistake: Mistake?

  package init(mistake: Mistake? = nil) { self.mistake = mistake }

  private func native(_ shape: Shape) -> NativeLayout {
    NativeLayout(bytes: Array("channels first".utf8), byteCount: shape.count * 4, name: "channels first")
  }

  /// What a layout is to the reference backend.
  private func strided(_ layout: Layout, _ shape: Shape) -> Layout {
    guard case .native = layout else { return layout }
    let order = [0, shape.rank - 1] + (1..<(shape.rank - 1))
    let strides = Shape(order.map { shape[$0] }).rowMajorStrides
    return .strided((0..<shape.rank).map { strides[order.firstIndex(of: $0)!] })
  }

  package func kernel(for request: KernelRequest) -> Kernel? {
    guard let reference = ReferenceBackend().kernel(for: request) else { return nil }
    let output: Layout =
      request.operation is Op.Convolution || request.inputs.first?.layout == .native(native(request.outputShape))
      ? .native(native(request.outputShape)) : .rowMajor(request.outputShape)
    let inputs = request.inputs.map { operand -> Layout in
      if case .native = operand.layout { operand.layout } else { .rowMajor(operand.shape) }
    }
    let runs = Counter()
    return Kernel(
      name: "channels first", inputLayouts: inputs, outputLayout: output,
      overwritableInputs: inputs.indices.filter {
        inputs[$0] == output && request.inputs[$0].shape == request.outputShape
      }
    ) { memory in
      {
        runs.count += 1
        if mistake == .writesBeforeReading { memory.output.storeBytes(of: 7, as: Float.self) }
        let rowMajorInputs = zip(request.inputs, zip(inputs, memory.inputs)).map { operand, place in
          let layout = mistake == .readsNativeAsRowMajor ? .rowMajor(operand.shape) : strided(place.0, operand.shape)
          return copy(operand.shape, from: place.1, layout, to: .rowMajor(operand.shape))
        }
        let result = AlignedBuffer(byteCount: request.outputShape.count * 4)
        try! reference.prepare(
          Kernel.Memory(
            inputs: rowMajorInputs.map { UnsafeRawPointer($0.address) }, output: result.address, scratch: nil))()
        let target = copy(
          request.outputShape, from: UnsafeRawPointer(result.address), .rowMajor(request.outputShape),
          to: strided(output, request.outputShape))
        let numbers = target.address.assumingMemoryBound(to: Float.self)
        let written = memory.output.assumingMemoryBound(to: Float.self)
        if mistake == .wrongNumber { numbers[0] += 0.01 }
        if mistake == .countsRuns { numbers[0] += Float(runs.count) * 1e-7 }
        for place in 0..<request.outputShape.count {
          written[place] = mistake == .needsClearedOutput ? written[place] + numbers[place] : numbers[place]
        }
        withExtendedLifetime((rowMajorInputs, result, target)) {}
      }
    }
  }

  private func copy(_ shape: Shape, from source: UnsafeRawPointer, _ from: Layout, to: Layout) -> AlignedBuffer {
    let buffer = AlignedBuffer(byteCount: shape.count * 4)
    let kernel = ReferenceBackend().reorder(shape, .float32, from: from, to: to)!
    try! kernel.prepare(Kernel.Memory(inputs: [source], output: buffer.address, scratch: nil))()
    return buffer
  }

  package func reorder(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) -> Kernel? {
    let from = mistake == .reordersNothing ? .rowMajor(shape) : strided(source, shape)
    return ReferenceBackend().reorder(shape, type, from: from, to: strided(target, shape))
  }

  private final class Counter: @unchecked Sendable {
    var count = 0
  }
}
