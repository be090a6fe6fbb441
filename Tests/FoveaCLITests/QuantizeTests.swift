import FoveaCore
import FoveaFormats
import FoveaNetwork
import FoveaTestSupport
import Testing

@Suite struct `a model with whole numbers` {
  private let folder = TemporaryFolder()
  private let data: String
  private let model: String
  /// Where the processor does not multiply bytes, textbook loops do.
  private let backend: BackendChoice = BackendChoice.computesWholeNumbers ? .onednn : .reference
  private var options: [String] { ["--backend", backend.rawValue] }

  init() throws {
    data = TinyData.digits(in: folder)
    model = folder.path("trained")
    let line = "conv 8 3x3 - bn - relu - pool - conv 16 3x3 - relu - fc 10"
    let trained = try Fovea("train", line, "--data", data, "--epochs", "3", "--output", model, "--quiet")
    try #require(trained.status == 0, "\(trained.errors)")
  }

  @Test func `is written with its accuracy, and read like any other`() throws {
    let made = try Fovea(["quantize", model, "--data", data] + options)
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.contains(": 3 layers with whole numbers, ranges by "))
    #expect(made.output.contains("from 200 examples\naccuracy on 50 examples: float32 "))
    #expect(made.output.hasSuffix("\(model)-int8 is written\n"))
    let network = try Network(contentsOf: model + "-int8", backend: backend)
    #expect(network.quantization?.layers.keys.sorted() == ["conv2d_1.weights", "conv2d_2.weights", "dense_1.weights"])
    #expect(try Network(contentsOf: model).quantization == nil)
    let (float, whole) = (
      try Fovea("evaluate", model, "--data", data, "--json").object(),
      try Fovea(["evaluate", model + "-int8", "--data", data, "--json"] + options).object()
    )
    let (a, b) = (float["loss"] as? Double ?? 0, whole["loss"] as? Double ?? 9)
    #expect(a != b && abs(a - b) < 0.1)
    // What runs arrays computes like what predicts.
    let arrays = folder.path("in.npz")
    try NPZFile.write(["input": Tensor([Float](repeating: 0.3, count: 288), shape: [2, 12, 12, 1])], to: arrays)
    for (name, source) in [("float", model), ("whole", model + "-int8")] {
      #expect(
        try Fovea(["run", source, "--inputs", arrays, "--outputs", folder.path(name + ".npz")] + options).status == 0)
    }
    let given = try ["float", "whole"].map { try NPZFile.read(folder.path($0 + ".npz"))["output"] }
    #expect(given[0] != given[1])
    #expect(try given[1] == network.predict(batch: NPZFile.read(arrays)["input"]!))
    let exported = try Fovea("convert", model + "-int8", folder.path("w.safetensors"))
    #expect(exported.errors.contains("it gets the float32 weights"))
    let kernels = try Fovea(["summary", model + "-int8", "--kernels"] + options)
    #expect(kernels.output.contains("int8 convolution+bias+relu"), "\(kernels.output)")
    let report = try Fovea(
      [
        "quantize", model, "--data", data, "--output", folder.path("other"), "--keep", "conv2d_1", "--calibration",
        "error", "--samples", "16", "--json",
      ] + options
    ).object()
    #expect(
      report["layers"] as? Int == 2 && report["calibration"] as? String == "error" && report["examples"] as? Int == 16)
  }

  @Test func `that loses too much is not written, and the layers are named`() throws {
    // Ranges of pictures without light: all that is bright is cut off.
    TinyData.digits(in: folder, name: "dark", train: 40)
    let pictures = try folder.read("dark/train-images-idx3-ubyte")
    folder.write(
      pictures.prefix(16) + [UInt8](repeating: 0, count: pictures.count - 16), to: "dark/train-images-idx3-ubyte")
    let refused = try Fovea(
      ["quantize", model, "--data", "mnist:" + folder.path("dark"), "--output", folder.path("broken")] + options)
    #expect(
      refused.status == 1 && refused.errors.contains(" points of accuracy are lost, more than --max-drop 1: nothing"))
    #expect(refused.errors.contains("leave them in float32 with --keep "))
    #expect(!folder.names().contains("broken"))
  }

  @Test func `says what is wrong`() throws {
    let layer = try Fovea(["quantize", model, "--data", data, "--keep", "conv2d_9"] + options)
    #expect(layer.status == 2)
    #expect(
      layer.errors.contains("there is no convolution or dense layer 'conv2d_9'; did you mean 'conv2d_1'?"),
      "\(layer.errors)")
    let missing = try Fovea("quantize", folder.path("nothing"), "--data", data)
    #expect(missing.status == 1 && missing.errors.contains("nothing: there is no such file or folder"))
    let onnx = try Fovea("quantize", model, "--data", data, "--output", folder.path("k.onnx"))
    #expect(onnx.status == 2 && onnx.errors.contains("would look like .onnx"))
    if !BackendChoice.computesWholeNumbers {
      let slow = try Fovea("quantize", model, "--data", data)
      #expect(slow.status == 1 && slow.errors.contains("does not multiply bytes"))
    }
    let training = try Fovea("bench", "lenet5", "--precision", "int8", "--training")
    #expect(training.status == 2 && training.errors.contains("--precision int8 is for predictions"))
  }
}
