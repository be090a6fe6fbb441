import FoveaCore
import FoveaFiles
internal import FoundationEssentials

/// The names of classes, out of a text file.
public enum ClassNames {
  /// Reads one name a line; `n01440764 tench, Tinca tinca` (ImageNet's) without its number; or a dictionary
  /// `{0: 'tench, Tinca tinca', …}` as in the file `imagenet1000_clsidx_to_labels.txt`; or JSON, a list of names or a
  /// dictionary such as Keras's `imagenet_class_index.json`, `{"0": ["n01440764", "tench"], …}`.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - count: how many are wanted; 1001 of 1000 put `background` first, as TensorFlow does.
  /// - Errors: no such file; no text; a dictionary with gaps; another number of names.
  public static func read(_ path: String, count: Int) throws(DataError) -> [String] {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try readFile(path, limit: 16 << 20) } catch {
      throw DataError(.missing, path, error.reason)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw DataError(.damaged, path, "it is no text") }
    var names: [String]
    if let known = try json(bytes, path: path) {
      names = known
    } else if text.drop(while: \.isWhitespace).first == "{" {
      names = try dictionary(text, path: path)
    } else {
      names = lines(text).map(withoutNumber)
    }
    if names.count == 1000, count == 1001 { names.insert("background", at: 0) }
    guard names.count == count else {
      throw DataError(.usage, path, "it has \(counted(names.count, "name")), the model \(counted(count, "output"))")
    }
    // What a terminal would obey is no name.
    if let index = names.firstIndex(where: { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } })
    {
      throw DataError(.damaged, path, "the name of class \(index) has control characters")
    }
    return names
  }

  /// - Returns: `nil` if it is no JSON of names.
  private static func json(_ bytes: [UInt8], path: String) throws(DataError) -> [String]? {
    let (data, decoder) = (Data(bytes), JSONDecoder())
    if let names = try? decoder.decode([String].self, from: data) { return names }
    let entries =
      (try? decoder.decode([String: String].self, from: data))
      // The last is the name; WordNet's number is before it.
      ?? (try? decoder.decode([String: [String]].self, from: data))?.compactMapValues(\.last)
    guard let entries else { return nil }
    return try inOrder(Dictionary(entries.map { (Int($0) ?? -1, $1) }, uniquingKeysWith: { $1 }), path: path)
  }

  /// - Errors: numbers that do not go from 0 on without gaps.
  private static func inOrder(_ names: [Int: String], path: String) throws(DataError) -> [String] {
    guard !names.isEmpty, names.keys.min() == 0, names.keys.max()! == names.count - 1 else {
      throw DataError(.damaged, path, "the dictionary has \(names.count) names and does not count from 0 without gaps")
    }
    return (0..<names.count).map { names[$0]! }
  }

  private static func lines(_ text: String) -> [String] {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { $0.drop(while: { $0.isWhitespace || $0 == "\u{FEFF}" }) }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { line in
      String(line.reversed().drop(while: \.isWhitespace).reversed())
    }
  }

  /// Without the number of a WordNet noun.
  private static func withoutNumber(_ line: String) -> String {
    let word = line.prefix { !$0.isWhitespace }
    guard word.count == 9, word.first == "n", word.dropFirst().allSatisfy(\.isNumber) else { return line }
    let rest = line.dropFirst(word.count).drop(while: \.isWhitespace)
    return rest.isEmpty ? line : String(rest)
  }

  /// `{0: 'a', 1: "b's"}`.
  private static func dictionary(_ text: String, path: String) throws(DataError) -> [String] {
    var names: [Int: String] = [:]
    var rest = text.drop { $0 != "{" }.dropFirst()
    while true {
      rest = rest.drop { $0.isWhitespace || $0 == "," }
      if rest.first == "}" || rest.isEmpty { break }
      let digits = rest.prefix { $0.isNumber }
      rest = rest.dropFirst(digits.count).drop { $0.isWhitespace || $0 == ":" }
      guard let index = Int(digits), let quote = rest.first, quote == "'" || quote == "\"" else {
        throw DataError(.damaged, path, "the dictionary is not understood before '\(rest.prefix(20))'")
      }
      var (name, isEscaped) = ("", false)
      rest = rest.dropFirst()
      while let character = rest.first, isEscaped || character != quote {
        if character == "\\", !isEscaped {
          isEscaped = true
        } else {
          name.append(character)
          isEscaped = false
        }
        rest = rest.dropFirst()
      }
      rest = rest.dropFirst()
      names[index] = name
    }
    return try inOrder(names, path: path)
  }
}
