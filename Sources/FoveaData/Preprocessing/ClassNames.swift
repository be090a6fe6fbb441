import FoveaCore
import FoveaFiles

/// The names of classes, out of a text file.
public enum ClassNames {
  /// Reads one name a line; `n01440764 tench, Tinca tinca` (ImageNet's) without its number; or a dictionary
  /// `{0: 'tench, Tinca tinca', …}` as in the file `imagenet1000_clsidx_to_labels.txt`.
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
    var names =
      text.drop(while: \.isWhitespace).first == "{" ? try dictionary(text, path: path) : lines(text).map(withoutNumber)
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
    guard !names.isEmpty, names.keys.max()! == names.count - 1 else {
      throw DataError(.damaged, path, "the dictionary has \(names.count) names and does not count from 0 without gaps")
    }
    return (0..<names.count).map { names[$0]! }
  }
}
