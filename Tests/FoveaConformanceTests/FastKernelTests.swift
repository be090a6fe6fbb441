import FoveaCompiler
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
