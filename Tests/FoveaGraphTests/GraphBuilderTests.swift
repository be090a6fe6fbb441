import FoveaCore
import FoveaGraph
import Testing

/// The texts of the errors that a trace collected.
private func errors(_ trace: (GraphBuilder) -> Void) -> [String] {
  let builder = GraphBuilder(isTraining: true)
  trace(builder)
  do {
    _ = try builder.finish()
    return []
  } catch {
    return error.errors.map(\.description)
  }
}

@Test func `every shape error is collected with its path`() {
  let found = errors { builder in
    let x = builder.input("image", shape: [8, 5, 5, 3])
    let first = builder.scope(named: "conv1", kind: "conv2d") {
      x.applying(
        Op.Convolution(Window(size: [3, 3])), x.parameter("weights", shape: [3, 3, 4, 8], .heNormal))
    }
    // What is computed from an invalid value is invalid: no error follows from the first.
    _ = builder.scope(named: "conv2", kind: "conv2d") {
      first.applying(Op.MatrixProduct(), first)
    }
    builder.scope(named: "block", kind: "residual") {
      builder.scope(named: nil, kind: "dense") { _ = matmul(x, x) }
    }
  }
  #expect(
    found == [
      "conv1: the weights 3×3×4×8 take 4 channels, the input has 3; use weights for 3 channels",
      "block.dense_1: the matrices 5×3 and 5×3 do not chain: 3 ≠ 5; use weights of 3×3",
    ])
}

@Test func `layers without a name are counted by kind within their scope`() {
  let builder = GraphBuilder(isTraining: true)
  let x = builder.input("image", shape: [1])
  func parameter() { _ = x.parameter("weights", shape: [1], .zeros) }
  builder.scope(named: nil, kind: "dense", parameter)
  builder.scope(named: nil, kind: "dense", parameter)
  builder.scope(named: "block", kind: "residual") { builder.scope(named: nil, kind: "dense", parameter) }
  parameter()
  #expect(
    builder.graph.parameters.map(\.parameter.path) == [
      "dense_1.weights", "dense_2.weights", "block.dense_1.weights", "weights",
    ])
  #expect(builder.errors.isEmpty)
}

@Test func `a repeated name is an error`() {
  let found = errors { builder in
    let x = builder.input("image", shape: [1])
    for _ in 0..<2 { builder.scope(named: "fc", kind: "dense") {} }
    builder.scope(named: "norm", kind: "batch_norm") {
      for _ in 0..<2 { _ = x.parameter("scale", shape: [1], .zeros) }
    }
  }
  #expect(
    found == [
      "model: two layers have the path fc; give one of them another name, or share the layer's value on purpose "
        + "with one call",
      "norm: two parameters have the path norm.scale; give each parameter of a layer its own name",
    ])
}

@Test func `a builder goes when nobody holds it`() {
  weak var gone: GraphBuilder?
  do {
    let builder = GraphBuilder(isTraining: true)
    let x = builder.input("image", shape: [8, 5, 5, 3])
    builder.auxiliaryOutput(x, weight: 0.5)
    builder.output("output", x.applying(Op.Sum(over: [0, 1, 2, 3])))
    gone = builder
    #expect(builder.auxiliaryOutputs.map(\.weight) == [0.5])
  }
  #expect(gone == nil)
}

@Test func `one input name is one value`() {
  let builder = GraphBuilder(isTraining: true)
  let x = builder.input("image", shape: [2, 3])
  #expect(builder.input("image", shape: [2, 3]).node == x.node)
  #expect(builder.graph.nodes.count == 1)
  #expect(
    errors { builder in
      _ = builder.input("image", shape: [2, 3])
      _ = builder.input("image", shape: [2], elementType: .int32)
    } == ["model: the input image is 2×3 of float32 and 2 of int32; give the second input another name"])
}

/// A trace with one mistake, and the error that reports it.
struct MistakenTrace: Sendable, CustomTestStringConvertible {
  let error: String
  let trace: @Sendable (GraphBuilder) -> Void

  init(_ error: String, _ trace: @escaping @Sendable (GraphBuilder) -> Void) {
    (self.error, self.trace) = (error, trace)
  }

  var testDescription: String { error }

  static let all = [
    MistakenTrace("the input image has the shape 0×3; every dimension must be at least 1") { builder in
      _ = builder.input("image", shape: [0, 3])
    },
    MistakenTrace("the parameter w would have the shape 3×-1; use sizes of at least 1") { builder in
      _ = builder.input("x", shape: [1]).parameter("w", shape: [3, -1], .zeros)
    },
    MistakenTrace(
      "input would give 1099511627777×2, more than 2⁴⁰ numbers; use a smaller input or fewer channels"
    ) { builder in
      _ = builder.input("x", shape: [1 << 40 + 1, 2])
    },
    MistakenTrace("2×3 has 6 elements and cannot be read as -2×-3; use a shape of equal size") { builder in
      _ = builder.input("x", shape: [2, 3]).reshaped(to: [-2, -3])
    },
    MistakenTrace("2×3 has 6 elements and cannot be read as 4611686018427387904×4; use a shape of equal size") {
      builder in
      _ = builder.input("x", shape: [2, 3]).reshaped(to: [1 << 62, 4])
    },
    MistakenTrace("1 does not stretch to 0; only dimensions of 1 stretch") { builder in
      _ = builder.input("x", shape: [1]).applying(Op.Broadcast(to: [0]))
    },
    MistakenTrace("a slice of 9223372036854775807 from [2] leaves the shape 3; stay inside it") { builder in
      _ = builder.input("x", shape: [3]).applying(Op.Slice(from: [2], size: [.max]))
    },
    MistakenTrace("padding [9223372036854775807] and [1] for the shape 3; give 0...16777216 for each axis") { builder in
      _ = builder.input("x", shape: [3]).applying(Op.Pad(before: [.max], after: [1]))
    },
    MistakenTrace(
      "add takes floating-point numbers, not int32; put Embedding(count:size:) or OneHot(classes:) before it if they stand "
        + "for words or classes, or give it float32"
    ) { builder in
      _ = builder.input("x", shape: [3]) + builder.input("labels", shape: [3], elementType: .int32)
    },
    MistakenTrace("the scores are float32 and the labels float32; give floating-point scores and int32 class indices") {
      builder in
      _ = builder.input("x", shape: [3, 5]).applying(Op.CrossEntropy(), builder.input("labels", shape: [3]))
    },
    MistakenTrace("dropout got the random state 2; give the shape 4") { builder in
      _ = builder.input("x", shape: [3]).applying(
        Op.Dropout(rate: 0.5, stream: 1), builder.input("state", shape: [2], elementType: .int32))
    },
    MistakenTrace("concatenate of float32 and int32; give inputs of one element type") { builder in
      _ = concatenate(builder.input("x", shape: [3]), builder.input("labels", shape: [3], elementType: .int32))
    },
    MistakenTrace("batch_norm takes rank 2 or more, not the shape 3; add an axis") { builder in
      let x = builder.input("x", shape: [3])
      _ = x.applying(Op.BatchNorm(epsilon: 0), x, x)
    },
  ]
}

@Test(arguments: MistakenTrace.all) func `what makes no sense is reported`(mistaken: MistakenTrace) {
  #expect(errors(mistaken.trace) == ["model: \(mistaken.error)"])
}

@Test func `a layer can refuse a value`() {
  let found = errors { builder in
    let x = builder.input("image", shape: [2, 3])
    let refused = builder.scope(named: "pool", kind: "pool") { x.failing("the image is flat", fix: "keep its axes") }
    _ = refused.failing("a second complaint about the same value", fix: "none")
  }
  #expect(found == ["pool: the image is flat; keep its axes"])
}

@Test func `whoever draws twice at one path draws from two streams`() {
  let builder = GraphBuilder(isTraining: true)
  let (first, second) = (builder.randomStream(), builder.randomStream())
  let (inner, again) = builder.scope(named: "block", kind: "block") { (builder.randomStream(), builder.randomStream()) }
  #expect(Set([first, second, inner, again]).count == 4)
}
