import FoveaCore
import FoveaLayers
import FoveaNetwork
import Foundation
import Testing

/// A network whose details another program could have otherwise.
private struct Detailed: Model {
  var padding = Padding.explicit(1)
  var epsilon: Float = 1e-5
  var isFlipped = false
  var countsPadding = false
  var rowsChannelByChannel = false

  var body: Sequential {
    Conv2D(filters: 4, kernel: 3, strides: 2, padding: padding, flipped: isFlipped).named("conv")
    BatchNorm(epsilon: epsilon).named("bn")
    ReLU().named("relu")
    AveragePool2D(3, strides: 1, padding: .explicit(1), countsPadding: countsPadding).named("pool")
    Sequential {
      if rowsChannelByChannel { Permute([3, 1, 2]) }
      Flatten()
    }.named("rows")
    Dense(3).named("fc")
  }
}

private let input: Shape = [8, 8, 3]
private let ours = try! Network(Detailed(), input: input, seed: 5)

/// Not symmetric in anything.
private let batch = Tensor((0..<(2 * input.count)).map { Float($0 * $0 % 251) / 100 }, shape: [2, 8, 8, 3])

/// What the network gives in another variant, with our weights.
private func output(of variant: Detailed, on x: Tensor = batch) throws -> Tensor {
  let network = try Network(variant, input: input)
  network.parameters = ours.parameters
  return try network.predict(batch: x)
}

private func verification(_ arrays: [String: Tensor]) throws -> Verification {
  try ours.verify(against: arrays, path: "v.npz")
}

@Test func `what agrees is counted, in either order of axes`() throws {
  let output = try output(of: Detailed())
  for x in [batch, batch.permuted([0, 3, 1, 2])] {
    let found = try verification(["input": x, "output": output, "fc": output])
    #expect(found.text == "2 arrays agree, relative difference at most 0")
  }
}

private let causes: [(Detailed, String)] = [
  (
    Detailed(padding: .edges([.init(before: 0, after: 2)])),
    "odd padding lies below and right there, as TensorFlow's 'same'"
  ),
  (Detailed(padding: .edges([.init(before: 2, after: 0)])), "odd padding lies above and left there"),
  (Detailed(epsilon: 0.001), "the normalisation's epsilon is 0.001 there"),
  (Detailed(isFlipped: true), "the kernels are flipped there, a true convolution"),
  (Detailed(countsPadding: true), "average pooling counts padding the other way there"),
  (Detailed(rowsChannelByChannel: true), "the rows of the dense layer count channel by channel there"),
]

@Test(arguments: causes.indices)
func `the cause of a difference is named`(index: Int) throws {
  let (variant, text) = causes[index]
  let found = try verification(["input": batch, "output": try output(of: variant)])
  #expect(found.difference?.name == "output")
  #expect(found.difference?.cause == text)
}

/// Padding at strides, pooled, and padding at none, which no program has otherwise.
private struct Stepped: Model {
  var steps = Padding.explicit(1)
  var pools = Padding.explicit(1)

  var body: Sequential {
    Conv2D(filters: 4, kernel: 3, padding: .explicit(1)).named("first")
    ReLU()
    Conv2D(filters: 4, kernel: 3, strides: 2, padding: steps).named("second")
    MaxPool2D(3, strides: 2, padding: pools)
    Conv2D(filters: 4, kernel: 3, padding: .explicit(1)).named("third")
    Flatten()
    Dense(3).named("fc")
  }
}

@Test(arguments: [
  (Padding.same, Padding.same, "odd padding lies below and right there, as TensorFlow's 'same'"),
  (.same, .explicit(1), "odd padding of convolutions lies below and right there"),
  (.explicit(1), .same, "odd padding of poolings lies below and right there"),
])
func `padding at strides is found among layers without, from the output alone`(
  steps: Padding, pools: Padding, cause: String
) throws {
  let network = try Network(Stepped(), input: [16, 16, 3], seed: 2)
  let other = try Network(Stepped(steps: steps, pools: pools), input: [16, 16, 3])
  other.parameters = network.parameters
  let x = Tensor((0..<1536).map { Float($0 * $0 % 251) / 100 - 1 }, shape: [2, 16, 16, 3])
  let arrays = ["input": x, "output": try other.predict(batch: x)]
  #expect(try network.verify(against: arrays, path: "v.npz").difference?.cause == cause)
  // Likewise where ours is TensorFlow's.
  let back = ["input": x, "output": try network.predict(batch: x)]
  let found = try other.verify(against: back, path: "v.npz").difference?.cause
  #expect(found == "as much padding lies on both sides there, as PyTorch's")
}

@Test func `arrays for other examples, and what is no number, are errors that say so`() throws {
  let output = try output(of: Detailed())
  func replacing(_ tensor: Tensor, _ index: Int, by number: Float) -> Tensor {
    var numbers = tensor.floats
    numbers[index] = number
    return Tensor(numbers, shape: tensor.shape)
  }
  let value = output.floats[4]
  let wrong: [([String: Tensor], String)] = [
    (
      ["input": batch, "output": Tensor(output.floats + output.floats[..<3], shape: [3, 3])],
      "v.npz: 'output' has 3 examples, the input 2; save both for the same ones"
    ),
    (
      ["input": batch, "output": replacing(output, 4, by: .nan)],
      "v.npz: 'output' holds nan at 1,1, where \(value) comes out here: the other program's result overflowed or is "
        + "damaged; compute it anew"
    ),
    (
      ["input": batch, "output": replacing(output, 4, by: -.infinity)],
      "v.npz: 'output' holds -inf at 1,1, where \(value) comes out here: the other program's result overflowed or is "
        + "damaged; compute it anew"
    ),
    (
      ["input": replacing(batch, 7, by: .nan), "output": output],
      "v.npz: 'input' holds nan at index 7; give numbers, as a picture has them"
    ),
  ]
  for (arrays, text) in wrong {
    let error = #expect(throws: NetworkError.self) { try verification(arrays) }
    #expect(error?.description == text)
  }
}

@Test func `what is done to the input is a cause`() throws {
  let flipped = Tensor(
    batch.floats.indices.map { batch.floats[$0 / 3 * 3 + 2 - $0 % 3] }, shape: batch.shape)
  let (mean, deviation): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
  func mapped(_ function: (_ number: Float, _ channel: Int) -> Float) -> Tensor {
    Tensor(batch.floats.enumerated().map { function($1, $0 % 3) }, shape: batch.shape)
  }
  let wanted = [
    (flipped, "the channels of the input come in the opposite order there, as RGB and BGR"),
    (mapped { x, _ in x * 255 }, "the input is multiplied by 255 there"),
    (mapped { x, _ in 2 * x - 1 }, "numbers 0...1 of the input become -1...1 there"),
    (
      mapped { ($0 - mean[$1]) / deviation[$1] },
      "the input, as numbers 0...1, is normalised there as by --preprocessing imagenet"
    ),
    (
      mapped { ($0 / 255 - mean[$1]) / deviation[$1] },
      "the input, as bytes, is normalised there as by --preprocessing imagenet"
    ),
    (
      mapped { $0 * deviation[$1] + mean[$1] },
      "the input is not normalised there, as it was by --preprocessing imagenet"
    ),
    (
      mapped { ($0 * deviation[$1] + mean[$1] - 0.5) / 0.5 },
      "the input goes from ImageNet's moments to -1...1 there, as by torchvision's transform_input"
    ),
  ]
  for (x, text) in wanted {
    let found = try verification(["input": batch, "output": try output(of: Detailed(), on: x)])
    #expect(found.difference?.cause == text)
  }
}

@Test func `scores and probabilities are told apart`() throws {
  let scores = try output(of: Detailed())
  let softmax = try Network(Sequential { Softmax().named("softmax") }, input: [3])
  let probabilities = try softmax.predict(batch: scores)
  let found = try verification(["input": batch, "output": probabilities])
  #expect(found.difference?.cause == "the array has the values after the softmax")
  let logarithms = Tensor(probabilities.floats.map { log($0) }, shape: probabilities.shape)
  let other = try verification(["input": batch, "output": logarithms])
  #expect(other.difference?.cause == "the array has the values after the logarithm of the softmax")
  let back = try softmax.verify(against: ["input": scores, "output": scores], path: "v.npz")
  #expect(back.difference?.cause == "the array has the values before the softmax")
}

/// Normalises by the batch, as a network does in training; the names are those of `Detailed`.
private struct InTraining: Layer {
  func forward(_ x: Value) -> Value {
    let conv = Conv2D(filters: 4, kernel: 3, strides: 2, padding: .explicit(1)).named("conv")(x)
    let (scale, bias) = (
      conv.parameter("bn.scale", shape: [4], .constant(1)), conv.parameter("bn.bias", shape: [4], .zeros)
    )
    let normalized = conv.applying(Op.BatchNorm(epsilon: 1e-5), scale, bias)
    return Dense(3).named("fc")(
      Flatten()(AveragePool2D(3, strides: 1, padding: .explicit(1), countsPadding: false)(ReLU()(normalized))))
  }
}

@Test func `a program that was left in training mode is told`() throws {
  let other = try Network(InTraining(), input: input)
  let names = Set(other.parameters.keys)
  other.parameters = ours.parameters.filter { names.contains($0.key) }
  let found = try verification(["input": batch, "output": try other.predict(batch: batch)])
  #expect(found.difference?.cause == "the normalisation is by the batch's own moments there, as in training")
}

@Test func `a flatten whose order does not fit the rows that it meets is told`() throws {
  // Rows as a program with channels first has them, met by numbers position by position.
  let network = try Network(Detailed(), input: input)
  var parameters = ours.parameters
  let rows = try #require(parameters["fc.weights"])
  parameters["fc.weights"] = rows.reshaped(to: [4, 4, 4, 3]).permuted([1, 2, 0, 3]).reshaped(to: rows.shape)
  network.parameters = parameters
  let found = try network.verify(against: ["input": batch, "output": try output(of: Detailed())], path: "v.npz")
  #expect(
    found.difference?.cause
      == "the dense layer reads position by position there, with rows that count channel by channel")
}

@Test func `the first layer that differs is named, with those that agree before it`() throws {
  var layers: [String: Tensor] = ["input": batch]
  let convolution = try Network(
    Sequential { Conv2D(filters: 4, kernel: 3, strides: 2, padding: .explicit(1)).named("conv") }, input: input)
  convolution.parameters = ours.parameters.filter { $0.key.hasPrefix("conv") }
  let values = try convolution.predict(batch: batch)
  layers["conv"] = values.permuted([0, 3, 1, 2])
  layers["bn"] = Tensor(try normalized(values).floats.map { max($0, 0) }, shape: values.shape)
  layers["fc"] = try output(of: Detailed(countsPadding: true))
  layers["other"] = batch
  let found = try verification(layers)
  #expect(found.agreeing == ["conv"])
  // That bn's array was taken behind the ReLU is no fault: what follows is one.
  #expect(found.difference?.name == "fc")
  #expect(found.difference?.cause == "average pooling counts padding the other way there")
  #expect(found.text.hasPrefix("fc is the first that differs (1 array before agrees), "))
  #expect(found.text.hasSuffix("; no layer is called other"))
  // Where nothing explains that, bn's is told.
  layers["fc"] = Tensor(try output(of: Detailed()).floats.map { $0 * 1.1 }, shape: [2, 3])
  let other = try verification(layers)
  #expect(other.difference?.name == "bn")
  #expect(
    other.difference?.cause
      == "the array has the values after the ReLU, which may be no fault; fc behind it differs for no usual cause")
}

@Test func `an activation that is part of a layer in one program alone is no difference`()
  throws
{
  let whole = try Network(
    Sequential {
      Conv2D(filters: 4, kernel: 3, strides: 2, padding: .explicit(1)).named("conv")
      BatchNorm().named("bn")
      ReLU()
    }, input: input)
  whole.parameters = ours.parameters.filter { !$0.key.hasPrefix("fc") }
  let output = try output(of: Detailed())
  let rectified = try whole.predict(batch: batch)
  let found = try verification(["input": batch, "bn": rectified, "output": output])
  #expect(found.agreeing == ["bn", "output"])
  #expect(found.difference == nil)
  // Nothing behind it acquits the last.
  let last = try verification(["input": batch, "bn": rectified])
  #expect(last.difference?.cause == "the array has the values after the ReLU")
}

/// With an activation behind the convolution, as far as the pooling or to the end.
private func activated(_ activation: some Layer, isWhole: Bool) -> Sequential {
  Sequential {
    Conv2D(filters: 4, kernel: 3).named("conv")
    activation
    MaxPool2D(2).named("pool")
    if isWhole {
      Flatten()
      Dense(3).named("fc")
    }
  }
}

@Test func `another activation is not taken for arrays from before the ReLU`() throws {
  let network = try Network(activated(ReLU(), isWhole: true), input: input, seed: 4)
  func cause(_ activation: some Layer) throws -> String? {
    var arrays = ["input": batch]
    for (name, isWhole) in [("pool", false), ("output", true)] {
      let theirs = try Network(activated(activation, isWhole: isWhole), input: input)
      theirs.parameters = network.parameters.filter { theirs.parameters[$0.key] != nil }
      arrays[name] = try theirs.predict(batch: batch)
    }
    let found = try network.verify(against: arrays, path: "v.npz").difference
    #expect(found?.name == "pool")
    return found?.cause
  }
  #expect(try cause(LeakyReLU(slope: 0.1)) == "the ReLU is a LeakyReLU(0.1) there")
  #expect(try cause(SiLU()) == "the ReLU is a SiLU there")
  #expect(try cause(LeakyReLU(slope: 1)) == "the ReLU is missing there")
  #expect(try cause(LeakyReLU(slope: 0.05)) == nil)
}

@Test func `arrays in half precision agree as closely as that can`() throws {
  func halved(_ tensor: Tensor) -> Tensor { Tensor(tensor.floats.map { Float(Float16($0)) }, shape: tensor.shape) }
  let x = halved(batch)
  let found = try verification(["input": x, "output": halved(try output(of: Detailed(), on: x))])
  #expect(found.difference == nil)
  #expect(found.largest > 1e-6)
  let other = try verification(["input": x, "output": halved(try output(of: Detailed(countsPadding: true), on: x))])
  #expect(other.difference?.cause == "average pooling counts padding the other way there")
}

private func normalized(_ values: Tensor) throws -> Tensor {
  let network = try Network(
    Sequential { BatchNorm().named("bn") }, input: Shape(Array(values.shape.dimensions.dropFirst())))
  network.parameters = ours.parameters.filter { $0.key.hasPrefix("bn") }
  return try network.predict(batch: values)
}

@Test func `a difference without a usual cause says so, and another shape too`() throws {
  let output = try output(of: Detailed())
  let odd = try verification(["input": batch, "output": Tensor(output.floats.map { $0 * 1.1 }, shape: output.shape)])
  #expect(odd.difference?.cause == nil)
  #expect(odd.text.contains("no usual cause"))
  let short = try verification(["input": batch, "output": Tensor([Float](repeating: 0, count: 4), shape: [2, 2])])
  #expect(short.difference?.text == "2×2 there, 2×3 here")
}

@Test func `arrays that cannot be compared are errors`() throws {
  let wrong: [([String: Tensor], String)] = [
    (["a": batch], "v.npz: there is no array 'input', only 'a'"),
    (
      ["input": Tensor([1, 2] as [Float], shape: [1, 2]), "output": batch],
      "v.npz: 'input' is 1×2; Detailed takes N×8×8×3, or that with N×C×H×W"
    ),
    (
      ["input": batch, "foo": batch],
      "v.npz: no array but the input is called 'output' or as a layer of Detailed: see `fovea summary` for the names"
    ),
  ]
  for (arrays, text) in wrong {
    let error = #expect(throws: NetworkError.self) { try verification(arrays) }
    #expect(error?.description == text)
  }
}

@Test func `numbers that are not whole are an error for a model that takes words`() throws {
  let words = try Network(Embedding(count: 5, size: 2), input: [3], elementType: .int32)
  for number: Float in [0.5, .nan, 1e20] {
    let x = Tensor([1, number, 2], shape: [1, 3])
    let error = #expect(throws: NetworkError.self) {
      try words.verify(against: ["input": x, "output": Tensor(shape: [1, 3, 2])], path: "v.npz")
    }
    #expect(
      error?.description == "v.npz: 'input' has numbers that are not whole, which Embedding takes: save it as int32")
  }
}
