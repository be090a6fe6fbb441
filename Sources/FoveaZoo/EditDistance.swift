/// The least number of characters to insert, delete or replace to get from one word to the other.
///
/// - Source: Levenshtein 1966; by Wagner & Fischer 1974, one row of the table at a time.
func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, character) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let replaced = diagonal + (character == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}

/// The word most like `word`; `words` must not be empty.
package func nearest(to word: String, among words: [String]) -> String {
  // A few characters tell; an endless word must not take endless time.
  let word = String(word.prefix(64))
  return words.min { editDistance(word, $0) < editDistance(word, $1) }!
}
