import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.Patches: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let x = request.inputs[0].shape
    guard let geometry = fovea_window(window, input: x) else { return nil }
    return Kernel(name: "c", inputLayouts: [.rowMajor(x)], outputLayout: .rowMajor(request.outputShape)) { memory in
      { fovea_patches(geometry, Int64(x[0]), Int64(x.channels), memory.inputs[0].floats, memory.output.floats) }
    }
  }
}

extension Op.PatchesGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    let (g, x) = (request.inputs[0].shape, inputShape)
    guard let geometry = fovea_window(forward.window, input: x) else { return nil }
    return Kernel(name: "c", inputLayouts: [.rowMajor(g)], outputLayout: .rowMajor(x)) { memory in
      {
        fovea_patches_gradient(
          geometry, Int64(x[0]), Int64(x.channels), memory.inputs[0].floats, memory.output.floats)
      }
    }
  }
}
