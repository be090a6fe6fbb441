import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

/// A few rows times a large matrix of weights that is the same on every run, as a dense layer has it for few examples, in
/// our own C: as fast as memory gives the weights (decision 19).
struct FewRowsProduct {
  private let value: fovea_few_rows
  private let layouts: [Layout]
  private let epilogue: Epilogue

  /// With fewer there is little to gain.
  private static let leastWeights = 1_000_000

  /// - Returns: `nil` for many rows, small matrices, weights that change, several products, and for bfloat16 on processors
  ///   without AVX512-BF16.
  init?(_ product: Op.MatrixProduct, _ request: KernelRequest, _ epilogue: Epilogue) {
    let (x, w, y) = (request.inputs[0], request.inputs[1], request.outputShape)
    guard y.rank == 2, y[0] <= Int(FOVEA_FEW_ROWS), w.isStatic, w.shape.count >= Self.leastWeights,
      !product.transposesA, w.elementType == .float32 || OneDNNBackend.computesBFloat16
    else { return nil }
    value = fovea_few_rows(
      rows: Int64(y[0]), columns: Int64(y[1]), depth: Int64(x.shape[1]), narrow: w.elementType == .bfloat16,
      narrow_y: request.outputType == .bfloat16, amx: OneDNNBackend.hasAMX)
    self.epilogue = epilogue
    layouts =
      [.rowMajor(x.shape), FewRowsWeights(w.shape, isTurned: product.transposesB, type: w.elementType).layout]
      + (epilogue.hasBias ? [.rowMajor([y[1]])] : []) + (epilogue.hasResidual ? [.rowMajor(y)] : [])
  }

  func kernel(giving output: Shape) -> Kernel {
    let (hasBias, hasResidual) = (epilogue.hasBias, epilogue.hasResidual)
    let activation = epilogue.activation?.c ?? FOVEA_IDENTITY
    return Kernel(
      name: "c rows by weights", inputLayouts: layouts, outputLayout: .rowMajor(output),
      overwritableInputs: hasResidual ? [layouts.count - 1] : []
    ) { [value] memory in
      let inputs = memory.inputs
      return {
        fovea_few_rows_multiply(
          value, inputs[0], inputs[1], hasBias ? inputs[2].floats : nil, hasResidual ? inputs.last : nil, activation,
          memory.output)
      }
    }
  }
}

/// How the weights of a `FewRowsProduct` lie: panels of columns, each read from the first row to the last.
struct FewRowsWeights: PackedWeights {
  static let marker = Array("panels for a few rows".utf8)

  private let value: fovea_few_rows
  private let isTurned: Bool

  /// - Parameters:
  ///   - shape: rows × columns, or, if they are turned, columns × rows.
  ///   - type: `float32` or bfloat16.
  init(_ shape: Shape, isTurned: Bool, type: ElementType) {
    let (depth, columns) = isTurned ? (shape[1], shape[0]) : (shape[0], shape[1])
    value = fovea_few_rows(
      rows: 1, columns: Int64(columns), depth: Int64(depth), narrow: type == .bfloat16, narrow_y: false,
      amx: false)
    self.isTurned = isTurned
  }

  static func all(_ shape: Shape, _ type: ElementType) -> [FewRowsWeights] {
    [false, true].map { FewRowsWeights(shape, isTurned: $0, type: type) }
  }

  var layout: Layout {
    .native(
      NativeLayout(
        bytes: Self.marker + [isTurned ? 1 : 0], byteCount: fovea_few_rows_weights(value),
        name: isTurned ? "turned O/64·i·64o" : "O/64·i·64o"))
  }

  /// What a slab is made of: rows of weights, or, if they are turned, parts of all of them.
  var rowsTogether: RowsTogether? {
    let count = Int(fovea_few_rows_together(value))
    guard !isTurned else { return nil }
    return RowsTogether(count: count) { [value] rows in
      FewRowsWeights(
        [rows, Int(value.columns)], isTurned: false, type: value.narrow ? .bfloat16 : .float32
      ).layout
    }
  }

  func pack(_ weights: UnsafeRawPointer, into packed: UnsafeMutableRawPointer) {
    fovea_few_rows_pack(value, isTurned, weights, packed)
  }
}
