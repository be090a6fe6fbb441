import FoveaCompiler
import FoveaCore
import FoveaGraph
import Testing

private struct FuseThenDrop: Pass {
  func run(on graph: inout Graph) { for pass in [FuseEpilogue(), DeadCode()] as [any Pass] { pass.run(on: &graph) } }
}

private func fuse(_ trace: (GraphBuilder, Value) -> Value) throws -> [String] {
  try listing(after: FuseThenDrop()) { builder in
    builder.output("y", trace(builder, builder.input("x", shape: [2, 5, 5, 3])))
  }
}

/// A convolution that keeps the shape.
private func convolution(_ builder: GraphBuilder, _ x: Value, _ name: String = "w") -> Value {
  x.applying(Op.Convolution(Window(size: [3, 3], padding: .same)), parameter(builder, name, 3, 3, 3, 3))
}

@Test func `bias, residual sum and activation go into the convolution`() throws {
  let found = try fuse { builder, x in
    (convolution(builder, x) + parameter(builder, "b", 3) + x).applying(Op.ReLU())
  }
  #expect(
    found == [
      "0 input x", "1 parameter w", "2 parameter b", "3 convolution+bias+add+relu(0, 1, 2, 0)", "output y = 3",
    ])
}

@Test func `of two convolutions that are added, one takes the other as its residual`() throws {
  let found = try fuse { builder, x in
    (convolution(builder, x, "v") + convolution(builder, x, "w")).applying(Op.Tanh())
  }
  #expect(found.filter { $0.contains("convolution") }.count == 2)
  #expect(found.filter { $0.contains("convolution+add+tanh") }.count == 1)
  #expect(!found.contains { $0.contains(" add(") })
}

@Test func `an intermediate result that something else reads stays`() throws {
  let shared = try fuse { builder, x in
    let y = convolution(builder, x)
    return y.applying(Op.ReLU()) * y
  }
  #expect(shared.contains { $0.hasSuffix(" relu(2)") })
  let output = try fuse { builder, x in
    let y = convolution(builder, x)
    builder.output("features", y)
    return y.applying(Op.ReLU())
  }
  #expect(output.contains { $0.hasSuffix(" relu(2)") })
}

@Test func `only a value for each channel is a bias, and nothing follows an activation`() throws {
  let stretched = try fuse { builder, x in convolution(builder, x) + parameter(builder, "b", 5, 3) }
  #expect(stretched.contains { $0.contains(" add(") })
  let afterwards = try fuse { builder, x in
    convolution(builder, x).applying(Op.ReLU()) + parameter(builder, "b", 3)
  }
  #expect(afterwards.contains { $0.contains(" add(") } && afterwards.contains { $0.contains("convolution+relu") })
}
