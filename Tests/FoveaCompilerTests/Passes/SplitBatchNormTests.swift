import FoveaCompiler
import FoveaCore
import FoveaGraph
import Testing

@Test func `batch normalisation becomes its moments and the normalisation by them`() throws {
  let found = try listing(after: SplitBatchNorm(), isTraining: true) { builder in
    let x = builder.input("x", shape: [2, 5, 3])
    let (scale, bias) = (parameter(builder, "scale", 3), parameter(builder, "bias", 3))
    builder.output("y", x.applying(Op.BatchNorm(epsilon: 1e-3), scale, bias).applying(Op.ReLU()))
  }
  #expect(
    found == [
      "0 input x", "1 parameter scale", "2 parameter bias", "3 batch_moments(0)", "4 batch_normalize(0, 3, 1, 2)",
      "5 relu(4)", "output y = 5",
    ])
}
