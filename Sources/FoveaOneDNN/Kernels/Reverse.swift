import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.Reverse: OneDNNKernel {
  /// A copy that walks the input backwards along the reversed axes.
  func kernel(for request: KernelRequest) -> Kernel? {
    let (x, shape) = (request.inputs[0], request.outputShape)
    let source = ElementwiseLayout.strided(x)
    guard request.outputType.byteCount == 4, case .strided(var strides) = source else { return nil }
    var last = 0
    for axis in axes {
      last += (shape[axis] - 1) * strides[axis]
      strides[axis].negate()
    }
    let (space, start) = (StridedSpace(shape, [strides, shape.rowMajorStrides]), last)
    guard space.fits else { return nil }
    return Kernel(name: "c", inputLayouts: [source], outputLayout: .rowMajor(shape)) { memory in
      let value = space.value
      return { fovea_copy_strided(value, memory.inputs[0].words + start, memory.output.words) }
    }
  }
}
