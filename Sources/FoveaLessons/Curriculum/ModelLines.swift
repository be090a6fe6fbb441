/// The models of the lectures' tables as model lines, where the catalogue has none.
enum Lines {
  static let cifarTutorial =
    "input 32x32x3 - conv 6 5x5 valid - relu - pool - conv 16 5x5 valid - relu - pool - fc 120 - relu - fc 84 - relu - "
    + "fc 10"
}
