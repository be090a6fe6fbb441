import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaReference
import Testing

@Test func `a chain of pointwise operations becomes one`() throws {
  let found = try listing(after: FusePointwise()) { builder in
    let x = builder.input("x", shape: [2, 3])
    builder.output("y", x * x.applying(Op.Sigmoid()) + 1)
  }
  #expect(found.count == 3 && found[1].contains("sigmoid") && found[1].contains("offset"), "\(found)")
}

@Test func `a stretched operand is read as it is, two are not`() throws {
  let one = try listing(after: FusePointwise()) { builder in
    let (x, w) = (builder.input("x", shape: [2, 3]), builder.input("w", shape: [1, 3]))
    builder.output("y", w.applying(Op.Broadcast(to: [2, 3])) * x)
  }
  #expect(one == ["0 input x", "1 input w", "2 multiply(1, 0)", "output y = 2"])
  let two = try listing(after: FusePointwise()) { builder in
    let (v, w) = (builder.input("v", shape: [1, 3]), builder.input("w", shape: [1, 3]))
    builder.output("y", v.applying(Op.Broadcast(to: [2, 3])) * w.applying(Op.Broadcast(to: [2, 3])))
    builder.output("z", w.applying(Op.Broadcast(to: [4, 3])).applying(Op.Tanh()))
  }
  #expect(two.count { $0.contains("broadcast") } == 2, "\(two)")
}

@Test func `a value that others read is kept`() throws {
  let found = try listing(after: FusePointwise()) { builder in
    let x = builder.input("x", shape: [2, 3])
    let y = x.applying(Op.Tanh())
    builder.output("y", y)
    builder.output("z", (y * x).applying(Op.ReLU()))
  }
  #expect(found.contains { $0.contains("tanh(0)") }, "\(found)")
}
