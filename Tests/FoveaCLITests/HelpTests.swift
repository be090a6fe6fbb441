import FoveaTestSupport
import Foundation
import Testing

private let commands = [
  "train", "evaluate", "predict", "summary", "models", "layers", "run", "bench", "export-samples",
]

@Test func `the help lists the commands`() throws {
  let help = try Fovea("--help")
  #expect(help.status == 0 && help.errors.isEmpty)
  for command in commands { #expect(help.output.contains("\n  \(command) "), "\(command)") }
  #expect(try Fovea("-h").output == help.output && Fovea("help").output == help.output)
}

@Test(arguments: commands)
func `each command has a help that names its options`(command: String) throws {
  let help = try Fovea(command, "--help")
  #expect(help.status == 0 && help.errors.isEmpty)
  #expect(help.output.hasPrefix("usage: fovea \(command)"))
  #expect(help.output.contains("--help"))
  #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  #expect(try Fovea("help", command).output == help.output)
  // Help wins over whatever else is on the line, and does nothing else.
  #expect(try Fovea(command, "--no-such-option", "-h").output == help.output)
}

@Test func `the options that the issue asks for are there`() throws {
  let help = try Fovea("train", "--help").output
  for option in [
    "--epochs N", "--batch-size N", "--learning-rate R", "--optimizer NAME", "--schedule NAME", "--seed N",
    "--output DIR", "--resume DIR", "--from FILE", "--shuffle on|off", "--threads N", "--backend NAME", "--json",
  ] {
    #expect(help.contains("\n  \(option) "), "\(option)")
  }
}

@Test func `the help says every exit status`() throws {
  let help = try Fovea("--help").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  #expect(help.contains("0, 1 (failed), 2 (usage)") && help.contains("130 (Ctrl-C) or 143 (SIGTERM)"))
}

@Test func `the version is printed`() throws {
  let result = try Fovea("--version")
  #expect(result.status == 0)
  #expect(result.output.wholeMatch(of: /fovea \d+\.\d+\.\d+\n/) != nil)
}

@Test func `without a command the help goes to standard error`() throws {
  let result = try Fovea()
  #expect(result.status == 2 && result.output.isEmpty)
  #expect(result.errors.hasPrefix("usage: fovea COMMAND"))
}

@Test func `models lists the catalogue`() throws {
  let text = try Fovea("models").output
  for name in ["lenet5", "resnet20", "keras-mnist-valid"] { #expect(text.contains(name)) }
  let lenet = try Fovea("models", "--json").list().first { $0["name"] as? String == "lenet5" }
  #expect(lenet?["parameters"] as? Int == 61706)
  #expect(lenet?["input"] as? [Int] == [28, 28, 1])
}

@Test func `models says name, year, input, parameters, multiply-adds and paper of every model`() throws {
  for row in try Fovea("models", "--json").list() {
    let name = row["name"] as? String ?? ""
    #expect((1989...2030).contains(row["year"] as? Int ?? 0), "\(name)")
    #expect(!name.isEmpty && (row["source"] as? String)?.isEmpty == false)
    #expect((row["parameters"] as? Int ?? 0) > 0 && (row["multiplyAdds"] as? Int ?? 0) > 0, "\(name)")
    #expect((row["input"] as? [Int])?.isEmpty == false, "\(name)")
  }
  let words = try Fovea("models", "--json").list().first { $0["name"] as? String == "textcnn" }
  #expect(words?["elementType"] as? String == "int32")
  let choices = words?["options"] as? [[String: String]]
  #expect(choices?.first { $0["name"] == "widths" }?["range"] == "whole numbers, 1 to 1000, such as 3-4-5")
  let text = try Fovea("models").output.split(separator: "\n")
  let columns = ["name", "other names", "year", "input", "parameters", "multiply-adds", "paper"]
  #expect(text[0].split(separator: /\s{2,}/).map(String.init) == columns)
  #expect(text.contains { $0.hasPrefix("textcnn ") && $0.contains(" 2014  64 of int32 ") })
}

@Test func `layers lists every layer`() throws {
  let rows = try Fovea("layers", "--json").list()
  let listed = Set(rows.compactMap { $0["layer"] as? String })
  #expect(try layersInSources().symmetricDifference(listed) == [])
  #expect(rows.first { $0["layer"] as? String == "Dense" }?["line"] as? String == "fc UNITS")
  let text = try Fovea("layers").output
  for layer in listed { #expect(text.contains("\n\(layer) ")) }
}

/// The public layers, found where they are declared: a new one must be listed, too.
private func layersInSources() throws -> Set<String> {
  let package = #filePath.components(separatedBy: "/Tests/")[0]
  var names: Set<String> = []
  for folder in ["Layers", "Builder"] {
    let path = package + "/Sources/FoveaLayers/" + folder
    for file in try FileManager.default.subpathsOfDirectory(atPath: path) where file.hasSuffix(".swift") {
      let source = try String(contentsOfFile: path + "/" + file, encoding: .utf8)
      for match in source.matches(
        of: /\npublic struct (\w+)(<Size: SpatialSize>)?[^\n:]*: (?:Layer|Combinator|SlidingPool)\b/)
      {
        // Over any number of axes: listed as it is written for images.
        names.insert(String(match.1) + (match.2 == nil ? "" : "2D"))
      }
    }
  }
  // `Named` is what `.named(_:)` makes, never written; unpooling and bilinear forms take two
  // values, which no `Layer` does.
  return names.subtracting(["Named"]).union(["MaxUnpool2D", "Bilinear"])
}

@Test func `a closed pipe ends the command without a word`() throws {
  let result = try RunningFovea(
    program: "/bin/bash", ["-c", "{ \"$0\" layers; echo \"status $?\" >&2; } | true; exit 0", Fovea.path]
  ).waitForResult()
  // Whether the pipe was closed before the command wrote is a matter of time: both ways are quiet.
  #expect(["status 141\n", "status 0\n"].contains(result.errors))
}

@Test func `a full standard output is an error`() throws {
  let result = try RunningFovea(program: "/bin/sh", ["-c", "\"$0\" models > /dev/full", Fovea.path]).waitForResult()
  #expect(result.status == 1)
  #expect(result.errors == "fovea: the result could not be written: No space left on device\n")
}
