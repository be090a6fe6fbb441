package import FoveaCore
package import FoveaGraph

/// An operation that moves elements: each number of the result is one of an input, or a constant.
package protocol ExplainedMove: Explainable {
  /// Which operand, and where in it; `nil` for the constant `filling`.
  func origin(of position: [Int], operands: [Shape], result: Shape) -> (operand: Int, position: [Int])?
  var filling: Double { get }
}

extension ExplainedMove {
  package var filling: Double { 0 }

  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let formula = "y is an element of x: \(label) computes nothing"
    guard let origin = origin(of: position, operands: operands.map(\.shape), result: result) else {
      return Arithmetic("y is padding", .only, [.init(.constant("padding", filling))])
    }
    return Arithmetic(formula, .only, [.init(operands[origin.operand].factor("x", origin.position))])
  }
}

extension Op.Reshape: ExplainedMove {
  package func origin(of position: [Int], operands: [Shape], result: Shape) -> (operand: Int, position: [Int])? {
    (0, operands[0].position(of: result.element(at: position)))
  }
}

extension Op.Transpose: ExplainedMove {
  package func origin(of position: [Int], operands: [Shape], result: Shape) -> (operand: Int, position: [Int])? {
    (0, inverse.order.map { position[$0] })
  }
}

extension Op.Slice: ExplainedMove {
  package func origin(of position: [Int], operands: [Shape], result: Shape) -> (operand: Int, position: [Int])? {
    (0, zip(start, position).map { $0 + $1 })
  }
}

extension Op.Pad: ExplainedMove {
  package var filling: Double { Double(value) }

  package func origin(of position: [Int], operands: [Shape], result: Shape) -> (operand: Int, position: [Int])? {
    let place = zip(position, before).map { $0 - $1 }
    return zip(place, operands[0].dimensions).allSatisfy { (0..<$1).contains($0) } ? (0, place) : nil
  }
}

extension Op.Concatenate: ExplainedMove {
  package func origin(of position: [Int], operands: [Shape], result: Shape) -> (operand: Int, position: [Int])? {
    var place = position
    for (index, shape) in operands.enumerated() {
      if place[axis] < shape[axis] { return (index, place) }
      place[axis] -= shape[axis]
    }
    return nil
  }
}

extension Op.Broadcast: ExplainedMove {
  package func origin(of position: [Int], operands: [Shape], result: Shape) -> (operand: Int, position: [Int])? {
    let shape = operands[0]
    return (0, zip(shape.dimensions, position.suffix(shape.rank)).map { $0 == 1 ? 0 : $1 })
  }
}

extension Op.Patches: ExplainedMove {
  package func origin(of position: [Int], operands: [Shape], result: Shape) -> (operand: Int, position: [Int])? {
    let x = operands[0]
    let (place, channel) = position[position.count - 1].quotientAndRemainder(dividingBy: x.channels)
    let offset = Shape(window.size).position(of: place)
    let input = (0..<window.rank).map { axis in
      let before = window.edges(axis, length: x[axis + 1]).before
      return position[axis + 1] * window.strides[axis] + offset[axis] * window.dilations[axis] - before
    }
    let isInside = zip(input, x.dimensions.dropFirst()).allSatisfy { (0..<$1).contains($0) }
    return isInside ? (0, [position[0]] + input + [channel]) : nil
  }
}
