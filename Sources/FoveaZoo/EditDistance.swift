/// The least number of characters to insert, delete, replace or swap with a neighbour to get from one word to the other.
///
/// - Source: Damerau 1964, "A technique for computer detection and correction of spelling errors"; three rows of the
///   table of Wagner & Fischer 1974 at a time.
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var (older, row) = ([Int](), Array(0...b.count))
  for i in a.indices {
    var next = [i + 1]
    for j in b.indices {
      var cost = min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, older[j - 1] + 1) }
      next.append(cost)
    }
    (older, row) = (row, next)
  }
  return row[b.count]
}

/// The word most like `word`; `nil` if none is alike: more than a third of its characters would have to change, and
/// more than one.
package func nearest(to word: String, among words: [String]) -> String? {
  // A few characters tell; an endless word must not take endless time.
  let start = String(word.prefix(64))
  let distances = words.map { (word: $0, distance: editDistance(start, $0)) }
  guard let best = distances.min(by: { $0.distance < $1.distance }), word.count > 1 || best.distance == 0 else {
    return nil
  }
  return best.distance <= max(max(start.count, best.word.count) / 3, 1) ? best.word : nil
}

/// `; did you mean 'conv'?`, or `ending` if no word is alike.
package func suggestion(for word: String, among words: [String], otherwise ending: String = "") -> String {
  nearest(to: word, among: words).map { "; did you mean '\($0)'?" } ?? ending
}

/// What was written, for an error: of a long text the beginning.
package func shortened(_ text: String, to length: Int = 60) -> String {
  text.count > length ? text.prefix(length) + "…" : text
}
