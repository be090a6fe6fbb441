import FoveaLayers
import Testing

@Test func `windows pool sequences, images and volumes, and may round up`() throws {
  try check(MaxPool1D(2), input: [9, 3], output: [4, 3])
  try check(MaxPool1D(2, roundsUp: true), input: [9, 3], output: [5, 3])
  try check(MaxPool2D(3, strides: 2, dilation: 2), input: [9, 8, 3], output: [3, 2, 3])
  try check(MaxPool2D(3, strides: 2, padding: .explicit(1), roundsUp: true), input: [8, 7, 3], output: [5, 4, 3])
  try check(MaxPool3D(Size3D(1, 2, 3)), input: [4, 5, 6, 2], output: [4, 2, 2, 2])
  try check(MinPool2D(2), input: [4, 6, 3], output: [2, 3, 3])
  try check(MinPool3D(2), input: [4, 6, 3, 5], output: [2, 3, 1, 5])
  try check(AveragePool1D(3, padding: .same), input: [7, 2], output: [3, 2])
  try check(AveragePool2D(3, divisor: 4), input: [7, 6, 2], output: [2, 2, 2])
  try check(AveragePool3D(2, roundsUp: true), input: [3, 3, 3, 2], output: [2, 2, 2, 2])
  try check(SumPool2D(2, strides: 1), input: [4, 6, 3], output: [3, 5, 3])
  try check(LpPool1D(2, power: 3), input: [8, 2], output: [4, 2])
  try check(LpPool2D(2), input: [8, 6, 2], output: [4, 3, 2])
}

@Test func `a last window starts inside the input or the padding before it`() throws {
  try check(MaxPool1D(1, strides: 3, roundsUp: true), input: [6, 1], output: [2, 1])
  try check(MaxPool1D(3, strides: 2, roundsUp: true), input: [2, 1], output: [1, 1])
  try check(MaxPool1D(2, strides: 2, padding: .explicit(1), roundsUp: true), input: [5, 1], output: [3, 1])
}

@Test func `global pooling gives one number for each channel`() throws {
  try check(GlobalMaxPool1D(), input: [8, 3], output: [3])
  try check(GlobalAveragePool3D(), input: [2, 3, 4, 5], output: [5])
  try check(GlobalSumPool2D(), input: [3, 4, 5], output: [5])
  try check(GlobalMinPool2D(), input: [3, 4, 5], output: [5])
  try check(GlobalLpPool2D(power: 3), input: [3, 4, 5], output: [5])
}

@Test func `adaptive pooling gives the size that is asked for`() throws {
  try check(AdaptiveAveragePool2D(7), input: [7, 7, 3], output: [7, 7, 3])
  try check(AdaptiveAveragePool2D(Size2D(3, 2)), input: [7, 8, 3], output: [3, 2, 3])
  try check(AdaptiveMaxPool2D(Size2D(3, 2)), input: [7, 8, 3], output: [3, 2, 3])
  try check(AdaptiveMaxPool1D(9), input: [7, 3], output: [9, 3])
  try check(AdaptiveMinPool3D(2), input: [3, 4, 5, 3], output: [2, 2, 2, 3])
  try check(AdaptiveSumPool1D(2), input: [5, 3], output: [2, 3])
  try check(AdaptiveLpPool2D(2, power: 1), input: [5, 4, 3], output: [2, 2, 3])
}

@Test func `layers that pool are called by their axes`() throws {
  let model = Sequential {
    MaxPool2D(2)
    AdaptiveAveragePool2D(2)
    GlobalLpPool2D()
  }
  #expect(
    try trace(model, input: [8, 9, 1]).layers.dropFirst().map(\.path) == [
      "max_pool2d_1", "adaptive_average_pool2d_1", "global_lp_pool2d_1",
    ])
}

/// Pools and unpools.
private struct ThereAndBack: Layer {
  func forward(_ x: Value) -> Value {
    let (y, switches) = MaxPool2D(2).withSwitches(x)
    return MaxUnpool2D()(y, switches)
  }
}

@Test func `unpooling gives the size before pooling`() throws {
  try check(ThereAndBack(), input: [7, 6, 3], output: [7, 6, 3])
  let layers = try trace(ThereAndBack(), input: [7, 6, 3]).layers.dropFirst()
  #expect(layers.map(\.path) == ["max_pool2d_1", "max_unpool2d_1"])
  #expect(layers.map(\.kind) == ["MaxPool2D", "MaxUnpool2D"])
}

@Test func `a pooling that does not fit is reported once, also with switches`() {
  struct TooLarge: Layer {
    func forward(_ x: Value) -> Value {
      let (y, switches) = MaxPool2D(9).withSwitches(x)
      return MaxUnpool2D()(y, switches)
    }
  }
  #expect(mistakes(TooLarge(), input: [7, 6, 3]).count == 1)
  #expect(mistakes(TooLarge(), input: [7]).count == 1)
}

@Test func `switches belong to what was pooled`() {
  struct Mixed: Layer {
    func forward(_ x: Value) -> Value {
      let (_, switches) = MaxPool2D(2).withSwitches(x)
      return MaxUnpool2D()(MaxPool2D(3)(x), switches)
    }
  }
  #expect(
    mistakes(Mixed(), input: [9, 9, 1]) == [
      "max_unpool2d_1: unpooling 1×3×3×1 with switches for 1×4×4×1; "
        + "unpool at the size to which the switches' layer pooled"
    ])
}
