import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaNetwork
import Foundation

/// Prints a line for each operation and direction: `NAME forward|both SECONDS`, the median of several runs.
///
/// `OperationBench [--threads N] [--kernels] [NAME …]`: the named operations only; their kernels too. The other side is
/// `torch_operations.py`.
@main enum OperationBench {
  static func main() throws {
    var names = Array(CommandLine.arguments.dropFirst())
    BackendChoice.threads = 2
    if names.first == "--threads" {
      BackendChoice.threads = names.count > 1 ? Int(names[1]) ?? 2 : 2
      names.removeFirst(min(2, names.count))
    }
    let showsKernels = names.first == "--kernels"
    if showsKernels { names.removeFirst() }
    for example in BenchCase.all where names.isEmpty || names.contains(example.name) {
      for direction in BenchCase.Direction.allCases where direction == .forward || example.hasGradient {
        if showsKernels {
          for step in try BackendChoice.onednn.plan(example.graph(direction)).steps {
            print("  \(step.operation): \(step.kernel.name)")
          }
        }
        let seconds = try example.seconds(direction)
        print("\(example.name) \(direction.rawValue) \(seconds)")
      }
    }
  }
}

extension BenchCase {
  /// The median time of a run.
  func seconds(_ direction: Direction) throws -> Double {
    let graph = try graph(direction)
    let plan = try BackendChoice.onednn.plan(graph)
    let parameters = Dictionary(
      uniqueKeysWithValues: graph.parameters.map { _, parameter in
        (
          parameter.path,
          parameter.initializer.tensor(shape: parameter.shape, path: parameter.path, seed: 1)
        )
      })
    let storage = ParameterStorage(copying: parameters)
    return try ComputeThread.shared.run {
      let program = try Program(plan, parameters: storage)
      for name in plan.inputs.keys { program.setInput(name, to: inputs(graph)[name]!) }
      return median { program.run() }
    }
  }

  /// Numbers for the inputs of a graph: class indices, targets in 0..<1, others in −1..<1.
  private func inputs(_ graph: Graph) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for node in graph.nodes {
      guard let input = node.operation as? Op.Input else { continue }
      let stream = RandomStream(seed: 1, stream: RandomStream.identifier(of: input.name))
      tensors[input.name] =
        input.elementType == .int32
        ? Tensor((0..<input.shape.count).map { Int32(stream.integer($0, below: 10)) }, shape: input.shape)
        : Tensor(
          (0..<input.shape.count).map { input.name == "target" ? stream.uniform($0) : 2 * stream.uniform($0) - 1 },
          shape: input.shape)
    }
    return tensors
  }
}

/// The median time of at least five runs over about a quarter of a second, after two that do not count.
private func median(_ body: () -> Void) -> Double {
  body()
  body()
  var times: [Double] = []
  let start = ContinuousClock.now
  while times.count < 5 || ContinuousClock.now - start < .milliseconds(250) {
    let before = ContinuousClock.now
    body()
    times.append((ContinuousClock.now - before) / .seconds(1))
  }
  return times.sorted()[times.count / 2]
}
