import Foundation
import FoveaLayers
import Testing

private let small = Sequential {
  Conv2D(filters: 4, kernel: 3, padding: .same, bias: false).named("conv")
  BatchNorm().named("bn")
  MaxPool2D(2).named("pool")
  Flatten().named("flatten")
  Dense(10).named("fc")
}

@Test func `a summary has a row for each layer, and totals that leave running statistics out`() throws {
  let summary = try trace(small, input: [6, 6, 2]).summary
  #expect(summary.layers.map(\.path) == ["conv", "bn", "pool", "flatten", "fc"])
  #expect(summary.layers.map(\.kind) == ["Conv2D", "BatchNorm", "MaxPool2D", "Flatten", "Dense"])
  #expect(summary.layers.map(\.output) == [[6, 6, 4], [6, 6, 4], [3, 3, 4], [36], [10]])
  #expect(summary.layers.map(\.parameters) == [72, 8, 0, 0, 370])
  #expect(summary.layers.map(\.nonTrainable) == [0, 8, 0, 0, 0])
  #expect(summary.layers.map(\.multiplyAdds) == [72 * 36, 0, 0, 0, 360])
  #expect(summary.layers.map(\.activationBytes) == [576, 576, 144, 144, 40])
  #expect(summary.parameters == 450)
  #expect(summary.nonTrainable == 8)
  #expect(summary.multiplyAdds == 2952)
  #expect(summary.activationBytes == 1480)
}

@Test func `a summary does not depend on the batch`() throws {
  let one = try trace(small, input: [6, 6, 2]).summary
  #expect(try trace(small, input: [6, 6, 2], batchSize: 7, isTraining: true).summary == one)
}

@Test func `the table is aligned plain text`() throws {
  let text = try trace(small, input: [6, 6, 2]).summary.description
  #expect(
    text == """
      layer    kind       output  parameters  multiply-adds  bytes  receptive field
      -----------------------------------------------------------------------------
      conv     Conv2D     6×6×4           72          2,592    576  3×3
      bn       BatchNorm  6×6×4            8              0    576  3×3
      pool     MaxPool2D  3×3×4            0              0    144  4×4, step 2
      flatten  Flatten    36               0              0    144  4×4
      fc       Dense      10             370            360     40  8×8
      -----------------------------------------------------------------------------
      total                              450          2,952  1,480
      and 8 running statistics, which are not trained
      """)
}

@Test func `a layer with parameters of its own beside other layers has a row`() throws {
  struct Scaled: Layer {
    func forward(_ x: Value) -> Value { Dense(3)(x * x.parameter("scale", shape: [x.channels], .constant(1))) }
  }
  let summary = try trace(Sequential { Scaled() }, input: [4]).summary
  #expect(summary.layers.map(\.path) == ["scaled_1", "scaled_1.dense_1"])
  #expect(summary.layers.map(\.parameters) == [4, 15])
  #expect(try trace(Scaled(), input: [4]).summary.layers.map(\.path) == ["Scaled", "dense_1"])
  #expect(summary.parameters == 19)
}

@Test func `absurd sizes saturate`() throws {
  let model = Sequential {
    for _ in 0..<3 {
      Conv2D(filters: 1, kernel: 20001, strides: Size2D(1 << 24), padding: .explicit(1 << 24))
    }
    Conv2D(filters: 1, kernel: 20001, padding: .same)
  }
  let summary = try trace(model, input: [100_000, 100_000, 100]).summary
  #expect(summary.layers[2].step == [1 << 53, 1 << 53])
  let heavy = Sequential { for _ in 0..<2 { Conv2D(filters: 100, kernel: 10001, padding: .same) } }
  #expect(try trace(heavy, input: [100_000, 100_000, 100]).summary.multiplyAdds == 1 << 53)
}

@Test func `numbers are grouped by thousands`() {
  #expect(
    [0, 999, 1000, 61706, 1_234_567, -1234].map(grouped) == ["0", "999", "1,000", "61,706", "1,234,567", "-1,234"])
}

@Test func `as JSON, shapes are lists and the names are those of the command's documentation`() throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  let summary = try trace(Conv2D(filters: 2, kernel: 3), input: [4, 5, 1]).summary
  #expect(
    String(decoding: try encoder.encode(summary), as: UTF8.self) == """
      {"activationBytes":48,"layers":[{"activationBytes":48,"kind":"Conv2D","multiplyAdds":108,"nonTrainable":0,\
      "output":[2,3,2],"parameters":20,"path":"Conv2D","receptiveField":[3,3],"step":[1,1]}],"multiplyAdds":108,\
      "nonTrainable":0,"parameters":20}
      """)
}
