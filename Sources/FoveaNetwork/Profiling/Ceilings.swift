package import FoveaCompiler
import FoveaCore
import FoveaLayers

/// What this machine can do at most, with the threads that it computes with: a roof over every kernel.
///
/// - Source: Williams, Waterman & Patterson 2009, "Roofline: An Insightful Visual Performance Model".
package struct Ceilings: Sendable, Encodable {
  /// Of a product of two square matrices, 2048×2048 unless plain loops multiply: floating-point operations a second, a
  /// multiply-add being two.
  package let operationsPerSecond: Double
  /// Of a pass over 128 MiB, or 2 by plain loops: bytes read and written a second.
  package let bytesPerSecond: Double

  /// Measures both, in about two seconds. Of plain loops the smaller product and pass that take them as long.
  ///
  /// The median of nine runs: what a kernel beside it can expect, not the best moment of a shared machine.
  package static func measured(on backend: BackendChoice) throws -> Ceilings {
    let (side, count) = backend == .reference ? (256, 1 << 19) : (2048, 1 << 25)
    let product = try seconds(of: backend) { builder in
      let (a, b) = (builder.input("a", shape: [side, side]), builder.input("b", shape: [side, side]))
      builder.output("product", a.applying(Op.MatrixProduct(), b))
    }
    let pass = try seconds(of: backend) { builder in
      let x = builder.input("a", shape: [count])
      builder.output("pass", x.applying(Op.ReLU()))
      builder.output("kept", x)  // or else the result would be written over it
    }
    return Ceilings(
      operationsPerSecond: 2 * Double(side * side * side) / product, bytesPerSecond: 8 * Double(count) / pass)
  }

  private static func seconds(of backend: BackendChoice, _ build: (GraphBuilder) -> Void) throws -> Double {
    let builder = GraphBuilder(isTraining: false)
    build(builder)
    let plan = try backend.plan(builder.finish())
    return try ComputeThread.shared.run {
      let program = try Program(plan, parameters: ParameterStorage(copying: [:]))
      for name in plan.inputs.keys {
        program.writeInput(name) { $0.bindMemory(to: Float.self).update(repeating: 0.5) }
      }
      for _ in 0..<2 { program.run() }
      return (0..<9).map { _ in program.runTimed().reduce(0, +) }.sorted()[4]
    }
  }

  /// The least time that a step could take here: for its arithmetic, or for bringing its numbers.
  package func leastSeconds(of step: Plan.Step) -> Double {
    max(2 * Double(step.multiplyAdds) / operationsPerSecond, Double(step.bytesMoved) / bytesPerSecond)
  }
}

extension Plan.Step {
  /// The bytes of its inputs, each once, and of its output.
  package var bytesMoved: Int {
    func bytes(_ location: Plan.Location) -> Int { location.layout.byteCount(location.shape, location.elementType) }
    // A part is copied to its place.
    if parts != nil { return 2 * bytes(inputs[0]) }
    var seen: Set<Plan.Location> = []
    return ([output] + inputs).reduce(0) { seen.insert($1).inserted ? $0 + bytes($1) : $0 }
  }
}
