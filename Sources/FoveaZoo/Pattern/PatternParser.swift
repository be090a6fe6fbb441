import FoveaLayers

/// Reads a model line.
///
///     line  = [ "input" [ SIZE [ "int32" ] ] arrow ] chain
///     chain = item { arrow item }
///     item  = ( WORD { argument } | "[" chain "]" ) [ "*" COUNT ]
struct PatternParser {
  struct Token: Equatable {
    enum Kind: Equatable { case word(String), open, close, times, arrow, end }
    var kind: Kind
    var column: Int
  }

  static let deepest = 32
  static let mostLayers = 10_000

  private let line: String
  private var tokens: ArraySlice<Token>

  init(_ line: String) throws(PatternError) {
    self.line = line
    tokens = ArraySlice(Self.tokens(of: line))
  }

  mutating func parse() throws(PatternError) -> (input: Shape?, ElementType, items: [PatternItem]) {
    let (input, elementType) = try parseInput()
    let items = try parseChain(depth: 0)
    if next.kind == .close { throw error("there is no '[' for this ']'", fix: "remove it") }
    let count = items.reduce(0) { min($0 + $1.count, saturation) }
    if count > Self.mostLayers {
      throw PatternError(
        line: line, column: 1, problem: "the line makes more than \(Self.mostLayers) layers", fix: "repeat less often")
    }
    if count == 0 {
      throw PatternError(
        line: line, column: 1, problem: "the line makes no layer", fix: "repeat something at least once")
    }
    return (input, elementType, items)
  }

  // MARK: Rules

  private mutating func parseInput() throws(PatternError) -> (Shape?, ElementType) {
    guard next.kind == .word("input") else { return (nil, .float32) }
    advance()
    var (shape, elementType): (Shape?, ElementType) = (nil, .float32)
    if case .word(let text) = next.kind {
      let sizes = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      let place = next.column
      advance()
      if next.kind == .word(ElementType.int32.rawValue) {
        elementType = .int32
        advance()
      }
      guard sizes.count == 3 || elementType == .int32, sizes.allSatisfy({ $0 > 0 }) else {
        throw PatternError(
          line: line, column: place, problem: "'\(shortened(text))' is not an input shape",
          fix: "write height x width x channels, e.g. input 28x28x1, or input 20 int32 for whole numbers")
      }
      shape = Shape(sizes)
    }
    guard next.kind == .arrow else { throw error("the input ends here", fix: "go on with '-' and a layer") }
    advance()
    return (shape, elementType)
  }

  private mutating func parseChain(depth: Int) throws(PatternError) -> [PatternItem] {
    var items = [try parseItem(depth: depth)]
    while next.kind == .arrow {
      advance()
      items.append(try parseItem(depth: depth))
    }
    switch next.kind {
    case .end, .close: return items
    case .open: throw error("a '-' is missing before '['", fix: "write ' - ['")
    default: throw error("a '-' is missing here", fix: "put ' - ' between two layers")
    }
  }

  private mutating func parseItem(depth: Int) throws(PatternError) -> PatternItem {
    var item: PatternItem
    switch next.kind {
    case .word: item = .layer(try parseLayer())
    case .open: item = try parseGroup(depth: depth)
    case .end: throw error("a layer is missing at the end", fix: "write one, such as relu, or remove the last '-'")
    case .close: throw error("a layer is missing before ']'", fix: "write one, such as relu")
    case .times: throw error("there is nothing to repeat", fix: "write [layers]*n")
    case .arrow: throw error("a layer is missing before '-'", fix: "write one, such as relu")
    }
    guard next.kind == .times else { return item }
    advance()
    guard case .word(let text) = next.kind, let times = Int(text), (0...Self.mostLayers).contains(times) else {
      throw error("'*' needs a number of repetitions", fix: "write one from 0 to \(Self.mostLayers), e.g. *2")
    }
    advance()
    if case .group(let items, 1) = item {
      item = .group(items, times: times)
    } else {
      item = .group([item], times: times)
    }
    return item
  }

  private mutating func parseGroup(depth: Int) throws(PatternError) -> PatternItem {
    let open = next
    guard depth < Self.deepest else {
      throw error("more than \(Self.deepest) brackets are open", fix: "write the line with fewer")
    }
    advance()
    let items = try parseChain(depth: depth + 1)
    guard next.kind == .close else {
      throw PatternError(line: line, column: open.column, problem: "this '[' is not closed", fix: "add ']'")
    }
    advance()
    return .group(items, times: 1)
  }

  private mutating func parseLayer() throws(PatternError) -> PatternLayer {
    guard case .word(let name) = next.kind else { preconditionFailure("the caller saw a word") }
    if name == "input" { throw error("'input' is not at the start", fix: "put it first or leave it out") }
    guard let word = PatternWord.all.first(where: { ([$0.name] + $0.aliases).contains(name) }) else {
      if Int(name) != nil {
        throw error("a layer is expected, not the number \(shortened(name))", fix: "write its name first")
      }
      let known = PatternWord.all.flatMap { [$0.name] + $0.aliases }
      let fix = nearest(to: name, among: known).map { "did you mean '\($0)'?" } ?? "`fovea layers` lists them"
      throw error("there is no layer '\(shortened(name))'", fix: fix)
    }
    let start = next
    advance()
    var words: [(String, column: Int)] = []
    while case .word(let text) = next.kind {
      words.append((text, next.column))
      advance()
    }
    var arguments = PatternArguments(line: line, word: word, column: start.column, words: words[...])
    let layer = try word.make(&arguments)
    try arguments.finish()
    return layer
  }

  // MARK: Tokens

  /// There is always an `end`.
  private var next: Token { tokens[tokens.startIndex] }

  private mutating func advance() { tokens.removeFirst() }

  private func error(_ problem: String, fix: String) -> PatternError {
    PatternError(line: line, column: next.column, problem: problem, fix: fix)
  }

  /// Whether a minus sign after `word` belongs to a number such as `1e-4`.
  private static func isExponent(_ word: String, before rest: ArraySlice<Character>) -> Bool {
    word.hasSuffix("e") && Float(word.dropLast()) != nil && rest.first?.isNumber == true
  }

  private static func tokens(of line: String) -> [Token] {
    var tokens: [Token] = []
    var word = ""
    let characters = Array(line)
    func endWord(before column: Int) {
      if !word.isEmpty { tokens.append(Token(kind: .word(word), column: column - word.count)) }
      word = ""
    }
    for (index, character) in characters.enumerated() {
      let column = index + 1
      let symbol: Token.Kind? =
        switch character {
        case "-" where isExponent(word, before: characters[(index + 1)...]): nil
        case "[": .open
        case "]": .close
        case "*": .times
        case "-", "=", "→", "⇒": .arrow
        default: nil
        }
      let isRestOfArrow = character == ">" && index > 0 && "-=".contains(characters[index - 1])
      if symbol != nil || character.isWhitespace || isRestOfArrow {
        endWord(before: column)
        if let symbol { tokens.append(Token(kind: symbol, column: column)) }
      } else {
        word += character == "×" ? "x" : character.lowercased()
      }
    }
    endWord(before: characters.count + 1)
    return tokens + [Token(kind: .end, column: characters.count + 1)]
  }
}
