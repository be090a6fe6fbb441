package import FoveaCore
package import FoveaGraph

extension Window {
  /// A place in the window, and the input position under it: `nil` where it lies on padding.
  struct Tap {
    var offset: [Int]
    var input: [Int]?
  }

  /// What lies under the window at the output position `position`, row by row.
  func taps(at position: [Int], over lengths: [Int]) -> [Tap] {
    Shape(size).positions.map { offset in
      let input = offset.indices.map { axis in
        position[axis] * strides[axis] + offset[axis] * dilations[axis] - edges(axis, length: lengths[axis]).before
      }
      let isInside = zip(input, lengths).allSatisfy { (0..<$1).contains($0) }
      return Tap(offset: offset, input: isInside ? input : nil)
    }
  }

  /// `values`, one for each place of the window, as rows; only for windows over one or two axes.
  func view(_ name: String, _ values: [Double]) -> [Arithmetic.View] {
    guard rank <= 2 else { return [] }
    let width = size[rank - 1]
    return [
      .init(name: name, rows: stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) })
    ]
  }
}

extension Op.Convolution: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let (x, w) = (operands[0], operands[1])
    let (n, o) = (position[0], position[position.count - 1])
    let channels = x.shape.channels / groups
    let first = o / (w.shape.channels / groups) * channels
    let taps = window.taps(at: Array(position[1...window.rank]), over: Array(x.shape.dimensions[1...window.rank]))
    var terms: [Arithmetic.Term] = []
    for tap in taps {
      for i in 0..<channels {
        let value = tap.input.map { x.factor("x", [n] + $0 + [first + i]) } ?? .constant("padding", 0)
        terms.append(.init(value, w.factor("w", tap.offset + [i, o])))
      }
    }
    var arithmetic = Arithmetic("y[p, o] = Σ x[p·s + k·d − padding, i] · w[k, i, o]", .sum, terms)
    for i in 0..<channels {
      let ofChannel = stride(from: i, to: terms.count, by: channels).map { terms[$0].factors }
      let suffix = x.shape.channels > 1 ? ", channel \(first + i)" : ""
      arithmetic.views += window.view("window" + suffix, ofChannel.map { $0[0].value })
      arithmetic.views += window.view("kernel" + suffix, ofChannel.map { $0[1].value })
    }
    return arithmetic
  }
}
