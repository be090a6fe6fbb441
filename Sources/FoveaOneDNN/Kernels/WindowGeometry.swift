import FoveaCore
import FoveaGraph
internal import CFoveaKernels

extension fovea_window {
  /// `window` over images of the shape `input`; up to three spatial axes.
  init?(_ window: Window, input: Shape) {
    guard window.rank <= 3, let output = try? window.output(for: Array(input.dimensions[1...window.rank])) else {
      return nil
    }
    let lengths = Array(input.dimensions[1...window.rank])
    self.init()
    self.input = spread(lengths, missing: 1)
    self.output = spread(output, missing: 1)
    size = spread(window.size, missing: 1)
    stride = spread(window.strides, missing: 1)
    dilation = spread(window.dilations, missing: 1)
    before = spread(lengths.indices.map { window.edges($0, length: lengths[$0]).before }, missing: 0)
  }
}

/// Three axes for the C kernels: missing ones come first.
func spread(_ values: [Int], missing: Int) -> (Int64, Int64, Int64) {
  let all = [Int](repeating: missing, count: 3 - values.count) + values
  return (Int64(all[0]), Int64(all[1]), Int64(all[2]))
}
