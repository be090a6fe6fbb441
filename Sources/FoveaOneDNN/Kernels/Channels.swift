import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension Op.PickChannels: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? {
    byTable(places, of: request.inputs[0].shape.channels, request, fovea_pick_channels)
  }
}

extension Op.PlaceChannels: OneDNNKernel {
  func kernel(for request: KernelRequest) -> Kernel? { byTable(places, of: count, request, fovea_place_channels) }
}

/// - Parameter channels: those among which the places are.
private func byTable(
  _ places: [Int], of channels: Int, _ request: KernelRequest,
  _ body:
    @escaping @Sendable (
      Int64, Int64, Int64, UnsafePointer<Int32>, UnsafePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void
) -> Kernel? {
  guard channels <= Int32.max else { return nil }
  let (x, y) = (request.inputs[0].shape, request.outputShape)
  return Kernel(name: "c", inputLayouts: [.rowMajor(x)], outputLayout: .rowMajor(y)) { memory in
    let tables = Tables([places.map(Int32.init)])
    let rows = Int64(y.count / y.channels)
    return {
      withExtendedLifetime(tables) {
        body(
          rows, Int64(channels), Int64(places.count), tables[0], memory.inputs[0].floats, memory.output.floats)
      }
    }
  }
}
