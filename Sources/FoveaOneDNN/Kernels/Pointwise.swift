import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension OneDNNPointwise {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    try Expression([(code, Array(request.inputs.indices))], inputs: request.inputs.count)?.kernel(for: request)
  }
}

extension Pointwise: OneDNNKernel {
  func kernel(for request: KernelRequest) throws -> Kernel? {
    var codes: [(StepCode, [Int])] = []
    for step in steps {
      guard let operation = step.operation as? any OneDNNPointwise else { return nil }
      codes.append((operation.code, step.operands))
    }
    return try Expression(codes, inputs: inputCount)?.kernel(for: request)
  }
}

/// The steps of a pointwise kernel with a register for each result.
private struct Expression {
  private let inputs: Int
  private let steps: [fovea_step]
  private let codes: [(code: StepCode, operands: [Int])]

  /// - Parameter steps: each with its operands: inputs, then the results of earlier steps.
  /// - Returns: `nil` if there are more than the kernel takes.
  init?(_ steps: [(StepCode, [Int])], inputs: Int) {
    guard inputs <= Int(FOVEA_MAX_INPUTS), steps.count <= Int(FOVEA_MAX_STEPS) else { return nil }
    var lastUse = [Int](repeating: 0, count: steps.count)
    for (index, step) in steps.enumerated() {
      for operand in step.1 where operand >= inputs { lastUse[operand - inputs] = index }
    }
    var free = Array((inputs..<Int(FOVEA_MAX_REGISTERS)).reversed())
    var register = Array(0..<inputs)
    var result: [fovea_step] = []
    for (index, (code, operands)) in steps.enumerated() {
      let places = operands.map { register[$0] }
      // An operand that is not needed any longer may be overwritten by the result, place by place.
      for operand in Set(operands) where operand >= inputs && lastUse[operand - inputs] == index {
        free.append(register[operand])
      }
      guard let own = free.popLast() else { return nil }
      register.append(own)
      result.append(
        fovea_step(
          operation: code.operation, a: Int32(places[0]), b: Int32(places[places.count - 1]), result: Int32(own),
          p: code.p, q: code.q))
    }
    (self.inputs, self.steps, codes) = (inputs, result, steps)
  }

  /// Whether the result is 0 where every input of the result's size is.
  private func keepsZero(_ isDense: [Bool]) -> Bool {
    var isZero = isDense
    for (code, operands) in codes { isZero.append(code.keepsZero(operands.map { isZero[$0] })) }
    return isZero.last!
  }

  func kernel(for request: KernelRequest) throws -> Kernel? {
    let (shape, type) = (request.outputShape, request.outputType)
    let isFull = request.inputs.map { $0.shape == shape }
    let isScalar = request.inputs.map { $0.shape.count == 1 && $0.shape != shape }
    // What is stretched, or seen through a view, is read with strides, and then everything lies row-major.
    let isBlocked = zip(isFull, isScalar).allSatisfy { $0 || $1 }
    let place = isBlocked ? ElementwiseLayout(request, keepsZero: keepsZero(isFull)) : ElementwiseLayout(shape)
    var code = fovea_expression()
    var layouts: [Layout] = []
    for (index, input) in request.inputs.enumerated() {
      let isNarrow = input.elementType == .bfloat16
      var kind = isNarrow ? FOVEA_DENSE_NARROW : FOVEA_DENSE
      // What is read by itself, number by number, is `float32`.
      guard isFull[index] || !isNarrow else { return nil }
      if isScalar[index] {
        kind = FOVEA_SCALAR
        layouts.append(.rowMajor(input.shape))
      } else if case .strided(let strides) = input.layout, !place.isNative, !isNarrow,
        !(isFull[index] && input.isRowMajor)
      {
        kind = FOVEA_STRIDED
        layouts.append(input.layout)
        let space = StridedSpace(shape, [stretched(strides, of: input.shape, to: shape)])
        guard space.fits else { return nil }
        set(&code.space, index, to: space.value)
      } else if isFull[index] {
        layouts.append(try place.layout(of: input.elementType, shape))
      } else {
        kind = FOVEA_STRIDED
        layouts.append(.rowMajor(input.shape))
        let space = StridedSpace(shape, [broadcastStrides(of: input.shape, to: shape)])
        guard space.fits else { return nil }
        set(&code.space, index, to: space.value)
      }
      set(&code.kind, index, to: kind)
    }
    (code.inputs, code.steps) = (Int32(inputs), Int32(steps.count))
    code.gives_narrow = type == .bfloat16
    for (index, step) in steps.enumerated() { set(&code.step, index, to: step) }
    let isDense = try layouts.indices.map { index in
      try isFull[index] && layouts[index] == place.layout(of: request.inputs[index].elementType, shape)
    }
    return Kernel(
      name: zip(isDense, isScalar).allSatisfy { $0 || $1 } ? "c" : "c broadcast", inputLayouts: layouts,
      outputLayout: try place.layout(of: type, shape),
      overwritableInputs: layouts.indices.filter { isDense[$0] && request.inputs[$0].elementType == type }
    ) { [code] memory in
      let box = ExpressionBox(code)
      let inputs = memory.inputs.map { Optional($0) }
      return { fovea_evaluate(box.address, Int64(place.count), inputs, memory.output) }
    }
  }
}

/// Keeps an expression at one address.
private final class ExpressionBox {
  let address: UnsafeMutablePointer<fovea_expression>

  init(_ code: fovea_expression) {
    address = .allocate(capacity: 1)
    address.initialize(to: code)
  }

  deinit { address.deallocate() }
}

extension KernelRequest.Operand {
  fileprivate var isRowMajor: Bool { layout.isRowMajor(shape) }
}

/// Sets an element of a C array, which Swift sees as a tuple.
private func set<Tuple, Element>(_ tuple: inout Tuple, _ index: Int, to element: Element) {
  withUnsafeMutableBytes(of: &tuple) { $0.bindMemory(to: Element.self)[index] = element }
}

/// Strides with which a tensor is read when it is stretched to `target`: 0 where it repeats.
func stretched(_ strides: [Int], of shape: Shape, to target: Shape) -> [Int] {
  let added = target.rank - shape.rank
  return (0..<target.rank).map { $0 < added || shape[$0 - added] == 1 ? 0 : strides[$0 - added] }
}

/// Likewise for a row-major tensor.
func broadcastStrides(of shape: Shape, to target: Shape) -> [Int] {
  stretched(shape.rowMajorStrides, of: shape, to: target)
}
