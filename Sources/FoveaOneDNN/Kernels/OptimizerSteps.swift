import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

/// A step over parameters, which lie row-major; it may overwrite its first inputs, but not the rates.
private func step(
  _ request: KernelRequest, overwritable: [Int],
  _ body: @escaping @Sendable (Int64, [UnsafePointer<Float>], UnsafeMutablePointer<Float>) -> Void
) -> Kernel {
  let shape = request.outputShape
  return Kernel(
    name: "c", inputLayouts: request.inputs.map { .rowMajor($0.shape) }, outputLayout: .rowMajor(shape),
    overwritableInputs: overwritable
  ) { memory in
    let inputs = memory.inputs.map(\.floats)
    return { body(Int64(shape.count), inputs, memory.output.floats) }
  }
}

extension Op.Descend: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    step(request, overwritable: [0, 1]) { fovea_descend($0, $1[0], $1[1], $1[2], $2) }
  }
}

extension Op.SecondMoment: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    step(request, overwritable: [0, 1]) { [decay] in fovea_second_moment($0, decay, $1[0], $1[1], $2) }
  }
}

extension Op.AdamDescend: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    step(request, overwritable: [0, 1, 2]) { [epsilon] in
      fovea_adam_descend($0, epsilon, $1[0], $1[1], $1[2], $1[3], $2)
    }
  }
}
