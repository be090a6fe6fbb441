import FoveaCompiler
import FoveaCore
import FoveaGraph
import Testing

@Test func `what no output and no update needs is dropped`() throws {
  let found = try listing(after: DeadCode()) { builder in
    let x = builder.input("x", shape: [2, 3])
    let unused = builder.input("unused", shape: [2, 3])
    let w = parameter(builder, "w", 2, 3)
    _ = (x + unused).applying(Op.Tanh())
    builder.output("y", x.applying(Op.ReLU()))
    // An update's parameter stays, although nothing reads it.
    builder.update(w, to: x * x)
  }
  #expect(
    found == [
      "0 input x", "1 parameter w", "2 relu(0)", "3 multiply(0, 0)", "output y = 2", "update 1 = 3",
    ])
}
