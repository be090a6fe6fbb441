import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaTestSupport
import Testing

/// Sources need none, nor do views of what lies in memory already; a pass splits batch normalisation in two.
private let cases = Op.all
  .filter { !($0 is any Source.Type) && !($0 is any ViewOperation.Type) && $0 != Op.BatchNorm.self }
  .flatMap { ($0 as? any ConformanceCases.Type)?.cases ?? [] }

/// The reference backend is the definition, and far too slow to work with.
@Test(arguments: cases) func `every operation has a fast kernel in every case`(case example: ConformanceCase) throws {
  let run = KernelRun(example.operation, on: example.inputs.map(\.tensor), backend: OneDNNBackend())
  let kernel = try run.kernel()
  #expect(kernel != nil)
  // oneDNN's own loops for what it has no generated code for.
  #expect(kernel?.name.contains("ref") != true)
}

/// oneDNN's own works in 8 times the memory of the weights.
@Test func `a long window's gradient along one axis needs no memory to work in`() throws {
  let convolution = Op.Convolution(Window(size: [32], padding: .explicit(15)))
  let (x, w): (Shape, Shape) = ([3, 101, 250], [32, 250, 2000])
  let g = try convolution.outputShape(for: [x, w])
  let run = KernelRun(
    Op.ConvolutionWeightsGradient(of: convolution, weightsShape: w), on: [Tensor(shape: g), Tensor(shape: x)],
    backend: OneDNNBackend())
  let kernel = try #require(try run.kernel())
  #expect(kernel.scratchBytes == 0 && kernel.name == "onednn sgemm")
}
