import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import Testing

private struct Example: Sendable, CustomTestStringConvertible {
  var rows, depth, columns: Int
  var transposesB = false
  var testDescription: String { "\(rows)×\(depth) by \(depth)×\(columns)\(transposesB ? ", transposed" : "")" }

  var product: Op.MatrixProduct { Op.MatrixProduct(transposesB: transposesB) }
  var x: Shape { [rows, depth] }
  var w: Shape { transposesB ? [columns, depth] : [depth, columns] }
}

/// Large weights for a few rows: whole slabs, chunks and panels, and what is left of them; every number of rows in a group,
/// and every number of groups.
private let examples = [
  Example(rows: 1, depth: 1024, columns: 2048), Example(rows: 2, depth: 1029, columns: 2101),
  Example(rows: 3, depth: 4103, columns: 303), Example(rows: 4, depth: 1150, columns: 1000),
  Example(rows: 5, depth: 20_000, columns: 57), Example(rows: 8, depth: 511, columns: 2050),
  Example(rows: 10, depth: 1200, columns: 900), Example(rows: 13, depth: 1042, columns: 1007),
  Example(rows: 16, depth: 2048, columns: 544), Example(rows: 1, depth: 1050, columns: 1055, transposesB: true),
  Example(rows: 7, depth: 2049, columns: 515, transposesB: true),
]

@Suite(.serialized) struct `a few rows by weights` {
  private static let types: [ElementType] = OneDNNBackend.computesBFloat16 ? [.float32, .bfloat16] : [.float32]

  private func numbers(
    _ shape: Shape, _ type: ElementType, in range: ClosedRange<Double> = -1...1, seed: UInt64
  ) -> Tensor {
    let values = ReferenceTensor<Double>.distinct(shape, in: range, seed: seed).values.map { Float($0) }
    return type == .bfloat16 ? Tensor(values.map { BFloat16($0) }, shape: shape) : Tensor(values, shape: shape)
  }

  private func run(_ example: Example, _ type: ElementType, _ epilogue: Epilogue, isNarrow: Bool) -> KernelRun {
    let y: Shape = [example.rows, example.columns]
    // So small that an activation function tells the sums apart.
    let most = 3 / Double(example.depth).squareRoot()
    var inputs = [numbers(example.x, type, seed: 0), numbers(example.w, type, in: -most...most, seed: 1)]
    if epilogue.hasBias {
      inputs.append(Tensor((0..<example.columns).map { Float($0 % 5) - 2 }, shape: [example.columns]))
    }
    if epilogue.hasResidual { inputs.append(numbers(y, isNarrow ? .bfloat16 : .float32, seed: 7)) }
    let operation: any Operation =
      type == .bfloat16
      ? Mixed(example.product, epilogue, isNarrow: isNarrow) : Fused(example.product, epilogue)
    var run = KernelRun(operation, on: inputs, backend: OneDNNBackend())
    run.staticInputs = [1]
    if type == .float32 { run.variant = .panels }
    return run
  }

  @Test(arguments: examples, types)
  private func `agree with the reference, whatever follows them`(example: Example, type: ElementType) throws {
    for isNarrow in type == .bfloat16 ? [false, true] : [false] {
      for activation in [nil, .relu, .sigmoid] as [Epilogue.Activation?] {
        for (hasBias, hasResidual) in [(false, false), (true, false), (false, true), (true, true)] {
          var epilogue = Epilogue()
          (epilogue.hasBias, epilogue.hasResidual, epilogue.activation) = (hasBias, hasResidual, activation)
          var run = run(example, type, epilogue, isNarrow: isNarrow)
          let kernel = try #require(try run.kernel())
          #expect(kernel.name == "c rows by weights")
          let expected = try #require(
            try KernelRun(run.operation, on: run.inputs, backend: ReferenceBackend())())
          for overwritten in [nil] + kernel.overwritableInputs.map(Optional.some) {
            run.overwrittenInput = overwritten
            let found = try #require(try run())
            #expect(found.elementType == (isNarrow ? .bfloat16 : .float32))
            // A sum that lies between two numbers of 8 bits may round to either: 2⁻⁸ of it.
            #expect(
              relativeError(of: found.floats.map(Double.init), to: expected.floats.map(Double.init))
                < (isNarrow ? 0.0079 : 1e-5), "\(epilogue), over \(overwritten as Int?)")
          }
        }
      }
    }
  }

  @Test(arguments: examples, types)
  private func `give the same bits on any number of threads`(example: Example, type: ElementType) throws {
    let usual = OneDNNBackend.threads
    defer { OneDNNBackend.threads = usual }
    let run = run(example, type, Epilogue(), isNarrow: false)
    let results = try [1, 2, 3, 5].map { threads in
      OneDNNBackend.threads = threads
      return try run()
    }
    #expect(results.allSatisfy { $0 != nil && $0 == results[0] })
  }

  @Test func `are for 16 rows at most, and for weights that are known`() throws {
    for (rows, statics, isThere) in [(16, [1], true), (17, [1], false), (16, [], false)] as [(Int, Set<Int>, Bool)] {
      var run = run(Example(rows: rows, depth: 1024, columns: 1024), .float32, Epilogue(), isNarrow: false)
      run.staticInputs = statics
      #expect(try run.variants().contains(.panels) == isThere, "\(rows) rows, \(statics)")
      #expect((try run.kernel() != nil) == isThere, "\(rows) rows, \(statics)")
    }
  }
}
