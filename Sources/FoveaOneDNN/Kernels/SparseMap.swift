import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.SparseMap: OneDNNKernel {
  /// Along spatial axes, images may be blocked; along others, they lie row-major.
  func kernel(for request: KernelRequest) throws -> Kernel? {
    let (x, y) = (request.inputs[0].shape, request.outputShape)
    let after = axis + matrices.count
    let layouts = try layouts(for: request.inputs[0], resultOf: y)
    let outer = layouts.outer * x.dimensions[1..<max(axis, 1)].reduce(1, *)
    let inner = x.dimensions[after..<max(x.rank - 1, after)].reduce(1, *) * (after < x.rank ? layouts.width : 1)
    guard matrices.count == 2 else {
      return Kernel(name: "c", inputLayouts: [layouts.x], outputLayout: layouts.y) { [matrices] memory in
        let rows = SparseTable(matrices[0])
        return {
          fovea_sparse_map(
            Int64(outer), rows.value, Int64(inner), memory.inputs[0].floats, memory.output.floats)
        }
      }
    }
    let span = Int64(matrices[0].span)
    return Kernel(
      name: "c", inputLayouts: [layouts.x], outputLayout: layouts.y,
      scratchBytes: fovea_sparse_map_scratch(span, Int64(matrices[1].rows), Int64(inner))
    ) { [matrices] memory in
      let (rows, columns) = (SparseTable(matrices[0]), SparseTable(matrices[1]))
      return {
        fovea_sparse_map_plane(
          Int64(outer), rows.value, span, columns.value, Int64(inner), memory.inputs[0].floats,
          memory.output.floats, memory.scratch!.floats)
      }
    }
  }

  private struct Layouts {
    var x, y: Layout
    /// What lies outside and inside of the spatial axes; `outer` is 1 where the first axis is mapped itself.
    var outer, width: Int
  }

  private func layouts(for operand: KernelRequest.Operand, resultOf y: Shape) throws -> Layouts {
    let x = operand.shape
    guard axis >= 1, axis + matrices.count < x.rank else {
      return Layouts(x: .rowMajor(x), y: .rowMajor(y), outer: axis == 0 ? 1 : x[0], width: x.channels)
    }
    if Blocks16.contains(operand.layout), let source = Blocks16.layout(x), let target = Blocks16.layout(y) {
      return Layouts(x: source, y: target, outer: x[0] / 16, width: x.channels * 16)
    }
    let channels = ChannelLayout(x, preferring: operand.layout)
    return Layouts(
      x: channels.layout, y: try channels.resized(to: y), outer: x[0] * channels.blocks, width: channels.width)
  }
}

/// A sparse matrix where C can read it.
private final class SparseTable {
  private let matrix: SparseMatrix
  private let memory: AlignedBuffer

  init(_ matrix: SparseMatrix) {
    self.matrix = matrix
    let entries = matrix.indices.count
    memory = AlignedBuffer(byteCount: (matrix.starts.count + 2 * entries) * 4, zeroed: false)
    starts.initialize(from: matrix.starts, count: matrix.starts.count)
    indices.initialize(from: matrix.indices, count: entries)
    weights.initialize(from: matrix.weights.map { Float($0) }, count: entries)
  }

  private var starts: UnsafeMutablePointer<Int32> { memory.address.integers }
  private var indices: UnsafeMutablePointer<Int32> { starts + matrix.starts.count }
  private var weights: UnsafeMutablePointer<Float> { UnsafeMutableRawPointer(indices + matrix.indices.count).floats }

  var value: fovea_sparse {
    fovea_sparse(
      outputs: Int64(matrix.rows), inputs: Int64(matrix.columns), starts: starts, indices: indices, weights: weights)
  }
}
