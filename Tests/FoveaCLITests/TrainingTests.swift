import FoveaTestSupport
import Foundation
import Testing

private let folder = TemporaryFolder()
private let data = TinyData.digits(in: folder)

/// One training that several tests look at.
private let trained = Result {
  let output = folder.path("trained")
  let options = ["--epochs", "8", "--batch-size", "32", "--seed", "1", "--augment", "none", "--keep-best", "--json"]
  let result = try Fovea(["train", TinyData.model, "--data", data, "--output", output] + options)
  guard result.status == 0 else { throw WrongOutput(text: result.errors) }
  return (output: output, result: result)
}

@Test func `train prints the last epoch and writes checkpoints and metrics`() throws {
  let (output, result) = try trained.get()
  let epoch = try result.object()
  #expect(epoch["event"] as? String == "epoch" && epoch["epoch"] as? Int == 8)
  for key in ["loss", "top1", "validationLoss", "validationTop1", "imagesPerSecond", "seconds"] {
    #expect(epoch[key] is Double, "\(key)")
  }
  #expect(try #require(epoch["validationTop1"] as? Double) > 0.9, "it learns")
  #expect(Set(folder.names(in: output)) == ["best", "checkpoint", "metrics.jsonl"])
  #expect(
    folder.names(in: output + "/checkpoint")
      == ["manifest.json", "optimizer.safetensors", "training.json", "weights.safetensors"])

  let events = try metrics(output)
  let steps = events.filter { $0["event"] as? String == "step" }
  #expect(steps.count == 8 * 7)
  #expect(steps.map { $0["step"] as? Int } == (1...56).map { $0 })
  #expect(steps.allSatisfy { $0["loss"] is Double && $0["learningRate"] is Double && $0["epoch"] is Int })
  #expect(events.filter { $0["event"] as? String == "epoch" }.count == 8)
  // Progress that is no terminal's: the heading and a line for each epoch, without control characters.
  let lines = result.errors.split(separator: "\n")
  #expect(lines.count == 9 && lines[1].hasPrefix("epoch 1/8: loss "))
  #expect(!result.errors.contains("\r") && !result.errors.contains("\u{1B}"))
}

@Test func `evaluate says the same as the training's last epoch`() throws {
  let (output, result) = try trained.get()
  let evaluation = try Fovea("evaluate", output, "--data", data, "--json").object()
  let epoch = try result.object()
  #expect(evaluation["count"] as? Int == 50)
  #expect(evaluation["top1"] as? Double == epoch["validationTop1"] as? Double)
  let (loss, expected) = (evaluation["loss"] as? Double, epoch["validationLoss"] as? Double)
  #expect(abs(try #require(loss) - #require(expected)) < 1e-5)
  #expect(try #require(evaluation["top5"] as? Double) >= #require(evaluation["top1"] as? Double))
  let confusion = try #require(evaluation["confusion"] as? [[Int]])
  #expect(confusion.count == 10 && confusion.joined().reduce(0, +) == 50)
  #expect(try Fovea("evaluate", output, "--data", data, "--split", "train", "--json").object()["count"] as? Int == 200)

  let text = try Fovea("evaluate", output, "--data", data)
  #expect(text.status == 0 && text.output.contains("top-1 accuracy"))
}

@Test func `predict names classes with the preprocessing of the model file`() throws {
  let (output, _) = try trained.get()
  let pictures = folder.path("pictures")
  #expect(try Fovea("export-samples", data, "--count", "3", "--output", pictures).status == 0)
  let files = folder.names(in: pictures).map { pictures + "/" + $0 }
  #expect(files.map { $0.suffix(8) } == ["00-0.png", "01-1.png", "02-2.png"])
  let predictions = try Fovea(["predict", output, "--top", "4", "--json"] + files).list()
  #expect(predictions.map { $0["image"] as? String } == files)
  for (label, prediction) in predictions.enumerated() {
    let classes = try #require(prediction["classes"] as? [[String: Any]])
    #expect(classes.count == 4)
    #expect(classes[0]["index"] as? Int == label && classes[0]["name"] as? String == "\(label)")
    let probabilities = classes.compactMap { $0["probability"] as? Double }
    #expect(probabilities == probabilities.sorted(by: >) && probabilities[0] > 0.5 && probabilities[0] <= 1)
  }
  #expect(try Fovea("predict", output, files[1]).output.hasPrefix(files[1] + "\n"))
}

@Test func `predict goes on after a picture that it cannot read`() throws {
  let (output, _) = try trained.get()
  let pictures = folder.path("more-pictures")
  _ = try Fovea("export-samples", data, "--count", "1", "--output", pictures)
  let good = pictures + "/00-0.png"
  let cut = folder.write(try Array(Data(contentsOf: URL(fileURLWithPath: good)).prefix(60)), to: "cut.png")
  let result = try Fovea("predict", output, cut, "/no/such.png", good, "--json")
  #expect(result.status == 1)
  #expect(try result.list().map { $0["image"] as? String } == [good])
  #expect(result.errors.split(separator: "\n").count == 2)
  #expect(result.errors.contains("cut.png") && result.errors.contains("/no/such.png"))
}

@Test func `a folder of pictures holds some out and is predicted by class name`() throws {
  let photos = TinyData.photos(in: folder)
  let output = folder.path("colours")
  let result = try Fovea(
    "train", "conv 4 3x3 - relu - gap - fc 2", "--data", photos, "--input", "8x8x3", "--epochs", "20", "--batch-size",
    "8",
    "--output", output, "--json")
  #expect(result.status == 0, "\(result.errors)")
  #expect(result.errors.contains("22 examples, 2 to validate"))
  #expect(try result.object()["validationTop1"] as? Double == 1)
  let picture = folder.path("photos/red/3.png")
  let classes = try Fovea("predict", output, picture, "--json").list()[0]["classes"] as? [[String: Any]]
  #expect(classes?[0]["name"] as? String == "red")
  // Only one of the classes is there: it keeps its number.
  folder.write(try Data(contentsOf: URL(fileURLWithPath: picture)), to: "some/red/a.png")
  let evaluation = try Fovea("evaluate", output, "--data", "folder:" + folder.path("some"), "--json").object()
  #expect(evaluation["top1"] as? Double == 1)
  #expect((evaluation["confusion"] as? [[Int]]) == [[0, 0], [0, 1]])
}

@Test func `a training starts from the weights of another`() throws {
  let (output, _) = try trained.get()
  let options = ["--data", data, "--epochs", "1", "--learning-rate", "1e-9", "--augment", "none", "--json"]
  let before = try Fovea("evaluate", output, "--data", data, "--json").object()["top1"] as? Double
  for (name, source) in [("folder", output), ("file", output + "/checkpoint/weights.safetensors")] {
    let result = try Fovea(["train", TinyData.model, "--from", source, "--output", folder.path(name)] + options)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try result.object()["validationTop1"] as? Double == before)
  }
  let model = try Fovea(["train", output, "--output", folder.path("model")] + options)
  #expect(try model.object()["validationTop1"] as? Double == before)
  let other = try Fovea(
    ["train", "conv 5 3x3 - relu - fc 10", "--from", output, "--output", folder.path("o")] + options)
  #expect(other.status == 1)
  #expect(other.errors.contains("the weights are those of another architecture: conv2d_1.weights is 3×3×1×4"))
}

@Test func `training stops early when nothing improves`() throws {
  let result = try Fovea(
    "train", TinyData.model, "--data", data, "--epochs", "50", "--early-stopping", "2", "--learning-rate", "1e-9",
    "--output", folder.path("early"))
  #expect(result.status == 0)
  #expect(result.output.hasPrefix("\(TinyData.canonicalModel) no longer improves: stopped after 3 epochs"))
  let again = try Fovea("train", "--resume", folder.path("early"))
  #expect(again.status == 0 && again.output.contains("was trained already: it no longer improved"))
}

@Test func `without an output folder a new one is made`() throws {
  let place = TemporaryFolder()
  for expected in ["runs/lenet5-mnist", "runs/lenet5-mnist-2"] {
    let digits = TinyData.digits(in: place, train: 20, test: 10, side: 28)
    let result = try Fovea("train", "lenet5", "--data", digits, "--epochs", "1", "--quiet", in: place.path)
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.contains("saved in \(expected)/checkpoint"))
  }
}

@Test func `parts are read one without the other`() throws {
  let (output, _) = try trained.get()
  let only = TemporaryFolder()
  for file in ["images-idx3-ubyte", "labels-idx1-ubyte"] {
    for (part, name) in [("t10k", "test"), ("train", "train")] {
      only.write(try folder.read("digits/\(part)-\(file)"), to: "\(name)/\(part)-\(file)")
    }
  }
  let whole = try Fovea("evaluate", output, "--data", data, "--json")
  let test = try Fovea("evaluate", output, "--data", "mnist:" + only.path("test"), "--json")
  #expect(test.status == 0 && test.output == whole.output, "\(test.errors)")
  // Without a part for testing, some of the training examples validate.
  let train = "mnist:" + only.path("train")
  let result = try Fovea("train", TinyData.model, "--data", train, "--epochs", "1", "--output", only.path("out"))
  #expect(result.status == 0 && result.errors.contains("180 examples, 20 to validate"), "\(result.errors)")
  let wrong = try Fovea("evaluate", output, "--data", train, "--split", "test")
  #expect(wrong.status == 1 && wrong.errors.contains("there is no part for testing"))
  let none = try Fovea("train", TinyData.model, "--data", "mnist:" + only.path("test"), "--output", only.path("no"))
  #expect(none.status == 1 && none.errors.contains("there is no train-images-idx3-ubyte in this folder"))
}

@Test func `one is one, and the heading counts what the summary counts`() throws {
  let few = TinyData.digits(in: folder, name: "few", train: 20, test: 10)
  let model = "conv 4 3x3 - bn - relu - fc 10"
  let result = try Fovea("train", model, "--data", few, "--epochs", "1", "--output", folder.path("one"))
  #expect(result.output.contains("is trained: 1 epoch, 1 step\n"))
  let summary = try Fovea("summary", folder.path("one"), "--json").object()
  let parameters = try #require(summary["parameters"] as? Int)
  #expect(summary["nonTrainable"] as? Int == 8)
  let spelled = "\(parameters / 1000),\(parameters % 1000)"
  #expect(result.errors.contains("\(spelled) parameters: 20 examples, 10 to validate, 1 epoch of 1 step, to "))
  #expect(try Fovea("train", "--resume", folder.path("one"), "--epochs", "1").output.contains("1 epoch, 1 step; ask"))
}

@Test func `the reference backend trains to nearly the same numbers`() throws {
  func loss(_ backend: String) throws -> Double {
    let result = try Fovea(
      "train", TinyData.model, "--data", data, "--epochs", "2", "--backend", backend, "--output", folder.path(backend),
      "--json")
    return try #require(result.object()["loss"] as? Double)
  }
  #expect(abs(try loss("reference") - loss("onednn")) < 1e-3)
}

func metrics(_ output: String) throws -> [[String: Any]] {
  try String(contentsOfFile: output + "/metrics.jsonl", encoding: .utf8).split(separator: "\n").map {
    guard let event = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] else {
      throw WrongOutput(text: String($0))
    }
    return event
  }
}

@Test func `outputs that were asked for in the name have to be as many as the classes`() throws {
  let folder = TemporaryFolder()
  let data = TinyData.digits(in: folder, train: 20, test: 10, side: 28)
  let training = try Fovea("train", "lenet5:classes=5", "--data", data, "--output", folder.path("out"))
  #expect(training.status == 1)
  #expect(training.errors.contains("lenet5:classes=5 has 5 outputs"))
  #expect(training.errors.contains("has 10 classes: leave classes= out"))
}
