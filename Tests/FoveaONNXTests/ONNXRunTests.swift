import FoveaCore
import FoveaFormats
import FoveaLayers
import FoveaNetwork
import FoveaONNX
import FoveaTestSupport
import Testing

/// Fixtures that `Fixtures/make_onnx.py`, `make_operators.py` and `make_quantized.py` made, with what ONNX Runtime computes.
private let models = [
  "classifier", "shapes", "fixed-batch", "corners", "branches", "questions", "picks", "equations", "sampled",
  "quantized", "moved", "foreign", "whole-operators", "whole-channels", "whole-signed", "whole-pairs", "whole-dynamic",
  "whole-optimized", "fused",
]

@Test(arguments: models, BackendChoice.allCases)
func `a file gives what ONNX Runtime gives`(name: String, backend: BackendChoice) throws {
  let arrays = try NPZFile.read(fixturePath("\(name).npz"))
  let outputs = try ONNXModel.run(fixturePath("\(name).onnx"), on: ["x": arrays["x"]!], backend: backend)
  #expect(Set(outputs.keys) == Set(arrays.keys).subtracting(["x"]))
  for (key, output) in outputs {
    let expected = arrays[key]!
    #expect(output.shape == expected.shape, "\(key)")
    for (a, b) in zip(output.floats, expected.floats) {
      #expect(abs(a - b) <= 1e-5 + 1e-4 * abs(b), "\(key)")
    }
  }
}

@Test func `a file for batches of two takes five, each example by itself`() throws {
  let arrays = try NPZFile.read(fixturePath("fixed-batch.npz"))
  let (x, y) = (arrays["x"]!.floats, arrays["y"]!.floats)
  let batch = Tensor(x + x + x[..<35], shape: [5, 1, 5, 7])
  let output = try ONNXModel.run(fixturePath("fixed-batch.onnx"), on: ["x": batch], backend: .onednn)["y"]!
  #expect(output.shape == [5, 3])
  for (a, b) in zip(output.floats, y + y + y[..<3]) { #expect(abs(a - b) < 1e-5) }
}

@Test func `sizes that name the batch leave another batch as it is`() throws {
  let arrays = try NPZFile.read(fixturePath("fixed-resize.npz"))
  let (x, y) = (arrays["x"]!.floats, arrays["y"]!.floats)
  let three = Tensor(x + x[..<12], shape: [3, 1, 3, 4])
  let output = try ONNXModel.run(fixturePath("fixed-resize.onnx"), on: ["x": three], backend: .onednn)["y"]!
  #expect(output.shape == [3, 1, 6, 7])
  for (a, b) in zip(output.floats, y + y[..<42]) { #expect(abs(a - b) < 1e-5) }
}

@Test func `arrays that are missing or do not fit are refused by their names`() throws {
  let path = fixturePath("classifier.onnx")
  let missing = #expect(throws: FormatError.self) { try ONNXModel.run(path, on: [:], backend: .reference) }
  #expect(missing?.reason == "it has an input 'x', and there is no such array")
  let wrong = #expect(throws: FormatError.self) {
    try ONNXModel.run(path, on: ["x": Tensor(shape: [1, 3, 9, 11])], backend: .reference)
  }
  #expect(wrong?.reason == "its input 'x' is ?×3×9×12, the array is 1×3×9×11")
}

@Test func `operators that are not read are listed all at once, with their nodes`() throws {
  let path = fixturePath("unsupported.onnx")
  let error = #expect(throws: FormatError.self) {
    try ONNXModel.run(path, on: ["x": Tensor(shape: [1, 1, 4, 4])], backend: .reference)
  }
  #expect(
    error?.reason
      == "it has operators that are not read here: NonZero (first, second), org.example.Fancy (y), "
      + "resizing of the mode 'none' (third)")
  #expect(throws: FormatError.self) { try ONNXModel(contentsOf: path) }
}

@Test(arguments: [("Softplus", "Identity", 1), ("LeakyRelu", "Transpose", 2)])
func `what is fused behind a product and is no activation is refused by its name`(
  activation: String, other: String, count: Int
) throws {
  // The names are of one length, so that the sizes that the file says stay true.
  let bytes = [UInt8](try fixture("fused.onnx")).replacing(Array(activation.utf8), with: Array(other.utf8))
  let folder = TemporaryFolder()
  let file = folder.write(bytes, to: "other.onnx")
  let error = #expect(throws: ModelError.self) {
    try ONNXModel.run(file, on: ["x": Tensor(shape: [5, 6])], backend: .reference)
  }
  #expect(
    error?.errors.map(\.problem) == Array(repeating: "the activation '\(other)' is not read here", count: count))
}

@Test func `nodes that do not fit are reported by their names, all at once`() throws {
  let error = #expect(throws: ModelError.self) {
    try ONNXModel.run(
      fixturePath("misfit.onnx"), on: ["x": Tensor(shape: [1, 2, 4, 4])], backend: .reference)
  }
  #expect(error?.errors.map(\.path) == ["first", "second"])
  #expect(error?.errors.first?.problem == "kernel_shape is [3, 3], the weights are 1×2×2×2")
}

@Test(arguments: [
  ("twice", "'y' is given twice, by the node 'first' and by the node 'second'; give each result its own name"),
  ("no-output", "its graph has no outputs: there is nothing to compute; export the model anew"),
  ("too-new", "its operators are of version 99, and 6 to 28 are read; convert it with onnx.version_converter"),
  (
    "attribute",
    "it has attributes that its operators do not have: 'slope' of LeakyRelu (leaky); export the model without them"
  ),
])
func `what ONNX does not allow is refused in one sentence`(name: String, reason: String) throws {
  let path = fixturePath("\(name).onnx")
  let called = #expect(throws: FormatError.self) {
    try ONNXModel.run(path, on: ["x": Tensor(shape: [1, 2])], backend: .reference)
  }
  let asModel = #expect(throws: FormatError.self) { try Network(onnx: path) }
  #expect(called?.reason == reason && asModel?.reason == reason)
}

@Test func `outputs are written as the types that the file says`() throws {
  let folder = TemporaryFolder()
  func written(_ name: String) throws -> [String: String] {
    let x = try NPZFile.read(fixturePath("\(name).npz"))["x"]!
    let (outputs, types) = try ONNXModel.runWithTypes(fixturePath("\(name).onnx"), on: ["x": x], backend: .onednn)
    return try outputs.keys.reduce(into: [:]) { kinds, key in
      try NPZFile.write([key: outputs[key]!], as: types, to: folder.path("one.npz"))
      #expect(try NPZFile.read(folder.path("one.npz"))[key]?.floats == outputs[key]?.floats, "\(key)")
      let header = String(decoding: try folder.read("one.npz").prefix(300), as: UTF8.self)
      let from = try #require(header.firstRange(of: "'descr': '")).upperBound
      kinds[key] = String(header[from...].prefix(3))
    }
  }
  let picks = try written("picks")
  #expect(picks["places"] == "<i8" && picks["largest"] == "<i8" && picks["best"] == "<f4")
  let questions = try written("questions")
  #expect(questions["both"] == "|b1" && questions["third"] == "<i8" && questions["narrow"] == "<f4")
  #expect(try written("corners")["positions"] == "<i8")
  #expect(try written("quantized")["bytes"] == "|i1")
}
