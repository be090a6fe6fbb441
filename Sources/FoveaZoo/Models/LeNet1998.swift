import FoveaCore
public import FoveaLayers

/// LeNet-5 to the last unit: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", §II.B, fig. 2.
/// Input 32×32×1; a smaller image, such as the 28×28 of MNIST, is padded with zeros in C1.
///
/// Subsampling has a trained coefficient and bias; every filter of C3 sees the maps of table I; tanh is scaled; the
/// output is the distance to a picture of each digit, fixed as in the paper, with the opposite sign: scores for which the
/// cross-entropy is the paper's eq. 9 with j at infinity. Of its 60,840 parameters 60,000 are trained. Differs from the
/// paper: the initial weights, uniform in ±√(3 / fan-in); the pictures, drawn anew; classes beyond ten have
/// points of −1 and 1 drawn at random (which §II.B allows too).
public struct LeNet51998: Layer {
  public var classes: Int

  public init(classes: Int = 10) { self.classes = classes }

  public func forward(_ x: Value) -> Value {
    let isSmall = x.rank == 4 && x.shape[1] < 32
    return -body(padding: isSmall ? .same : .valid).forward(x)
  }

  @LayerBuilder private func body(padding: Padding) -> Sequential {
    Conv2D(filters: 6, kernel: 5, padding: padding, activation: .scaledTanh, initializer: .lecunUniform)
      .named("c1")  // 28×28×6
    Subsampling().named("s2")  // 14×14×6
    Conv2D(filters: 16, kernel: 5, connections: .leNet5, activation: .scaledTanh, initializer: .lecunUniform)
      .named("c3")  // 10×10×16
    Subsampling().named("s4")  // 5×5×16
    Conv2D(filters: 120, kernel: 5, activation: .scaledTanh, initializer: .lecunUniform).named("c5")  // 1×1×120
    Flatten().named("flatten")
    Dense(84, activation: .scaledTanh, initializer: .lecunUniform).named("f6")
    RBF(classes, initializer: .values(DigitPictures.centers(classes)), isTrainable: false).named("output")
  }
}

/// LeCun & Bengio 1995, "Convolutional Networks for Images, Speech, and Time-Series", fig. 1: a recogniser of characters.
/// Input 28×28×1.
///
/// The text does not say which maps the filters of C3 see (here all), nor which sigmoid it has (here LeNet-5's).
public struct LeCunLetters1995: Model {
  public var classes: Int

  public init(classes: Int = 26) { self.classes = classes }

  public var body: Sequential {
    Conv2D(filters: 4, kernel: 5, activation: .scaledTanh, initializer: .lecunUniform).named("c1")  // 24×24×4
    Subsampling().named("s2")  // 12×12×4
    Conv2D(filters: 12, kernel: 5, activation: .scaledTanh, initializer: .lecunUniform).named("c3")  // 8×8×12
    Subsampling().named("s4")  // 4×4×12
    Conv2D(filters: classes, kernel: 4, initializer: .lecunUniform).named("output")  // 1×1×26
    Flatten().named("flatten")
  }
}

/// The sum of each 2×2 pixels times a trained coefficient, plus a trained bias, squashed: a coefficient and a bias for
/// each map.
private struct Subsampling: Layer {
  func forward(_ x: Value) -> Value {
    let sums = SumPool2D(2).forward(x)
    // At first the mean.
    let scale = x.parameter("scale", shape: [x.channels], .constant(0.25))
    let bias = x.parameter("bias", shape: [x.channels], .zeros)
    return ScaledTanh().forward(sums * scale + bias)
  }
}

/// The digits as 12 rows of 7 points: what the 84 units of F6 should show.
private enum DigitPictures {
  /// I×classes: −1 for white, 1 for black.
  static func centers(_ classes: Int) -> [Float] {
    let random = RandomStream(seed: 1998, stream: RandomStream.identifier(of: "classes"))
    return (0..<84).flatMap { point in
      (0..<classes).map { digit in
        guard digit < pictures.count else { return random.uniform(point * classes + digit) < 0.5 ? -1 : 1 }
        return pictures[digit][point] ? 1 : -1
      }
    }
  }

  private static let pictures: [[Bool]] = (0..<10).map { digit in
    drawings.flatMap { row in row.split(separator: " ")[digit].map { $0 == "#" } }
  }

  private static let drawings = [
    "....... ....... ....... ....... ....... ....... ....... ....... ....... .......",
    "..###.. ...#... .#####. ####### .....#. .#####. ..####. ####### .#####. ..####.",
    ".#...#. ..##... #.....# .....#. ....##. .#..... .#..... ......# #.....# .#....#",
    "#.....# ...#... ......# ....#.. ...#.#. .#..... #...... .....#. #.....# #.....#",
    "#.....# ...#... .....#. ...##.. ..#..#. .####.. #...... .....#. #.....# #.....#",
    "#.....# ...#... ....#.. .....#. .#...#. .....#. #.####. ....#.. .#####. .######",
    "#.....# ...#... ...#... ......# #....#. ......# ##...## ....#.. #.....# ......#",
    "#.....# ...#... ..#.... ......# ####### ......# #.....# ...#... #.....# ......#",
    ".#...#. ...#... .#..... #.....# .....#. #.....# .#....# ...#... #.....# .....#.",
    "..###.. ..###.. ####### .#####. .....#. .#####. ..####. ..#.... .#####. .####..",
    "....... ....... ....... ....... ....... ....... ....... ....... ....... .......",
    "....... ....... ....... ....... ....... ....... ....... ....... ....... .......",
  ]
}

extension LeNet51998 {
  static let entries = [
    CatalogueEntry(
      "lenet5-1998", 1998, "LeCun et al., Gradient-Based Learning Applied to Document Recognition", input: [32, 32, 1]
    ) { LeNet51998(classes: $0.classes) }
  ]
}

extension LeCunLetters1995 {
  static let entries = [
    CatalogueEntry(
      "lecun1995-letters", aliases: ["t23"], 1995,
      "LeCun & Bengio, Convolutional Networks for Images, Speech, and Time-Series", input: [28, 28, 1], classes: 26
    ) { LeCunLetters1995(classes: $0.classes) }
  ]
}
