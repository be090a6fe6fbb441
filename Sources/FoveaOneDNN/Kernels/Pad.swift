import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.Pad: OneDNNKernel {
  /// Fills the output, then copies the input into its place.
  func kernel(for request: KernelRequest) -> Kernel? {
    let (x, shape, value) = (request.inputs[0], request.outputShape, value)
    let source = ElementwiseLayout.strided(x)
    guard case .strided(let strides) = source else { return nil }
    let target = shape.rowMajorStrides
    let space = StridedSpace(x.shape, [strides, target])
    let offset = zip(before, target).reduce(0) { $0 + $1.0 * $1.1 }
    guard space.fits else { return nil }
    return Kernel(name: "c", inputLayouts: [source], outputLayout: .rowMajor(shape)) { memory in
      let space = space.value
      return {
        fovea_fill(Int64(shape.count), value, memory.output.floats)
        fovea_copy_strided(space, memory.inputs[0].words, memory.output.words + offset)
      }
    }
  }
}
