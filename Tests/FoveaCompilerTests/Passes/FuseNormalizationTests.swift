import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport
import Testing

/// `relu(batch_normalize(x))`, of which `more` may be made before a convolution reads it.
private func normalized(_ builder: GraphBuilder, _ x: Value, more: (Value) -> Value = { $0 }) -> Value {
  let y = x.applying(
    Op.BatchNormalize(epsilon: 1e-3), parameter(builder, "moments", 2, 4), parameter(builder, "scale", 4),
    parameter(builder, "bias", 4))
  return more(y).applying(Op.ReLU())
}

private func convolution(_ builder: GraphBuilder, _ x: Value, _ name: String) -> Value {
  x.applying(Op.Convolution(Window(size: [3, 3], padding: .same)), parameter(builder, name, 3, 3, 4, 4))
}

/// The listing of what `trace` builds in bfloat16 after the pass; results must be the same numbers.
private func listing(_ trace: (GraphBuilder, Value) -> Void) throws -> [String] {
  let builder = GraphBuilder(isTraining: false)
  trace(builder, builder.input("x", shape: [2, 6, 6, 4]))
  var graph = try builder.finish()
  FuseEpilogue().run(on: &graph)
  DeadCode().run(on: &graph)
  LowerPrecision(backend: ReferenceBackend()).run(on: &graph)
  let before = graph.results()
  FuseNormalization(backend: ReferenceBackend()).run(on: &graph)
  #expect(graph.malformedNodes == [])
  #expect(graph.results() == before)
  return graph.listing
}

private func isFused(_ listing: [String]) -> Bool {
  listing.contains { $0.contains("bfloat16 batch_normalize+relu+convolution") }
}

@Suite struct `A normalisation before a convolution of bfloat16` {
  @Test func `is done as the convolution reads`() throws {
    let found = try listing { builder, x in
      let y = convolution(builder, x, "v")
      builder.output("y", convolution(builder, normalized(builder, y), "w"))
    }
    #expect(isFused(found) && !found.contains { $0.contains("relu(") }, "\(found)")
  }

  @Test func `stays where others read it, or a residual is added`() throws {
    let twice = try listing { builder, x in
      let y = normalized(builder, convolution(builder, x, "v"))
      builder.output("a", convolution(builder, y, "w"))
      builder.output("b", convolution(builder, y, "u"))
    }
    #expect(!isFused(twice), "\(twice)")
    let residual = try listing { builder, x in
      let y = convolution(builder, x, "v")
      builder.output("y", convolution(builder, normalized(builder, y) { $0 + y }, "w"))
    }
    #expect(!isFused(residual), "\(residual)")
    let output = try listing { builder, x in
      let y = normalized(builder, convolution(builder, x, "v"))
      builder.output("y", y)
      builder.output("z", convolution(builder, y, "w"))
    }
    #expect(!isFused(output), "\(output)")
  }
}
