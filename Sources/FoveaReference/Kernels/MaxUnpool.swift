package import FoveaCore
package import FoveaGraph

extension Op.MaxPoolSwitches: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let x = inputs[0]
    let positions = x.shape.positions
    var switches = [Int32](repeating: 0, count: shape.count)
    window.forEachPlace(over: x.shape) { atY, atX in
      switches[atY] = Int32(x.firstLargest(of: atX) / x.shape.channels % positions)
    }
    return ReferenceTensor(integers: switches, shape: shape)
  }
}

extension Op.MaxUnpool: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (x, switches) = (inputs[0], inputs[1])
    var y = ReferenceTensor<Scalar>(shape: shape)
    for (i, target) in switches.targets(in: shape).enumerated() {
      if let target { y.values[target] = x.values[i] }
    }
    return y
  }
}

extension Op.MaxUnpoolGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, switches) = (inputs[0], inputs[1])
    return ReferenceTensor(
      switches.targets(in: g.shape).map { $0.map { g.values[$0] } ?? 0 }, shape: shape)
  }
}

extension ReferenceTensor {
  /// For each switch, the place in a tensor of `shape` to which it points; `nil` if it points outside.
  fileprivate func targets(in shape: Shape) -> [Int?] {
    let (channels, positions) = (shape.channels, shape.positions)
    return integers.enumerated().map { i, position in
      let (n, c) = (i / (self.shape.positions * channels), i % channels)
      return (0..<positions).contains(Int(position)) ? (n * positions + Int(position)) * channels + c : nil
    }
  }
}

extension Shape {
  /// The product of the axes between the first and the last.
  fileprivate var positions: Int { dimensions.dropFirst().dropLast().reduce(1, *) }
}
