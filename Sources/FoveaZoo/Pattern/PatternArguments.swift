import FoveaLayers

/// What follows a word of a model line, up to the next arrow.
struct PatternArguments {
  let line: String
  let word: PatternWord
  /// Of the word itself.
  let column: Int
  var words: ArraySlice<(String, column: Int)>

  /// A window with everything that can be said about it.
  struct WindowArguments {
    var size: Size2D
    var strides: Size2D
    var padding: Padding
    var dilation: Size2D = 1
    var groups = 1
    /// In its plainest form; what is as usual is left out.
    var text = ""
  }

  private static let paddings: [String: Padding] = ["valid": .valid, "same": .same, "full": .full]

  /// A number from 1 that must be there.
  mutating func count(_ noun: String) throws(PatternError) -> Int {
    guard let (text, place) = words.first else {
      throw error("'\(word.name)' needs \(noun), \(Self.range)", at: column)
    }
    guard let number = positive(text) else {
      throw error("'\(shortened(text))' is not \(noun), \(Self.range)", at: place)
    }
    words.removeFirst()
    return number
  }

  /// A number from 0 to below 1 that must be there.
  mutating func rate() throws(PatternError) -> Float {
    guard let (text, place) = words.first else { throw error("'\(word.name)' needs a rate", at: column) }
    guard let rate = Float(text), (0..<1).contains(rate) else {
      throw error("'\(shortened(text))' is not a rate from 0 to below 1", at: place)
    }
    words.removeFirst()
    return rate
  }

  /// Size, strides and the rest, in any order, each at most once.
  ///
  /// - Parameter strides: if they are not said; `nil` means the size.
  mutating func window(size: Size2D, strides: Size2D?, padding: Padding) throws(PatternError) -> WindowArguments {
    var result = WindowArguments(size: size, strides: strides ?? size, padding: padding)
    var givenStrides: Size2D?
    var given: Set<String> = []
    while let (text, place) = words.popFirst() {
      func once(_ noun: String) throws(PatternError) {
        guard given.insert(noun).inserted else { throw error("\(noun) is given twice", at: place) }
      }
      if let size = self.size(text) {
        try once("the size")
        result.size = size
      } else if text.hasPrefix("/") {
        try once("the stride")
        givenStrides = try self.size(text.dropFirst(), "a stride", place)
      } else if let padding = Self.paddings[text] {
        try once("the padding")
        result.padding = padding
      } else if text == "stride" || text == "strides" {
        try once("the stride")
        givenStrides = try sizeAfter(text, place)
      } else if text == "dilation", word.name == "conv" {
        try once("the dilation")
        result.dilation = try sizeAfter(text, place)
      } else if text == "groups", word.name == "conv" {
        try once("the number of groups")
        let number = words.popFirst()?.0
        guard let groups = number.flatMap(positive) else {
          throw missing("a number of groups", after: text, number, place)
        }
        result.groups = groups
      } else if text.first?.isNumber == true {
        throw error("'\(shortened(text))' is not a size such as 3 or 3x5, \(Self.range)", at: place)
      } else {
        throw error("'\(shortened(text))' is no argument of '\(word.name)'", at: place)
      }
    }
    result.strides = givenStrides ?? strides ?? result.size
    result.text = spelled(result, usualStrides: strides ?? result.size, usualPadding: padding)
    return result
  }

  /// Nothing may be left over.
  func finish() throws(PatternError) {
    guard let (text, place) = words.first else { return }
    throw error("'\(shortened(text))' is no argument of '\(word.name)'", at: place)
  }

  private mutating func sizeAfter(_ name: String, _ place: Int) throws(PatternError) -> Size2D {
    let text = words.popFirst()?.0
    guard let size = text.flatMap({ size($0) }) else { throw missing("a size", after: name, text, place) }
    return size
  }

  private func size(_ text: Substring, _ noun: String, _ place: Int) throws(PatternError) -> Size2D {
    guard let size = size(text) else {
      throw error("'/\(shortened(String(text)))' is not \(noun), \(Self.range)", at: place)
    }
    return size
  }

  /// For a word that is followed by nothing, or by no number that it takes.
  private func missing(_ noun: String, after name: String, _ text: String?, _ place: Int) -> PatternError {
    guard let text else { return error("'\(name)' needs \(noun), \(Self.range)", at: place) }
    return error("'\(shortened(text))' is not \(noun), \(Self.range)", at: place)
  }

  private func spelled(_ window: WindowArguments, usualStrides: Size2D, usualPadding: Padding) -> String {
    func short(_ size: Size2D) -> String {
      size.height == size.width ? "\(size.height)" : "\(size.height)x\(size.width)"
    }
    var parts = ["\(window.size.height)x\(window.size.width)"]
    if window.strides != usualStrides { parts.append("/" + short(window.strides)) }
    if window.padding != usualPadding, let name = Self.paddings.first(where: { $0.value == window.padding })?.key {
      parts.append(name)
    }
    if window.dilation != 1 { parts.append("dilation " + short(window.dilation)) }
    if window.groups != 1 { parts.append("groups \(window.groups)") }
    return parts.joined(separator: " ")
  }

  /// `3` or `3x5`.
  private func size(_ text: some StringProtocol) -> Size2D? {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { positive(String($0)) }
    switch sides.count {
    case 1: return sides[0].map { Size2D($0) }
    case 2: if let height = sides[0], let width = sides[1] { return Size2D(height, width) }
    default: break
    }
    return nil
  }

  private static let range = "1 or more, below 2³¹"

  private func positive(_ text: String) -> Int? { Int(text).flatMap { (1..<(1 << 31)).contains($0) ? $0 : nil } }

  private func error(_ problem: String, at column: Int) -> PatternError {
    PatternError(line: line, column: column, problem: problem, fix: "write \(word.usage)")
  }
}
