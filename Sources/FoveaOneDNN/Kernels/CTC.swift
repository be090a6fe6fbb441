import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.CTC: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (x, labels) = (request.inputs[0].shape, request.inputs[1].shape)
    let sequences = sequences(x, labels)
    return Kernel(
      name: "c", inputLayouts: request.inputs.map { .rowMajor($0.shape) }, outputLayout: .rowMajor([x[0]]),
      scratchBytes: fovea_ctc_scratch(sequences)
    ) { memory in
      {
        fovea_ctc(
          sequences, memory.inputs[0].floats, memory.inputs[1].integers, memory.inputs[2].integers,
          memory.output.floats, memory.scratch!.assumingMemoryBound(to: Double.self))
      }
    }
  }

  fileprivate func sequences(_ x: Shape, _ labels: Shape) -> fovea_sequences {
    fovea_sequences(
      examples: Int64(x[0]), time: Int64(x[1]), classes: Int64(x[2]), labels: Int64(labels[1]), blank: Int64(blank))
  }
}

extension Op.CTCGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let sequences = forward.sequences(request.inputs[1].shape, request.inputs[2].shape)
    return Kernel(
      name: "c", inputLayouts: request.inputs.map { .rowMajor($0.shape) },
      outputLayout: .rowMajor(request.outputShape), scratchBytes: fovea_ctc_scratch(sequences)
    ) { memory in
      {
        fovea_ctc_gradient(
          sequences, memory.inputs[0].floats, memory.inputs[1].floats, memory.inputs[2].integers,
          memory.inputs[3].integers, memory.output.floats, memory.scratch!.assumingMemoryBound(to: Double.self))
      }
    }
  }
}
