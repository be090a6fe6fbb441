/// What a network's activations are as whole numbers of 8 bits: found by calibration, kept with the model.
///
/// - Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
///   Inference", §2.1, with zero points of 0.
public struct Quantization: Sendable, Hashable, Codable {
  /// How numbers become whole ones: q = round(x / scale), 0...255, or −128...127 if there are negative ones.
  public struct Range: Sendable, Hashable, Codable {
    /// What 1 stands for; above zero.
    public var scale: Float
    public var isSigned: Bool

    public init(scale: Float, isSigned: Bool) { (self.scale, self.isSigned) = (scale, isSigned) }

    /// The least scale with which `largest` is held, of numbers that may be negative or not.
    public init(largest: Float, isSigned: Bool) {
      self.init(scale: max(largest, .leastNormalMagnitude) / (isSigned ? 127 : 255), isSigned: isSigned)
    }
  }

  /// What a convolution or a dense layer reads.
  public struct Layer: Sendable, Hashable, Codable {
    public var input: Range
    /// Of what is added to its result, if that is in the same kernel.
    public var residual: Range?

    public init(input: Range, residual: Range? = nil) { (self.input, self.residual) = (input, residual) }
  }

  /// By the paths of the layers' weights; others compute in `float32`.
  public var layers: [String: Layer]

  public init(layers: [String: Layer]) { self.layers = layers }
}
