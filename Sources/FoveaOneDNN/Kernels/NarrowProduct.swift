import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

/// A few rows times a large matrix of weights, both bfloat16, in our own C: for one row as fast as memory gives the weights,
/// which is two to three times as fast as oneDNN reads them, for 16 a third faster.
struct NarrowProduct {
  private let value: fovea_narrow_product
  private let layouts: [Layout]
  private let epilogue: Epilogue

  /// With fewer there is little to gain.
  private static let leastWeights = 1_000_000

  /// - Returns: `nil` for many rows, for small matrices, for weights that would have to be transposed in each run, for
  ///   several products, and on processors without AVX512-BF16.
  init?(_ product: Op.MatrixProduct, _ request: KernelRequest, _ epilogue: Epilogue) {
    let (x, w, y) = (request.inputs[0], request.inputs[1], request.outputShape)
    guard OneDNNBackend.computesBFloat16, y.rank == 2, y[0] <= Int(FOVEA_NARROW_ROWS),
      w.shape.count >= Self.leastWeights, !product.transposesA, w.isStatic || !product.transposesB
    else { return nil }
    value = fovea_narrow_product(
      rows: Int64(y[0]), columns: Int64(y[1]), depth: Int64(x.shape[1]), narrow_y: request.outputType == .bfloat16)
    self.epilogue = epilogue
    layouts =
      [.rowMajor(x.shape), product.transposesB ? .strided([1, y[1]]) : .rowMajor(w.shape)]
      + (epilogue.hasBias ? [.rowMajor([y[1]])] : []) + (epilogue.hasResidual ? [.rowMajor(y)] : [])
  }

  func kernel(giving output: Shape) -> Kernel {
    let (hasBias, hasResidual) = (epilogue.hasBias, epilogue.hasResidual)
    let activation = epilogue.activation?.c ?? FOVEA_IDENTITY
    return Kernel(
      name: "c rows by weights", inputLayouts: layouts, outputLayout: .rowMajor(output),
      scratchBytes: fovea_narrow_scratch(value), overwritableInputs: hasResidual ? [layouts.count - 1] : []
    ) { [value] memory in
      let (inputs, scratch) = (memory.inputs, memory.scratch!.floats)
      return {
        fovea_narrow_multiply(
          value, inputs[0], inputs[1], hasBias ? inputs[2].floats : nil, hasResidual ? inputs.last : nil, activation,
          memory.output, scratch)
      }
    }
  }
}
