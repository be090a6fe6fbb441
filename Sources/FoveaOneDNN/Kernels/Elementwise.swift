import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.Broadcast: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (x, shape) = (request.inputs[0].shape, request.outputShape)
    let space = StridedSpace(shape, [broadcastStrides(of: x, to: shape), shape.rowMajorStrides])
    guard space.fits else { return nil }
    return Kernel(name: "c broadcast", inputLayouts: [.rowMajor(x)], outputLayout: .rowMajor(shape)) { memory in
      let space = space.value
      return { fovea_copy_strided(space, memory.inputs[0].words, memory.output.words) }
    }
  }
}

extension Op.LinearCombination: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    // Optimizer states and running statistics: parameters, which lie row-major. With more than three terms the later
    // ones are added to the output, which must not be one of them.
    let shape = request.outputShape
    return Kernel(
      name: "c", inputLayouts: request.inputs.map { _ in .rowMajor(shape) }, outputLayout: .rowMajor(shape),
      overwritableInputs: Array(request.inputs.indices.prefix(factors.count > 3 ? 1 : 3))
    ) { [factors] memory in
      let inputs = memory.inputs.map { Optional($0.floats) }
      return {
        fovea_linear_combination(Int64(shape.count), Int32(factors.count), inputs, factors, memory.output.floats)
      }
    }
  }
}

extension Op.Dropout: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    // The mask belongs to the logical order of elements.
    let (shape, rate, threshold, stream) = (request.outputShape, rate, threshold, stream)
    return Kernel(
      name: "c", inputLayouts: [.rowMajor(shape), .rowMajor([4])], outputLayout: .rowMajor(shape),
      overwritableInputs: [0]
    ) { memory in
      {
        fovea_dropout(
          Int64(shape.count), rate, threshold, stream, memory.inputs[1].integers, memory.inputs[0].floats,
          memory.output.floats)
      }
    }
  }
}

extension Op.RandomUniform: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (shape, lower, upper, stream) = (request.outputShape, lower, upper, stream)
    return Kernel(name: "c", inputLayouts: [.rowMajor([4])], outputLayout: .rowMajor(shape)) { memory in
      {
        fovea_random_uniform(
          Int64(shape.count), lower, upper, stream, memory.inputs[0].integers, memory.output.floats)
      }
    }
  }
}
