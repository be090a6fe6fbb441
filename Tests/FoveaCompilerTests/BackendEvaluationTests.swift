import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport
import Testing

@Test(arguments: [ReferenceBackend(), ChannelsFirstBackend()] as [any Backend])
func `a backend evaluates one operation, whatever its layouts`(backend: any Backend) throws {
  let convolution = Op.Convolution(Window(size: [3, 3], padding: .same))
  let (x, w) = (ReferenceTensor.distinct([2, 7, 5, 3]), ReferenceTensor.distinct([3, 3, 3, 4], seed: 1))
  let result = try #require(try backend.evaluate(convolution, on: [x.tensor, w.tensor]))
  let expected = convolution.run([x, w], shape: [2, 7, 5, 4])
  #expect(result.shape == expected.shape)
  #expect(relativeError(of: result.floats.map { Double($0) }, to: expected.values) < 1e-5)
}

@Test func `integers stay integers`() throws {
  let labels = Tensor([4, 0, 2] as [Int32], shape: [3])
  let slice = try ReferenceBackend().evaluate(Op.Slice(from: [1], size: [2]), on: [labels])
  #expect(slice == Tensor([0, 2] as [Int32], shape: [2]))
}

@Test func `a backend without a kernel evaluates nothing`() throws {
  #expect(try ReferenceBackend().evaluate(Op.Input(name: "x", shape: [1], elementType: .float32), on: []) == nil)
}
