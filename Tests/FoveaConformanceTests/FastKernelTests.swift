import FoveaGraph
import FoveaOneDNN
import FoveaTestSupport
import Testing

/// Operations that must have a fast kernel for every case of theirs, rather than fall back to the reference.
private let operations: [any ConformanceCases.Type] = [
  Op.MaxPool.self, Op.MaxPoolGradient.self, Op.AveragePool.self, Op.AveragePoolGradient.self, Op.LpPool.self,
  Op.LpPoolGradient.self, Op.MaxPoolSwitches.self, Op.MaxUnpool.self, Op.MaxUnpoolGradient.self, Op.SparseMap.self,
  Op.OneHot.self,
]

@Test(arguments: operations.flatMap { $0.cases })
func `pooling, unpooling, maps along axes and one-hot rows have fast kernels`(case example: ConformanceCase) throws {
  let run = KernelRun(example.operation, on: example.inputs.map(\.tensor), backend: OneDNNBackend())
  #expect(try run.kernel()?.name.hasPrefix("c") == true)
}
