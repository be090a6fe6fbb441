import FoveaCore
import FoveaLayers
import FoveaZoo
import Testing

/// §II.B: 156, 12, 1,516, 32, 48,120 and 10,164 trained ones, 60,000 together, and the fixed pictures of 84 points.
@Test func `LeNet-5 of 1998 has the paper's parameters and maps, layer by layer`() throws {
  let entry = try Catalogue.entry(for: "lenet5-1998")
  let summary = try trace(entry.make(), input: try #require(entry.input)).summary
  let layers = summary.layers.filter { $0.kind != "Flatten" }
  #expect(layers.map(\.parameters) == [156, 12, 1516, 32, 48120, 10164, 0])
  #expect(layers.map(\.nonTrainable) == [0, 0, 0, 0, 0, 0, 840])
  #expect(
    layers.map(\.output) == [[28, 28, 6], [14, 14, 6], [10, 10, 16], [5, 5, 16], [1, 1, 120], [84], [10]])
  #expect(summary.parameters == 60_000)
  #expect(try trace(entry.make(), input: [28, 28, 1]).summary.parameters == 60_000)
}

@Test(arguments: [3, 10, 26]) func `the pictures of LeNet-5's classes are of −1 and 1, and far from each other`(
  classes: Int
) throws {
  let traced = try trace(LeNet51998(classes: classes), input: [32, 32, 1])
  let parameter = try #require(traced.graph.parameters.last?.parameter)
  #expect(parameter.path == "output.centers" && !parameter.isTrainable)
  let points = parameter.initializer.tensor(shape: parameter.shape, path: parameter.path, seed: 0).floats
  #expect(points.allSatisfy { abs($0) == 1 })
  for first in 0..<classes {
    for second in 0..<first {
      let differing = (0..<84).count { points[$0 * classes + first] != points[$0 * classes + second] }
      #expect(differing >= 5, "\(first) and \(second)")
    }
  }
}

@Test func `the letters of 1995: parameters and maps`() throws {
  let entry = try Catalogue.entry(for: "lecun1995-letters")
  let traced = try trace(entry.make(), input: try #require(entry.input))
  let layers = traced.summary.layers.filter { $0.kind != "Flatten" }
  #expect(layers.map(\.parameters) == [104, 8, 1212, 24, 5018])
  #expect(layers.map(\.output) == [[24, 24, 4], [12, 12, 4], [8, 8, 12], [4, 4, 12], [1, 1, 26]])
  #expect(layers.map { $0.receptiveField?.first } == [5, 6, 14, 16, 28])
  #expect(traced.outputShape == [26])
}
