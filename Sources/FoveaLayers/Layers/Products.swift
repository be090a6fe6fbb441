// Fully connected layers that are more than one matrix product.

/// A row of trained numbers for each number of a class or word.
///
/// - Shapes: `int32` `N×…` → `N×…×size`. Parameters: `table` `count×size`, normal with deviation 1.
/// - Errors: an input that is not `int32`; a count or size below 1. A number outside 0..<count gives NaN.
/// - Source: Bengio et al. 2003, "A Neural Probabilistic Language Model", §2.
public struct Embedding: Layer {
  public var count: Int
  public var size: Int
  public var initializer: Initializer

  /// - Parameters:
  ///   - count: how many different numbers there are, from 0.
  ///   - size: of a row.
  ///   - initializer: of the weights.
  public init(count: Int, size: Int, initializer: Initializer = .normal(deviation: 1)) {
    (self.count, self.size, self.initializer) = (count, size, initializer)
  }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessCount(count, "rows") ?? x.failingUnlessCount(size, "numbers in a row") {
      return mistake
    }
    let result = Shape(x.shape.dimensions + [size])
    if let mistake = x.failingUnlessIntegers(Self.kind, "row numbers", assuming: result) { return mistake }
    return x.parameter("table", shape: [count, size], initializer).applying(Op.Lookup(), x)
  }
}

/// Squared distances to learned centres: `yⱼ = Σᵢ (xᵢ − wᵢⱼ)²`, LeNet-5's output layer. The smallest one is the answer, so a
/// loss of scores takes it with the opposite sign.
///
/// - Shapes: `N×I` → `N×units`. Parameters: `centers` `I×units`, uniform in −1...1.
/// - Errors: an input that is not one row for each example, or of whole numbers; units below 1.
/// - Source: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", eq. 7.
public struct RBF: Layer {
  public static let defaultName = "rbf"
  public var units: Int
  public var initializer: Initializer
  public var isTrainable: Bool

  /// - Parameters:
  ///   - units: the numbers of the result.
  ///   - initializer: of the centres; LeNet-5's are −1 and 1.
  ///   - isTrainable: false for centres that stay as they are.
  public init(_ units: Int, initializer: Initializer = .uniform(limit: 1), isTrainable: Bool = true) {
    (self.units, self.initializer, self.isTrainable) = (units, initializer, isTrainable)
  }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessCount(units, "units") ?? x.failingUnlessFloatingPoint(Self.kind) { return mistake }
    guard x.rank == 2 else {
      return x.failing(
        "RBF takes one row of numbers for each example, got \(x.shape.ofExample)", fix: "put Flatten() before it",
        assuming: [x.batch, units])
    }
    let centers = x.parameter("centers", shape: [x.channels, units], initializer, isTrainable: isTrainable)
    let differences = x.reshaped(to: [x.batch, x.channels, 1]) - centers
    return (differences * differences).sum(over: [1])
  }
}

/// A form that is linear in each of two inputs: `yₖ = Σᵢⱼ aᵢ · wᵢⱼₖ · bⱼ + biasₖ`.
///
/// It takes two values, so it is called in `forward` rather than listed in a `body`.
///
/// - Shapes: `N×I`, `N×J` → `N×units`. Parameters: `weights` `I×(J · units)`; `bias` `units`, zero.
/// - Errors: inputs that are not one row for each example; units below 1.
/// - Source: Tenenbaum & Freeman 2000, "Separating Style and Content with Bilinear Models", eq. 1.
public struct Bilinear: Sendable {
  public var units: Int
  public var bias: Bool
  public var initializer: Initializer
  public var name: String?

  /// - Parameters:
  ///   - units: the numbers of the result.
  ///   - bias: whether a number is added to each of them.
  ///   - initializer: of the weights.
  ///   - name: the layer's name; `bilinear_1` and so on if not given.
  public init(_ units: Int, bias: Bool = true, initializer: Initializer = .glorotUniform, name: String? = nil) {
    (self.units, self.bias, self.initializer, self.name) = (units, bias, initializer, name)
  }

  public func callAsFunction(_ a: Value, _ b: Value) -> Value {
    a.builder.layer(named: name, defaultName: "bilinear", kind: "Bilinear", input: a) {
      if let mistake = a.failingUnlessCount(units, "units") { return mistake }
      guard a.rank == 2, b.rank == 2, a.batch == b.batch else {
        return a.failing(
          "Bilinear takes one row of numbers for each example, twice, got \(a.shape.ofExample) and \(b.shape.ofExample)",
          fix: "put Flatten() before it", assuming: [a.batch, units])
      }
      let shape: Shape = [a.channels, saturatingProduct(b.channels, units)]
      let fans = initializer.withFans(in: saturatingProduct(a.channels, b.channels), out: units)
      let forms = matmul(a, a.parameter("weights", shape: shape, fans)).reshaped(to: [a.batch, b.channels, units])
      let y = matmul(b.reshaped(to: [b.batch, 1, b.channels]), forms).reshaped(to: [a.batch, units])
      return bias ? y + a.parameter("bias", shape: [units], .zeros) : y
    }
  }
}
