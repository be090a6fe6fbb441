package import FoveaCore
package import FoveaGraph

extension Op.ConvolutionInputGradient: Explainable {
  /// As a layer, the transposed convolution: every input spreads the kernel, and this sums what reaches `position`.
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let (x, w) = (operands[0], operands[1])
    let window = forward.window
    let (n, o) = (position[0], position[position.count - 1])
    let (filters, channels) = (result.channels / forward.groups, x.shape.channels / forward.groups)
    let first = o / filters * channels
    var terms: [Arithmetic.Term] = []
    for offset in Shape(window.size).positions {
      guard let place = window.source(reaching: position, through: offset, of: x.shape, giving: result) else {
        continue
      }
      for i in first..<(first + channels) {
        terms.append(.init(x.factor("x", [n] + place + [i]), w.factor("w", offset + [o % filters, i])))
      }
    }
    return Arithmetic("y[q, o] = Σ x[p, i] · w[k, o, i] over all p, k with p·s + k·d − padding = q", .sum, terms)
  }
}

extension Window {
  /// The input of a transposed window whose kernel element at `offset` falls on the output `position`; `nil` if there is
  /// none.
  fileprivate func source(
    reaching position: [Int], through offset: [Int], of input: Shape, giving output: Shape
  ) -> [Int]? {
    var place: [Int] = []
    for axis in 0..<rank {
      let before = edges(axis, length: output[axis + 1]).before
      let distance = position[axis + 1] + before - offset[axis] * dilations[axis]
      guard distance >= 0, distance % strides[axis] == 0, distance / strides[axis] < input[axis + 1] else { return nil }
      place.append(distance / strides[axis])
    }
    return place
  }
}
