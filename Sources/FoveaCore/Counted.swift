/// A number with its noun: `1 class`, `10 classes`.
///
/// - Parameter plural: where it is not the noun with an `s`.
package func counted(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
  "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}
