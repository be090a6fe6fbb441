import FoveaCompiler
import FoveaCore
internal import CFoveaKernels

// How the C kernels see the memory of a plan.

extension UnsafeRawPointer {
  var floats: UnsafePointer<Float> { assumingMemoryBound(to: Float.self) }
  var words: UnsafePointer<UInt32> { assumingMemoryBound(to: UInt32.self) }
  var integers: UnsafePointer<Int32> { assumingMemoryBound(to: Int32.self) }
}

extension UnsafeMutableRawPointer {
  var floats: UnsafeMutablePointer<Float> { assumingMemoryBound(to: Float.self) }
  var words: UnsafeMutablePointer<UInt32> { assumingMemoryBound(to: UInt32.self) }
  var integers: UnsafeMutablePointer<Int32> { assumingMemoryBound(to: Int32.self) }
}

extension Kernel.Memory {
  /// An input that may be `float32` or `bfloat16`.
  func numbers(_ position: Int, _ operand: KernelRequest.Operand) -> fovea_numbers {
    fovea_numbers(at: inputs[position], narrow: operand.elementType == .bfloat16)
  }

  /// The result, likewise.
  func result(_ type: ElementType) -> fovea_result { fovea_result(at: output, narrow: type == .bfloat16) }
}

/// An iteration space for the strided C kernels, simplified: axes of length 1 are left out, and axes that follow one
/// another evenly in every tensor are one.
struct StridedSpace: Sendable {
  private let sizes: [Int]
  private let strides: [[Int]]

  /// - Parameter strides: those of each tensor, for every axis of `shape`.
  init(_ shape: Shape, _ strides: [[Int]]) {
    var sizes: [Int] = []
    var kept = strides.map { _ in [Int]() }
    for axis in 0..<shape.rank where shape[axis] != 1 {
      let follows =
        !sizes.isEmpty
        && strides.indices.allSatisfy { kept[$0].last! == strides[$0][axis] * shape[axis] }
      if follows {
        sizes[sizes.count - 1] *= shape[axis]
        for tensor in strides.indices { kept[tensor][sizes.count - 1] = strides[tensor][axis] }
      } else {
        sizes.append(shape[axis])
        for tensor in strides.indices { kept[tensor].append(strides[tensor][axis]) }
      }
    }
    if sizes.isEmpty {
      sizes = [1]
      kept = strides.map { _ in [1] }
    }
    (self.sizes, self.strides) = (sizes, kept)
  }

  /// Whether the C kernels can walk it.
  var fits: Bool { sizes.count <= Int(FOVEA_MAX_RANK) }

  /// Whether every tensor is walked without gaps, as one row.
  var isDense: Bool { sizes.count == 1 && strides.allSatisfy { $0[0] == 1 } }

  var value: fovea_strided {
    var space = fovea_strided()
    space.rank = Int64(sizes.count)
    withUnsafeMutableBytes(of: &space.size) { bytes in
      let target = bytes.bindMemory(to: Int64.self)
      for (axis, size) in sizes.enumerated() { target[axis] = Int64(size) }
    }
    withUnsafeMutableBytes(of: &space.stride) { bytes in
      let target = bytes.bindMemory(to: Int64.self)
      for (tensor, strides) in strides.enumerated() {
        for (axis, stride) in strides.enumerated() { target[tensor * Int(FOVEA_MAX_RANK) + axis] = Int64(stride) }
      }
    }
    return space
  }
}
