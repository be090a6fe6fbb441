import FoveaTestSupport
import Foundation
import Testing

@Test func `summary says what the model has and needs`() throws {
  let summary = try Fovea("summary", "lenet5", "--json").object()
  #expect(summary["parameters"] as? Int == 61706)
  #expect(summary["multiplyAdds"] as? Int == 416520)
  #expect(summary["input"] as? [Int] == [28, 28, 1])
  let layers = try #require(summary["layers"] as? [[String: Any]])
  #expect(layers.map { $0["path"] as? String } == ["c1", "s2", "c3", "s4", "flatten", "c5", "f6", "output"])
  #expect(layers[2]["output"] as? [Int] == [10, 10, 16] && layers[2]["parameters"] as? Int == 2416)
  #expect(layers[2]["receptiveField"] as? [Int] == [14, 14])
  let peak = try #require(summary["peakBytes"] as? Int)
  #expect(peak > 61706 * 4)
  // A larger batch, and training, need more.
  func peakBytes(_ options: String...) throws -> Int {
    try #require(Fovea(["summary", "lenet5", "--json"] + options).object()["peakBytes"] as? Int)
  }
  let batch = try peakBytes("--batch-size", "128")
  #expect(batch > peak)
  #expect(try peakBytes("--batch-size", "128", "--training") > batch + 61706 * 4)
}

@Test func `summary prints a table, the memory and the kernels`() throws {
  let text = try Fovea("summary", "lenet5", "--kernels").output
  #expect(text.contains("61,706") && text.contains("416,520"))
  #expect(text.contains("at most at once"))
  #expect(text.contains("convolution") && text.contains("onednn"))
  #expect(text.contains(/\d+ steps? of each run (is a reorder|are reorders)/))
  let reference = try Fovea("summary", "lenet5", "--kernels", "--backend", "reference", "--json").object()
  let kernels = try #require(reference["kernels"] as? [[String: Any]])
  #expect(kernels.allSatisfy { ($0["kernel"] as? String)?.contains("reference") == true })
  #expect(reference["reorders"] as? Int == 0)
  let fast = try #require(Fovea("summary", "lenet5", "--kernels", "--json").object()["kernels"] as? [[String: Any]])
  for key in ["phase", "operation", "layer", "kernel", "inputs", "output", "shape"] { #expect(fast[0][key] != nil) }
}

@Test func `summary says which layers go through a batch in parts`() throws {
  func summary(_ options: String...) throws -> Fovea {
    try Fovea(["summary", "input 64x64x16 - conv 64 5x5 - relu - pool 4x4 - fc 1000", "--batch-size"] + options)
  }
  let text = try summary("16", "--kernels").output
  #expect(text.contains(/with a batch of 16, up to \S+ in parts of 4, in bytes:/))
  #expect(text.contains(/\npart .*join_parts/) && text.contains(/\nrun .*matrix_product/))
  let front = try #require(summary("16", "--json").object()["front"] as? [String: Any])
  #expect(front["partSize"] as? Int == 4 && front["lastLayer"] as? String == "max_pool2d_1")
  #expect(try summary("2", "--json").object()["front"] == nil)
}

@Test(arguments: ["32x32x3", "32×32×3", "32X32X3"])
func `an input shape is given in any spelling`(shape: String) throws {
  let summary = try Fovea("summary", "conv 6 5x5 - relu - pool - fc 10", "--input", shape, "--json").object()
  #expect(summary["input"] as? [Int] == [32, 32, 3])
  #expect(summary["parameters"] as? Int == (75 * 6 + 6) + (16 * 16 * 6 * 10 + 10))
}

@Test func `summary of a saved model needs no input`() throws {
  let folder = TemporaryFolder()
  let data = TinyData.digits(in: folder)
  let training = try Fovea("train", TinyData.model, "--data", data, "--epochs", "1", "--output", folder.path("out"))
  #expect(training.status == 0)
  let saved = try Fovea("summary", folder.path("out"), "--json").object()
  #expect(saved["model"] as? String == TinyData.canonicalModel && saved["input"] as? [Int] == [12, 12, 1])
  let other = try Fovea("summary", folder.path("out"), "--input", "28x28x1")
  #expect(other.status == 1 && other.errors.contains("takes 12×12×1, not 28×28×1: leave --input out"))
}

@Test func `every shape mistake is reported at once, with its formula and its fix`() throws {
  let result = try Fovea("summary", "input 8x8x1 - conv 4 9x9 valid - fc 10 - conv 4 3x3")
  #expect(result.status == 1 && result.output.isEmpty)
  let lines = result.errors.split(separator: "\n")
  #expect(lines.count == 2)
  #expect(
    lines[0].hasPrefix(
      "fovea: conv2d_1: the 9×9 window does not fit into the 8×8 input: ⌊(8 + 0 + 0 − ((9 − 1)·1 + 1)) / 1⌋ + 1 < 1; "))
  #expect(
    lines[1].hasPrefix("fovea: conv2d_2: Conv2D takes images H×W×C, got 10; put it before the image is flattened"))
}

@Test func `bench measures predicting and training`() throws {
  for mode in [[], ["--training"]] {
    let options = ["--batch-size", "4", "--input", "12x12x1", "--seconds", "0", "--threads", "1"] + mode
    let report = try Fovea(["bench", TinyData.model, "--json"] + options).object()
    let (low, median, high) = (
      report["lowerQuartile"] as? Double, report["imagesPerSecond"] as? Double, report["upperQuartile"] as? Double
    )
    #expect(try #require(low) > 0 && #require(low) <= #require(median) && #require(median) <= #require(high))
    #expect(report["runs"] as? Int == 3 && report["threads"] as? Int == 1)
    #expect(try #require(report["peakResidentBytes"] as? Int) > 1 << 20)
    let text = try Fovea(["bench", TinyData.model] + options).output
    #expect(text.hasPrefix(mode.isEmpty ? "infer " : "train ") && text.contains(" images/s  peak "))
  }
}

@Test(arguments: ["76695845", "99999999"]) func `summary of a layer beyond oneDNN's sizes is a table`(units: String)
  throws
{
  let result = try Fovea("summary", "input 8x8x3 - fc " + units)
  #expect(result.status == 0, "\(result.errors)")
  #expect(result.output.contains("dense_1") && result.output.contains("at most at once"))
}

@Test func `a softmax alone has a row of its own`() throws {
  let layers = try Fovea("summary", "input 4x4x3 - softmax", "--json").object()["layers"] as? [[String: Any]]
  #expect(layers?.map { $0["path"] as? String } == ["softmax_1"])
}

/// What README and the help give to copy runs as it stands.
@Test func `every model line of README and help runs`() throws {
  let package = #filePath.components(separatedBy: "/Tests/")[0]
  let readme = try String(contentsOfFile: package + "/README.md", encoding: .utf8)
  let texts = [readme] + (try ["models", "layers", "summary"].map { try Fovea($0, "--help").output })
  var count = 0
  for text in texts {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for line in words.matches(of: /"([^"]*\b(?:conv|fc)\b[^"]*)"/).map({ String($0.1) }) {
      count += 1
      #expect(try Fovea("summary", line).status == 0, "\(line)")
    }
  }
  #expect(count >= texts.count)
}

@Test func `layers says how a line begins`() throws {
  #expect(try Fovea("layers").output.contains("\n  input 28x28x1 - [[conv 32 3x3 - relu]*2 - pool]*2 - fc 128 - relu"))
  let help = try Fovea("layers", "--help").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  #expect(help.contains("'input HEIGHTxWIDTHxCHANNELS - '"))
}

@Test func `an endless model line is not repeated in full`() throws {
  let line = "input 8x8x1 - " + String(repeating: "relu - ", count: 1500)
  for arguments in [
    ["summary", line + "foo"], ["summary", line + "fc 10", "--input", "9x9x1"],
    ["summary", String(repeating: "x", count: 9999)],
    ["models", line], ["summary", "lenet5", "--input", line], ["--" + line],
  ] {
    let result = try Fovea(arguments)
    #expect(result.status > 0 && result.errors.count < 1000, "\(result.errors.count) characters")
  }
}
