import FoveaCore
import FoveaFormats
import FoveaNetwork
import FoveaTestSupport
import FoveaZoo
import Testing

private let folder = TemporaryFolder()

private func random(_ shape: Shape) -> Tensor {
  let stream = RandomStream(seed: 3, stream: RandomStream.identifier(of: "run tests"))
  return Tensor((0..<shape.count).map(stream.normal), shape: shape)
}

private func runModel(_ arguments: [String], on arrays: [String: Tensor]) throws -> [String: Tensor] {
  let (input, output) = (folder.path("in.npz"), folder.path("out.npz"))
  try NPZFile.write(arrays, to: input)
  let result = try Fovea(["run"] + arguments + ["--inputs", input, "--outputs", output])
  guard result.status == 0, result.output.isEmpty else { throw WrongOutput(text: result.errors) }
  return try NPZFile.read(output)
}

@Suite(.serialized) struct `running a model on arrays` {
  @Test func `a hand-made dense layer gives the product`() throws {
    let weights = folder.path("dense.safetensors")
    let parameters = [
      "dense_1.weights": Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]),
      "dense_1.bias": Tensor([10, 20, 30] as [Float], shape: [3]),
    ]
    try SafetensorsFile.write(parameters, to: weights)
    let input = Tensor([1, 1, 2, 0] as [Float], shape: [2, 1, 1, 2])
    let output = try runModel(["fc 3 - relu", "--weights", weights], on: ["anything": input])
    #expect(output == ["output": Tensor([15, 27, 39, 12, 24, 36] as [Float], shape: [2, 3])])
  }

  @Test func `the backends agree, and the seed decides the weights`() throws {
    let input = ["input": random([3, 28, 28, 1]), "another": random([1])]
    let fast = try #require(runModel(["lenet5"], on: input)["output"])
    let slow = try #require(runModel(["lenet5", "--backend", "reference"], on: input)["output"])
    #expect(fast.shape == [3, 10])
    #expect(zip(fast.array(), slow.array()).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(try runModel(["lenet5"], on: input)["output"] == fast)
    #expect(try runModel(["lenet5", "--seed", "1"], on: input)["output"] != fast)
  }

  @Test func `whole numbers become floats`() throws {
    let bytes = Tensor([UInt8](repeating: 3, count: 16), shape: [1, 4, 4, 1])
    let floats = Tensor([Float](repeating: 3, count: 16), shape: [1, 4, 4, 1])
    #expect(try runModel(["conv 2 3x3 - gap"], on: ["x": bytes]) == runModel(["conv 2 3x3 - gap"], on: ["x": floats]))
  }

  @Test func `a model of words gets whole numbers`() throws {
    let line = "input 4 int32 - embedding 9 3 - flatten - fc 2"
    let words = Tensor([0, 1, 2, 3, 8, 8, 8, 8] as [Int32], shape: [2, 4])
    let output = try #require(runModel([line], on: ["x": words])["output"])
    #expect(output.shape == [2, 2] && output.array().allSatisfy(\.isFinite))
    let bytes = Tensor(words.array(of: Int32.self).map { UInt8($0) }, shape: [2, 4])
    #expect(try runModel([line], on: ["x": bytes])["output"] == output)
    // Whatever computes, and however it is kept.
    let slow = try #require(runModel([line, "--backend", "reference"], on: ["x": words])["output"])
    #expect(zip(slow.array(), output.array()).allSatisfy { abs($0 - $1) < 1e-5 })
    let saved = folder.path("words.fovea")
    let model = try ModelPattern(line)
    let network = try Network(model, input: [4], elementType: .int32, name: model.description)
    try network.save(to: saved)
    #expect(try runModel([saved], on: ["x": words])["output"] == network.predict(batch: words))
    let summary = try Fovea("summary", saved, "--json").object()
    #expect(summary["elementType"] as? String == "int32" && summary["parameters"] as? Int == 27 + 24 + 2)
    #expect(try Fovea("summary", line, "--training").output.contains("input 4 of int32\n"))
    #expect(try Fovea("bench", saved, "--seconds", "0", "--training").status == 0)
    #expect(try Fovea("train", line, "--data", TinyData.digits(in: folder)).errors.contains("4 of int32, not pictures"))
  }

  @Test func `a saved model runs with its own weights, or with others`() throws {
    let data = TinyData.digits(in: folder)
    let output = folder.path("trained")
    #expect(try Fovea("train", TinyData.model, "--data", data, "--epochs", "1", "--output", output).status == 0)
    let input = ["input": random([2, 12, 12, 1])]
    let own = try runModel([output], on: input)
    #expect(try runModel([TinyData.model, "--weights", output], on: input) == own)
    #expect(try runModel([TinyData.model, "--weights", output + "/checkpoint/weights.safetensors"], on: input) == own)
    #expect(try runModel([TinyData.model], on: input) != own)
  }

  @Test func `arrays that the model does not take may be of any kind`() throws {
    let path = folder.path("mixed.npz")
    try NPZFile.write(["input": random([1, 28, 28, 1]), "another": random([3])], to: path)
    var bytes = Array(try folder.read("mixed.npz"))
    // The other one is written first, sorted by name: its elements become complex numbers.
    let place = try #require(bytes.firstRange(of: Array("'<f4'".utf8)))
    bytes.replaceSubrange(place, with: Array("'<c8'".utf8))
    folder.write(bytes, to: "mixed.npz")
    let result = try Fovea("run", "lenet5", "--inputs", path, "--outputs", folder.path("mixed-out.npz"))
    #expect(result.status == 0, "\(result.errors)")
    #expect(throws: FormatError.self) { try NPZFile.read("another", from: path) }
  }

  @Test func `weights that are not finite are refused by the file's name`() throws {
    let weights = folder.path("infinite.safetensors")
    let parameters = [
      "dense_1.weights": Tensor([1, 2, .infinity, 4, 5, 6] as [Float], shape: [2, 3]),
      "dense_1.bias": Tensor(shape: [3]),
    ]
    try SafetensorsFile.write(parameters, to: weights)
    let input = Tensor([1, 1] as [Float], shape: [1, 1, 1, 2])
    #expect {
      try runModel(["fc 3", "--weights", weights], on: ["input": input])
    } throws: {
      ($0 as? WrongOutput)?.text.contains("infinite.safetensors: dense_1.weights holds inf at index 2") == true
    }
  }

  @Test func `wrong arrays and weights are refused`() throws {
    func refused(_ arguments: [String], _ arrays: [String: Tensor], _ text: String) throws {
      let input = folder.path("wrong.npz")
      try NPZFile.write(arrays, to: input)
      let result = try Fovea(["run"] + arguments + ["--inputs", input, "--outputs", folder.path("none.npz")])
      #expect(result.status == 1 && result.errors.contains(text), "\(result.errors)")
      #expect(!folder.names().contains("none.npz"))
    }
    let two = ["a": random([1, 28, 28, 1]), "b": random([1])]
    try refused(["lenet5"], two, "wrong.npz: there is no array 'input', only 'a', 'b'")
    try refused(["lenet5"], ["a": random([2, 1, 28, 28])], "takes N×28×28×1: move the channels to the end")
    try refused(["lenet5"], ["a": random([784])], "the array 'a' is 784; lenet5 takes N×28×28×1")
    try refused(["lenet5"], ["a": random([28, 28, 1])], "the array 'a' is 28×28×1; lenet5 takes N×28×28×1")
    try refused(["lenet5"], ["a": random([0, 28, 28, 1])], "takes N×28×28×1, at least one example")
    try refused(
      ["input 8x8x1 - fc 2"], ["a": random([1, 9, 9, 1])],
      "wrong.npz: the array 'a' is 1×9×9×1; input 8x8x1 - fc 2 takes N×8×8×1")
    try refused(
      ["input 8 int32 - onehot 4 - flatten - fc 2"], ["a": random([3, 8])],
      "wrong.npz: the array 'a' is of float32; input 8 int32 - onehot 4 - flatten - fc 2 takes whole numbers: save it as "
        + "int32")
    try refused(["fc 2"], ["a": random([3, 8])], "the array 'a' is 3×8; fc 2 takes a batch of images N×H×W×C")
    let weights = folder.path("other.safetensors")
    try SafetensorsFile.write(["c1.weights": random([3])], to: weights)
    try refused(
      ["lenet5", "--weights", weights], ["a": random([1, 28, 28, 1])],
      "other.safetensors: the weights are those of another architecture, in 10 ways:\n"
        + "  c1.weights is 3, the model's is 5×5×1×6\n  c1.bias is missing\n")
    let text = folder.write(Array("no zip".utf8), to: "text.npz")
    let result = try Fovea("run", "lenet5", "--inputs", text, "--outputs", folder.path("none.npz"))
    #expect(result.status == 1 && result.errors.contains("text.npz: "))
  }
}
