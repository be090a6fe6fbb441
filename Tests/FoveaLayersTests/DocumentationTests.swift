import Foundation
import Testing

/// The sources with layers, by the file's name.
private func sources() throws -> [String: String] {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/FoveaLayers")
  let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
  var texts: [String: String] = [:]
  for case let file as URL in files where file.pathExtension == "swift" {
    let text = try String(contentsOf: file, encoding: .utf8)
    if text.contains(/: (Layer|SlidingPool|Combinator) \{|func callAsFunction/) { texts[file.lastPathComponent] = text }
  }
  return texts
}

/// What is written above the public layers of the sources, by the layer's name.
private func documentation() throws -> [String: String] {
  // The last two take several values: they are no `Layer`, but are used like one.
  let declaration =
    /^public struct (?:(\w+)(?:<[^>]*>)?: (?:Layer|SlidingPool|Combinator) \{|(Bilinear|MaxUnpool)\b)/
  var texts: [String: String] = [:]
  for source in try sources().values {
    var comment: [Substring] = []
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
      if let match = line.firstMatch(of: declaration), let name = match.1 ?? match.2 {
        texts[String(name)] = comment.joined(separator: "\n")
      }
      if line.hasPrefix("///") { comment.append(line) } else { comment = [] }
    }
  }
  return texts
}

@Test func `every public layer says its shapes, parameters, errors and source`() throws {
  let texts = try documentation()
  #expect(texts.count > 70 && ["Conv", "MaxUnpool", "Bilinear", "Add"].allSatisfy { texts[$0] != nil })
  for (layer, text) in texts.sorted(by: { $0.key < $1.key }) {
    for part in [/Shapes\b/, /[Pp]arameters\b/, /[Ee]rrors\b/, /- Source: \S/] {
      #expect(text.contains(part), "\(layer) lacks a part of its documentation")
    }
  }
}

@Test func `every initializer of a layer that takes something says what`() throws {
  for (file, source) in try sources() {
    var lines = source.split(separator: "\n", omittingEmptySubsequences: false)[...]
    var previous: Substring = ""
    while let line = lines.popFirst() {
      let takesSomething = line.hasPrefix("  public init(") && !line.hasPrefix("  public init()")
      #expect(!takesSomething || previous.hasPrefix("  ///"), "\(file): \(line)")
      previous = line
    }
  }
}
