import FoveaCore

/// Numbers in −1...1 that look random and are the same every time.
func noise(_ shape: Shape) -> Tensor {
  var generator = Generator()
  return Tensor((0..<shape.count).map { _ in Float.random(in: -1...1, using: &generator) }, shape: shape)
}

struct Generator: RandomNumberGenerator {
  var state: UInt64 = 1
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 31)
  }
}
