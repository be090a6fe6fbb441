import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.Add: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? { pair(FOVEA_ADD, request) }
}

extension Op.Subtract: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? { pair(FOVEA_SUBTRACT, request) }
}

extension Op.Multiply: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? { pair(FOVEA_MULTIPLY, request) }
}

extension Op.Divide: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? { pair(FOVEA_DIVIDE, request, keepsZero: false) }
}

private func pair(_ pair: fovea_pair, _ request: KernelRequest, keepsZero: Bool = true) -> Kernel? {
  let (a, b, shape) = (request.inputs[0].shape, request.inputs[1].shape, request.outputShape)
  if a == b {
    let place = ElementwiseLayout(request, keepsZero: keepsZero)
    return Kernel(
      name: "c", inputLayouts: [place.layout, place.layout], outputLayout: place.layout, overwritableInputs: [0, 1]
    ) { memory in
      {
        fovea_pair_dense(
          pair, Int64(place.count), memory.inputs[0].floats, memory.inputs[1].floats, memory.output.floats)
      }
    }
  }
  let space = StridedSpace(
    shape, [broadcastStrides(of: a, to: shape), broadcastStrides(of: b, to: shape), shape.rowMajorStrides])
  guard space.fits else { return nil }
  return Kernel(
    name: "c broadcast", inputLayouts: [.rowMajor(a), .rowMajor(b)], outputLayout: .rowMajor(shape),
    overwritableInputs: a == shape ? [0] : b == shape ? [1] : []
  ) { memory in
    let space = space.value
    return {
      fovea_pair_strided(pair, space, memory.inputs[0].floats, memory.inputs[1].floats, memory.output.floats)
    }
  }
}

/// The strides with which a row-major tensor is read when it is stretched to `target`: 0 where it repeats.
func broadcastStrides(of shape: Shape, to target: Shape) -> [Int] {
  let (strides, added) = (shape.rowMajorStrides, target.rank - shape.rank)
  return (0..<target.rank).map { $0 < added || shape[$0 - added] == 1 ? 0 : strides[$0 - added] }
}

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

/// A kernel over flat memory: any layout, as long as all inputs share it.
private func flat(
  _ request: KernelRequest, keepsZero: Bool = true,
  _ body: @escaping @Sendable (Int64, [UnsafePointer<Float>], UnsafeMutablePointer<Float>) -> Void
) -> Kernel {
  let place = ElementwiseLayout(request, keepsZero: keepsZero)
  return Kernel(
    name: "c", inputLayouts: request.inputs.map { _ in place.layout }, outputLayout: place.layout,
    overwritableInputs: Array(request.inputs.indices)
  ) { memory in
    let inputs = memory.inputs.map(\.floats)
    return { body(Int64(place.count), inputs, memory.output.floats) }
  }
}

extension Op.ReLU: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    flat(request) { fovea_activate(FOVEA_RELU, $0, $1[0], $2) }
  }
}

extension Op.Tanh: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    flat(request) { fovea_activate(FOVEA_TANH, $0, $1[0], $2) }
  }
}

extension Op.Sigmoid: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    flat(request, keepsZero: false) { fovea_activate(FOVEA_SIGMOID, $0, $1[0], $2) }
  }
}

extension Op.ReLUGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    flat(request) { fovea_slope_product(FOVEA_RELU_GRADIENT, $0, $1[0], $1[1], $2) }
  }
}

extension Op.TanhGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    flat(request) { fovea_slope_product(FOVEA_TANH_GRADIENT, $0, $1[0], $1[1], $2) }
  }
}

extension Op.SigmoidGradient: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    flat(request) { fovea_slope_product(FOVEA_SIGMOID_GRADIENT, $0, $1[0], $1[1], $2) }
  }
}

extension Op.Scale: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    flat(request) { [factor] in fovea_scale($0, factor, $1[0], $2) }
  }
}

extension Op.ReciprocalSquareRoot: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    flat(request, keepsZero: false) { [epsilon] in fovea_reciprocal_square_root($0, epsilon, $1[0], $2) }
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
