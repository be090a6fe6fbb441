import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport

// What the suite checks, as functions that say what is wrong, so that they can be tested themselves.

/// The names of the operations that have no case.
func operationsWithoutCases(in operations: [any Operation.Type]) -> [String] {
  operations.filter { (($0 as? any ConformanceCases.Type)?.cases ?? []).isEmpty }.map { $0.name }
}

/// The names of the differentiable operations of which no case is compared with finite differences.
func operationsWithoutGradientCheck(in operations: [any Operation.Type]) -> [String] {
  operations.filter { type in
    guard type.isDifferentiable, !(type is any Source.Type), let type = type as? any ConformanceCases.Type
    else { return false }
    return type.cases.allSatisfy(\.skipsGradient)
  }.map { $0.name }
}

extension ConformanceCase {
  /// What is wrong with the reference kernel's result: its shape, its number of elements, its element type.
  func shapeMistakes() throws -> [String] {
    let shape = try outputShape
    let type = try operation.elementType(for: inputs.map(\.elementType))
    let result = try expected(inputs)
    var mistakes: [String] = []
    if result.shape != shape { mistakes.append("the rule says \(shape), the kernel \(result.shape)") }
    let count = type == .int32 ? result.integers.count : result.values.count
    if count != shape.count { mistakes.append("\(count) elements of \(type) for the shape \(shape)") }
    return mistakes
  }

  /// The relative error of each gradient against finite differences, by the index of its input.
  func gradientErrors() throws -> [String: Double] {
    let variables = inputs.indices.filter { !inputs[$0].isInteger }.map(String.init)
    guard !variables.isEmpty else { return [:] }
    let feed = Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ("\($0)", $1) })
    return try GradientCheck().errors(at: feed, variables: variables) { builder in
      let output = trace(in: builder)
      let weights = ReferenceTensor.distinct(output.shape, seed: 99).tensor
      return (output * builder.constant(weights)).applying(Op.Sum(over: Array(0..<output.rank)))
    }
  }

  /// What differs on `backend` from the reference kernel in `Double`, in each way in which a program can run it.
  ///
  /// - Returns: nothing, too, if the backend has no kernel for this case.
  func mistakes(on backend: any Backend, tolerance: Double = 1e-5) throws -> [String] {
    let expected = try expected(inputs)
    var mistakes: [String] = []
    for (way, run) in try runs(on: backend) {
      do {
        guard let result = try run() else { continue }
        let error =
          expected.isInteger
          ? (result.array(of: Int32.self) == expected.integers ? 0 : .infinity)
          : relativeError(of: result.floats.map { Double($0) }, to: expected.values)
        // Winograd's sums of inputs and weights round in places where the definition has none.
        if !(error < (run.variant.isExact ? 1 : 10) * tolerance) {
          mistakes.append("\(way): relative error \(error)")
        }
      } catch let failure as KernelRun.Failure {
        mistakes.append("\(way): \(failure)")
      }
    }
    return mistakes
  }

  private func runs(on backend: any Backend) throws -> [(way: String, run: KernelRun)] {
    let plain = KernelRun(operation, on: inputs.map(\.tensor), backend: backend)
    guard let kernel = try plain.kernel() else { return [] }
    var runs = [("row-major", plain)]

    func add(_ way: String, _ change: (inout KernelRun) -> Void) {
      var run = plain
      change(&run)
      runs.append((way, run))
    }
    add("as the program's result") { $0.isOutput = true }
    if inputs.count > 1 { add("weights known before") { $0.staticInputs = Set(inputs.indices.dropFirst()) } }
    if inputs.contains(where: { $0.shape.rank > 1 }) {
      add("axes reversed in memory") { $0.layouts = inputs.map { .strided($0.shape.columnMajorStrides) } }
      add("part of a larger tensor") {
        $0.layouts = inputs.map { .strided($0.shape.stridesWithGaps) }
        $0.misalignment = 3
      }
    }
    if kernel.writing != nil, let layout = try nativeLayout(of: try outputShape, .float32, on: backend) {
      add("written in the native layout") { $0.written = layout }
    }
    for input in kernel.overwritableInputs { add("over input \(input)") { $0.overwrittenInput = input } }

    let native = try inputs.map { try nativeLayout(of: $0.shape, $0.elementType, on: backend) }
    var known = plain
    known.staticInputs = Set(inputs.indices.dropFirst())
    for variant in try known.variants().dropFirst() {
      known.variant = variant
      for (order, layouts) in [
        ("", plain.layouts), (", in the native layout", zip(native, plain.layouts).map { $0 ?? $1 }),
      ] {
        known.layouts = layouts
        // The plan measures only what is there.
        guard let kernel = try? known.kernel() else { continue }
        runs.append(("the way \(variant.rawValue)\(order)", known))
        for input in kernel.overwritableInputs {
          var run = known
          run.overwrittenInput = input
          runs.append(("the way \(variant.rawValue)\(order), over input \(input)", run))
        }
      }
    }
    if native.contains(where: { $0 != nil }) {
      func offer(_ run: inout KernelRun) {
        run.layouts = zip(native, inputs).map { $0 ?? .rowMajor($1.shape) }
      }
      add("in the native layout", offer)
      var first = plain
      offer(&first)
      for input in try first.kernel()?.overwritableInputs ?? [] {
        add("in the native layout, over input \(input)") { run in
          offer(&run)
          run.overwrittenInput = input
        }
      }
      if native.count(where: { $0 != nil }) > 1 {
        add("only the first input in the native layout") { run in
          offer(&run)
          for input in inputs.indices.dropFirst() { run.layouts[input] = .rowMajor(inputs[input].shape) }
        }
      }
    }
    return runs
  }
}

/// The layout in which a convolution of `backend` leaves a result of this shape, if it is not row-major.
func nativeLayout(of shape: Shape, _ type: ElementType, on backend: any Backend) throws -> Layout? {
  guard type == .float32 || type == .bfloat16, (3...5).contains(shape.rank) else { return nil }
  let window = Window(size: shape.dimensions[1..<(shape.rank - 1)].map { _ in 3 }, padding: .same)
  let weights = Shape(window.size + [shape.channels, shape.channels])
  let operation = Op.Convolution(window)
  let zeros = [shape, weights].map { shape in
    type == .float32
      ? Tensor(shape: shape) : Tensor([BFloat16](repeating: BFloat16(0), count: shape.count), shape: shape)
  }
  var convolution = KernelRun(
    type == .float32 ? operation : Mixed(operation, isNarrow: true), on: zeros, backend: backend)
  convolution.staticInputs = [1]
  guard let layout = try convolution.kernel()?.outputLayout, !layout.isRowMajor(shape) else { return nil }
  return layout
}

extension Shape {
  /// The first axis contiguous.
  fileprivate var columnMajorStrides: [Int] { Shape(dimensions.reversed()).rowMajorStrides.reversed() }

  /// Row-major, with three unused elements after each row.
  fileprivate var stridesWithGaps: [Int] {
    var padded = self
    if rank > 0 { padded[rank - 1] += 3 }
    return padded.rowMajorStrides
  }
}
