import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.Convert: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (shape, isToFloat) = (request.outputShape, isToFloat)
    return Kernel(name: "c", inputLayouts: [.rowMajor(shape)], outputLayout: .rowMajor(shape)) { memory in
      {
        if isToFloat {
          fovea_float_of_integer(Int64(shape.count), memory.inputs[0].integers, memory.output.floats)
        } else {
          fovea_integer_of_float(Int64(shape.count), memory.inputs[0].floats, memory.output.integers)
        }
      }
    }
  }
}

extension Op.BestPositions: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (x, count, isLargest) = (request.inputs[0].shape, Int64(count), isLargest)
    return Kernel(name: "c", inputLayouts: [.rowMajor(x)], outputLayout: .rowMajor(request.outputShape)) { memory in
      {
        fovea_best_positions(
          Int64(x.count / x.channels), Int64(x.channels), count, isLargest, memory.inputs[0].floats,
          memory.output.integers)
      }
    }
  }
}
