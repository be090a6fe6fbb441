import FoveaCore
import FoveaGraph
import FoveaReference
import FoveaTestSupport
import Foundation
import Testing

/// What PyTorch computes; `Fixtures/make_torch_fixture.py` made it.
private struct Example: Decodable {
  struct Numbers: Decodable {
    var shape: Shape
    var values: [Double]
  }

  var inputs: [Numbers]
  var output: Numbers

  static let all: [String: Example] = {
    return try! JSONDecoder().decode([String: Example].self, from: fixture("torch.json"))
  }()
}

/// The operations that the examples belong to.
private let operations: [String: any ReferenceKernel] = {
  var operations: [String: any ReferenceKernel] = [
    "batch normalisation": Op.BatchNorm(epsilon: 1e-3),
    "moments": Op.BatchMoments(),
    "batch normalisation, reductions": Op.BatchNormReductions(epsilon: 1e-3),
    "batch normalisation, input gradient": Op.BatchNormInputGradient(epsilon: 1e-3),
    "normalisation by given moments": Op.BatchNormalize(epsilon: 1e-3),
    "softmax": Op.Softmax(),
    "logarithm of the softmax": Op.LogSoftmax(),
    "cross-entropy": Op.CrossEntropy(),
    "cross-entropy, gradient": Op.CrossEntropyGradient(),
    "adam": Op.AdamDescend(epsilon: 1e-8),
  ]
  func edges(_ edges: (Int, Int)...) -> Padding { .edges(edges.map { .init(before: $0.0, after: $0.1) }) }
  func add(_ name: String, _ convolution: Op.Convolution, x: Shape, w: Shape) {
    operations[name] = convolution
    operations["\(name), input gradient"] = Op.ConvolutionInputGradient(of: convolution, inputShape: x)
    operations["\(name), weights gradient"] = Op.ConvolutionWeightsGradient(of: convolution, weightsShape: w)
  }
  add("convolution", Op.Convolution(Window(size: [3, 2])), x: [2, 5, 4, 3], w: [3, 2, 3, 4])
  add(
    "strided, dilated, grouped convolution",
    Op.Convolution(
      Window(size: [3, 2], strides: [2, 1], dilations: [1, 2], padding: edges((1, 2), (0, 3))), groups: 2),
    x: [2, 7, 5, 4], w: [3, 2, 2, 6])
  add(
    "same convolution", Op.Convolution(Window(size: [4, 2], strides: [2], padding: .same)), x: [1, 7, 5, 2],
    w: [4, 2, 2, 3])
  add(
    "depthwise convolution", Op.Convolution(Window(size: [3, 3], padding: .same), groups: 3), x: [1, 4, 4, 3],
    w: [3, 3, 1, 6])
  add(
    "convolution over a sequence", Op.Convolution(Window(size: [3], strides: [2], padding: edges((2, 0)))),
    x: [2, 9, 3], w: [3, 3, 2])
  add(
    "convolution over a volume",
    Op.Convolution(Window(size: [2, 3, 2], padding: edges((1, 0), (0, 0), (1, 1)))), x: [1, 3, 4, 3, 2],
    w: [2, 3, 2, 2, 2])

  func add(_ name: String, _ pool: Op.MaxPool) {
    operations[name] = pool
    operations["\(name), gradient"] = Op.MaxPoolGradient(of: pool)
  }
  add("max pooling", Op.MaxPool(Window(size: [3, 2], strides: [2], padding: .explicit(1))))
  add("max pooling of equal numbers", Op.MaxPool(Window(size: [3, 3], padding: .explicit(1))))
  add("dilated max pooling", Op.MaxPool(Window(size: [2, 2], dilations: [3, 2])))
  for (name, countsPadding) in [("counted", true), ("not counted", false)] {
    let window = Window(size: [3, 3], strides: [2], padding: .explicit(1))
    let pool = Op.AveragePool(window, countsPadding: countsPadding)
    operations["average pooling, padding \(name)"] = pool
    operations["average pooling, padding \(name), gradient"] = Op.AveragePoolGradient(
      of: pool, inputShape: [2, 7, 5, 3])
  }
  return operations
}()

@Test func `every example of PyTorch belongs to an operation`() {
  #expect(Set(Example.all.keys) == Set(operations.keys))
}

@Test(arguments: operations.keys.sorted()) func `the kernels compute what PyTorch computes`(name: String) throws {
  let (operation, example) = (try #require(operations[name]), try #require(Example.all[name]))
  let hasLabels = operation is Op.CrossEntropy || operation is Op.CrossEntropyGradient
  let inputs = example.inputs.enumerated().map { index, input in
    hasLabels && index == example.inputs.count - 1
      ? ReferenceTensor<Double>(integers: input.values.map { Int32($0) }, shape: input.shape)
      : ReferenceTensor(input.values, shape: input.shape)
  }
  let shape = try operation.outputShape(for: inputs.map(\.shape))
  #expect(shape == example.output.shape)
  // Attributes such as epsilon are `Float`: their rounding is the whole difference.
  #expect(relativeError(of: operation.run(inputs, shape: shape).values, to: example.output.values) < 1e-8)
}
