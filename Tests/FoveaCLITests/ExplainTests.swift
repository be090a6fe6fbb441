import FoveaData
import FoveaTestSupport
import Testing

/// A picture with a bright square.
private func picture(in folder: TemporaryFolder) throws -> String {
  let pixels = (0..<900).map { (place: Int) -> UInt8 in
    place / 30 > 8 && place % 30 > 12 ? 220 : UInt8(place % 50)
  }
  let path = folder.path + "/picture.png"
  try Image(height: 30, width: 30, color: .gray, pixels: pixels).writePNG(to: path)
  return path
}

@Test func `explain takes an activation apart`() throws {
  let folder = TemporaryFolder()
  let path = try picture(in: folder)
  let result = try Fovea("explain", "lenet5", path, "--layer", "c3", "--at", "4,7,3")
  #expect(result.status == 0, "\(result.errors)")
  for part in ["14×14", "87 terms more", "sum", "tanh(", "c3.weights", "the same"] {
    #expect(result.output.contains(part), "\(part) is missing in \(result.output)")
  }
  let report = try Fovea("explain", "lenet5", path, "--layer", "c3", "--at", "4,7,3", "--json").object()
  let steps = try #require(report["steps"] as? [[String: Any]])
  #expect(steps.map { $0["operation"] as? String } == ["convolution", "add", "tanh"])
  let arithmetic = try #require(steps[0]["arithmetic"] as? [String: Any])
  #expect((arithmetic["terms"] as? [Any])?.count == 5 * 5 * 6)
}

@Test(arguments: [
  (["--layer", "c33", "--at", "4,7,3"], 1, "did you mean 'c3'?"),
  (["--layer", "c3", "--at", "4,7"], 1, "a position in it is y,x,c"),
  (["--layer", "c3", "--at", "40,7,3"], 1, "y goes from 0 to 9, 40 is outside"),
  (["--layer", "c3", "--at", "4;7;3"], 2, "--at takes whole numbers with commas"),
  (["--layer", "c3"], 2, "--at Y,X,C is missing"),
])
func `explain says what is wrong with a place`(arguments: [String], status: Int, message: String) throws {
  let folder = TemporaryFolder()
  let result = try Fovea(["explain", "lenet5", try picture(in: folder)] + arguments)
  #expect(Int(result.status) == status && result.output.isEmpty)
  #expect(result.errors.contains(message), "\(result.errors)")
}
