import FoveaCompiler
import FoveaCore
import FoveaGraph
import Testing

private let removal = TransposeRemoval()

@Test func `a transpose and its inverse cancel out`() throws {
  let found = try listing(after: removal) { builder in
    let x = builder.input("x", shape: [2, 3, 4, 5])
    builder.output(
      "y", x.applying(Op.Transpose([0, 3, 1, 2])).applying(Op.Transpose([0, 2, 3, 1])).applying(Op.ReLU()))
    builder.output("z", x.applying(Op.Transpose([0, 1, 2, 3])))
  }
  #expect(found == ["0 input x", "1 relu(0)", "output y = 1", "output z = 0"])
}

@Test func `two transposes become one`() throws {
  let found = try listing(after: removal) { builder in
    let x = builder.input("x", shape: [2, 3, 4])
    builder.output("y", x.applying(Op.Transpose([1, 2, 0])).applying(Op.Transpose([0, 2, 1])))
  }
  #expect(found == ["0 input x", "1 transpose(0)", "output y = 1"])
}

@Test(arguments: [false, true], [false, true])
func `a matrix product reads its inputs transposed`(transposesA: Bool, transposesB: Bool) throws {
  let found = try listing(after: removal) { builder in
    let a = builder.input("a", shape: transposesA ? [5, 4] : [4, 5])
    let b = builder.input("b", shape: transposesB ? [4, 3] : [3, 4])
    let product = Op.MatrixProduct(transposesA: transposesA, transposesB: transposesB)
    let (first, second) = (a.applying(Op.Transpose([1, 0])), b.applying(Op.Transpose([1, 0])))
    builder.output("y", first.applying(product, second))
  }
  #expect(found == ["0 input a", "1 input b", "2 matrix_product(0, 1)", "output y = 2"])
}

@Test func `several products read transposed matrices, but only where the leading axes stay`() throws {
  let found = try listing(after: removal) { builder in
    let (a, b) = (builder.input("a", shape: [2, 5, 4]), builder.input("b", shape: [3, 2, 5]))
    builder.output("y", matmul(a.applying(Op.Transpose([0, 2, 1])), b.applying(Op.Transpose([1, 2, 0]))))
  }
  #expect(found == ["0 input a", "1 input b", "2 transpose(1)", "3 matrix_product(0, 2)", "output y = 3"])
}

@Test func `only the transposed input changes its flag, and a transpose with other readers stays for them`() throws {
  let found = try listing(after: removal) { builder in
    let a = builder.input("a", shape: [4, 5])
    let b = builder.input("b", shape: [4, 3])
    let transposed = a.applying(Op.Transpose([1, 0]))
    builder.output("y", matmul(transposed, b))
    builder.output("z", transposed.applying(Op.Tanh()))
  }
  #expect(
    found == [
      "0 input a", "1 input b", "2 transpose(0)", "3 matrix_product(0, 1)", "4 tanh(2)", "output y = 3", "output z = 4",
    ])
}

@Test func `a reshape of a reshape is one, and none where the shape returns`() throws {
  let found = try listing(after: removal) { builder in
    let x = builder.input("x", shape: [2, 6])
    let flat = x.applying(Op.Reshape(to: [12]))
    builder.output("y", flat.applying(Op.Reshape(to: [3, 4])))
    builder.output("z", flat.applying(Op.Reshape(to: [2, 6])).applying(Op.ReLU()))
  }
  #expect(found == ["0 input x", "1 reshape(0)", "2 relu(0)", "output y = 1", "output z = 2"])
}

@Test func `moves that move nothing are removed`() throws {
  let found = try listing(after: removal) { builder in
    let x = builder.input("x", shape: [2, 6])
    let moved = x.applying(Op.Slice(from: [0, 0], size: [2, 6])).applying(Op.Pad(before: [0, 0], after: [0, 0]))
      .applying(Op.Reshape(to: [2, 6])).applying(Op.Concatenate(axis: 1)).applying(Op.Broadcast(to: [2, 6]))
    builder.output("y", moved.applying(Op.ReLU()))
    builder.output("part", x.applying(Op.Slice(from: [0, 1], size: [2, 5])))
  }
  #expect(found == ["0 input x", "1 relu(0)", "2 slice(0)", "output y = 1", "output part = 2"])
}
