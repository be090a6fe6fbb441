import Testing

@Test func `shapes works out an output size`() throws {
  let text = try Fovea("shapes", "--input", "227", "--kernel", "11", "--stride", "4")
  #expect(text.status == 0)
  #expect(text.output.contains("⌊(227 + 0 + 0 − 11) / 4⌋ + 1 = ⌊216 / 4⌋ + 1 = 54 + 1 = 55"))
  #expect(text.output.contains("⌊(n + p_before + p_after − ((k − 1)·d + 1)) / s⌋ + 1"))
}

@Test(arguments: [
  (["--input", "224x112", "--kernel", "7", "--stride", "2", "--padding", "same"], [112, 56]),
  (["--input", "7", "--kernel", "3", "--dilation", "2"], [3]),
  (["--input", "28", "--kernel", "3", "--stride", "2", "--padding", "0:1"], [14]),
  (["--input", "5x5x5", "--kernel", "3", "--padding", "full"], [7, 7, 7]),
  (["--input", "5x6", "--kernel", "3", "--padding", "1x0"], [5, 4]),
  (["--input", "3", "--kernel", "3", "--stride", "2", "--padding", "1", "--transposed"], [5]),
  (["--input", "3", "--kernel", "3", "--stride", "2", "--transposed", "--output-padding", "1"], [8]),
  (["--input", "3x3", "--kernel", "3", "--stride", "2", "--transposed", "--output-padding", "1x0"], [8, 7]),
  (["--input", "6", "--kernel", "3", "--stride", "2", "--ceil"], [3]),
])
func `shapes as JSON`(arguments: [String], output: [Int]) throws {
  let report = try Fovea(["shapes"] + arguments + ["--json"]).object()
  #expect(report["output"] as? [Int] == output)
  let axes = try #require(report["axes"] as? [[String: Any]])
  #expect(axes.count == output.count && axes.allSatisfy { $0["formula"] is String && $0["numbers"] is String })
}

@Test(arguments: [
  (["--input", "5", "--kernel", "7"], 1, "does not fit"),
  (["--input", "5x5", "--kernel", "3x3x3"], 2, "--kernel has 3 numbers for 2 axes: give one, or one for each"),
  (["--input", "5", "--kernel", "3x3"], 2, "--kernel has 2 numbers for 1 axis: give one"),
  (["--input", "30x4x9", "--kernel", "3x5x3"], 1, "axis 2: the 5 window does not fit into the 4 input"),
  (["--input", "5x5", "--kernel", "7x3"], 1, "use padding same, or a window of at most 5"),
  (["--input", "5", "--kernel", "3", "--padding", "-1"], 2, "a width from 0 to 16777216 such as 1 or 1x0"),
  (["--input", "5", "--kernel", "3", "--padding", "16777217"], 2, "a width from 0 to 16777216 such as 1 or 1x0"),
  (
    ["--input", "5x5", "--kernel", "3", "--transposed", "--output-padding", "1x0x1"], 2,
    "--output-padding has 3 numbers for 2 axes"
  ),
  (["--input", "0", "--kernel", "3"], 2, "--input takes whole numbers from 1"),
  (["--input", "5", "--kernel", "3", "--padding", "sane"], 2, "did you mean 'same'?"),
  (["--input", "5", "--kernel", "3", "--output-padding", "1"], 2, "add --transposed"),
  (
    ["--input", "2", "--kernel", "3", "--padding", "3", "--transposed"], 1, "nothing is left of the transposed 3 window"
  ),
  (["--input", "5", "--kernel", "16777216", "--dilation", "16777216"], 1, "spans"),
  (["--input", "5", "--kernel", "3", "--ceil", "--transposed"], 2, "leave out --transposed"),
  (
    ["--input", "5", "--kernel", "3", "--stride", "2", "--transposed", "--output-padding", "2"], 1, "use 0 to 1"
  ),
  (["--kernel", "3"], 2, "--input N is missing"),
])
func `shapes refuses what is no window`(arguments: [String], status: Int, message: String) throws {
  let result = try Fovea(["shapes"] + arguments)
  #expect(Int(result.status) == status && result.output.isEmpty)
  #expect(result.errors.contains(message), "\(result.errors)")
}

@Test func `shapes tells every axis that does not fit`() throws {
  let result = try Fovea("shapes", "--input", "30x4", "--kernel", "40x5")
  #expect(result.status == 1)
  let lines = result.errors.split(separator: "\n")
  #expect(lines.count == 2 && lines[0].hasPrefix("fovea: axis 1: ") && lines[1].hasPrefix("fovea: axis 2: "))
}

@Test(arguments: ["-1", "1:", ":1", "16777217"]) func `a wrong padding is like no word`(padding: String) throws {
  let result = try Fovea("shapes", "--input", "5", "--kernel", "3", "--padding", padding)
  #expect(result.status == 2 && !result.errors.contains("did you mean"), "\(result.errors)")
}
