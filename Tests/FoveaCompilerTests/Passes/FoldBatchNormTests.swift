import FoveaCompiler
import FoveaCore
import FoveaGraph
import Testing

/// What makes a value that a normalisation by fixed moments reads.
private func fold(_ trace: (GraphBuilder, Value) -> Value) throws -> [String] {
  try listing(after: FoldBatchNorm()) { builder in
    let y = trace(builder, builder.input("x", shape: [2, 5, 5, 3]))
    let c = y.channels
    let moments = parameter(builder, "moments", 2, c)
    let norm = y.applying(
      Op.BatchNormalize(epsilon: 1e-3), moments, parameter(builder, "scale", c), parameter(builder, "bias", c))
    builder.output("y", norm.applying(Op.ReLU()))
  }
}

/// The names of the operations that read `x`, the first input, or what comes from it.
private func operationsOnInput(_ listing: [String]) -> [String] {
  var fromInput: Set<String> = ["0"]
  return listing.compactMap { line in
    let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
    guard let open = parts[1].firstIndex(of: "("), parts[0] != "output" else { return nil }
    let inputs = parts[1][open...].dropFirst().dropLast().split(separator: ", ").map(String.init)
    guard !fromInput.isDisjoint(with: inputs) else { return nil }
    fromInput.insert(parts[0])
    return String(parts[1][..<open])
  }
}

private let convolution = Op.Convolution(Window(size: [3, 3], padding: .same))

@Test func `a normalisation folds into the convolution before it`() throws {
  let found = try fold { builder, x in x.applying(convolution, parameter(builder, "weights", 3, 3, 3, 4)) }
  #expect(
    found == [
      "0 input x", "1 parameter weights", "2 parameter moments", "3 parameter scale", "4 parameter bias",
      // factor = scale / √(σ² + ε)
      "5 slice(2)", "6 reshape(5)", "7 reciprocal_square_root(6)", "8 multiply(3, 7)",
      // bias − μ · factor
      "9 slice(2)", "10 reshape(9)", "11 scale(10)", "12 multiply(11, 8)", "13 add(12, 4)",
      "14 multiply(1, 8)", "15 convolution(0, 14)", "16 add(15, 13)", "17 relu(16)", "output y = 17",
    ])
}

@Test func `it takes the bias between them along, on either side of the addition and in any rank`() throws {
  for shape in [[4], [1, 1, 1, 4]] {
    for isFirst in [false, true] {
      let found = try fold { builder, x in
        let product = x.applying(convolution, parameter(builder, "weights", 3, 3, 3, 4))
        let bias = builder.parameter("shift", shape: Shape(shape), .zeros, isTrainable: true)
        return isFirst ? bias + product : product + bias
      }
      #expect(operationsOnInput(found) == ["convolution", "add", "relu"])
    }
  }
}

@Test func `grouped and strided convolutions keep their attributes`() throws {
  let found = try fold { builder, x in
    x.applying(
      Op.Convolution(Window(size: [3, 3], strides: [2]), groups: 3), parameter(builder, "weights", 3, 3, 1, 6))
  }
  #expect(operationsOnInput(found) == ["convolution", "add", "relu"])
}

@Test(arguments: [false, true]) func `a normalisation folds into a matrix product`(transposesB: Bool) throws {
  let found = try fold { builder, x in
    x.reshaped(to: [2, 75]).applying(
      Op.MatrixProduct(transposesB: transposesB),
      transposesB ? parameter(builder, "weights", 4, 75) : parameter(builder, "weights", 75, 4))
  }
  #expect(operationsOnInput(found) == ["reshape", "matrix_product", "add", "relu"])
}

@Test func `nothing is folded where something else reads the convolution`() throws {
  let found = try fold { builder, x in
    let product = x.applying(convolution, parameter(builder, "weights", 3, 3, 3, 4))
    builder.output("features", product)
    return product
  }
  #expect(found.contains { $0.contains("batch_normalize") })
}

@Test func `nothing is folded after anything else`() throws {
  #expect(try fold { _, x in x.applying(Op.ReLU()) }.contains { $0.contains("batch_normalize") })
  let residual = try fold { builder, x in
    x.applying(convolution, parameter(builder, "weights", 3, 3, 3, 3)) + x
  }
  #expect(residual.contains { $0.contains("batch_normalize") })
}

@Test func `nothing is folded where moments or weights change from run to run`() throws {
  for changing in ["moments", "weights"] {
    let found = try listing(after: FoldBatchNorm()) { builder in
      let x = builder.input("x", shape: [2, 5, 5, 3])
      let weights = parameter(builder, "weights", 3, 3, 3, 4)
      let moments = parameter(builder, "moments", 2, 4)
      let norm = x.applying(convolution, weights).applying(
        Op.BatchNormalize(epsilon: 1e-3), moments, parameter(builder, "scale", 4), parameter(builder, "bias", 4))
      builder.output("y", norm)
      let changed = changing == "moments" ? moments : weights
      builder.update(changed, to: changed.applying(Op.Scale(0.5)))
    }
    #expect(found.contains { $0.contains("batch_normalize") })
  }
}
