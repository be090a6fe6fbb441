import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport
import Testing

/// Each node after the pass, with the type of its result.
private func types(_ trace: (GraphBuilder, Value) -> Void) throws -> [String] {
  let builder = GraphBuilder(isTraining: false)
  trace(builder, builder.input("x", shape: [2, 6, 6, 4]))
  var graph = try builder.finish()
  LowerPrecision(backend: ReferenceBackend()).run(on: &graph)
  #expect(graph.malformedNodes == [])
  return graph.nodes.map { "\($0.operation.label) \($0.elementType)" }
}

private func convolution(_ builder: GraphBuilder, _ x: Value, _ name: String) -> Value {
  x.applying(Op.Convolution(Window(size: [3, 3], padding: .same)), parameter(builder, name, 3, 3, 4, 4))
}

@Test func `what lies between two convolutions is held in 16 bits, what comes in and goes out is not`() throws {
  let found = try types { builder, x in
    let y = convolution(builder, x, "v").applying(
      Op.BatchNormalize(epsilon: 1e-3), parameter(builder, "moments", 2, 4), parameter(builder, "scale", 4),
      parameter(builder, "bias", 4))
    builder.output("y", convolution(builder, y.applying(Op.ReLU()), "w"))
  }
  #expect(found.count { $0.hasPrefix("to_bfloat16") } == 3, "the image and two kernels: \(found)")
  #expect(found.contains("bfloat16 batch_normalize bfloat16") && found.contains("bfloat16 relu bfloat16"), "\(found)")
  #expect(found.filter { $0.hasPrefix("bfloat16 convolution") }.map { $0.hasSuffix(" bfloat16") } == [true, false])
  #expect(!found.contains { $0.hasPrefix("to_float32") }, "\(found)")
}

@Test func `a result of which a reader needs all bits stays float32 for all`() throws {
  let found = try types { builder, x in
    let scores = convolution(builder, x, "w")
    builder.output("picture", scores.applying(Op.ReLU()).applying(Op.MaxPool(Window(size: [2, 2], strides: [2, 2]))))
    builder.output("error", (scores * x).applying(Op.Sum(over: [0, 1, 2, 3])))
  }
  #expect(found.contains { $0.hasPrefix("bfloat16 convolution") && $0.hasSuffix("float32") }, "\(found)")
  #expect(found.contains("multiply float32") && found.contains("relu float32"), "\(found)")
}

@Test func `concatenations, views, max pooling and means of what is inside keep what they get`() throws {
  let found = try types { builder, x in
    let (a, b) = (convolution(builder, x, "v"), convolution(builder, x, "w").applying(Op.ReLU()))
    let both = a.applying(Op.Concatenate(axis: 3), b).applying(Op.MaxPool(Window(size: [2, 2], strides: [2, 2])))
    let mean = both.applying(Op.AveragePool(Window(size: [3, 3])))
    builder.output("y", matmul(mean.reshaped(to: [2, 8]), parameter(builder, "dense", 8, 3)))
  }
  for name in ["concatenate", "max_pool", "average_pool", "reshape"] {
    #expect(found.contains { $0.hasPrefix(name) && $0.hasSuffix(" bfloat16") }, "\(name) in \(found)")
  }
  #expect(!found.contains { $0.hasPrefix("to_float32") }, "\(found)")
}

@Test func `means that count padding, and gradients of weights, have all bits`() throws {
  let found = try types { builder, x in
    let y = convolution(builder, x, "w").applying(
      Op.AveragePool(Window(size: [3, 3], padding: .explicit(1)), divisor: .padded))
    builder.output("y", convolution(builder, y, "v"))
    let shape: Shape = [3, 3, 4, 4]
    let gradient = Op.ConvolutionWeightsGradient(
      of: Op.Convolution(Window(size: [3, 3], padding: .same)), weightsShape: shape)
    builder.output("step", convolution(builder, x, "u").applying(gradient, x).applying(Op.Scale(0.1)))
  }
  #expect(found.contains { $0.hasPrefix("average_pool") && $0.hasSuffix(" float32") }, "\(found)")
  #expect(found.contains { $0.hasPrefix("bfloat16 convolution_weights_gradient") && $0.hasSuffix(" float32") })
}
