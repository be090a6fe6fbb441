package import FoveaCore
package import FoveaGraph

extension Op.MaxPool: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let x = inputs[0]
    var y = ReferenceTensor<Scalar>(shape: shape)
    window.forEachPlace(over: x.shape) { atY, atX in y.values[atY] = x.values[x.firstLargest(of: atX)] }
    return y
  }
}

extension Op.MaxPoolGradient: ReferenceKernel {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    let (g, x) = (inputs[0], inputs[1])
    var result = ReferenceTensor<Scalar>(shape: shape)
    forward.window.forEachPlace(over: x.shape) { atY, atX in result.values[x.firstLargest(of: atX)] += g.values[atY] }
    return result
  }
}

extension ReferenceTensor {
  /// The place of the largest of these elements, the first of equals; of one that is not a number, the last, if any.
  func firstLargest(of places: [Int]) -> Int {
    var largest = places[0]
    for place in places where values[place] > values[largest] || values[place].isNaN { largest = place }
    return largest
  }
}

extension Window {
  /// Calls `body` for every output of a pooling of `N×spatial…×C`: its place in y and the places in x under its window.
  func forEachPlace(over x: Shape, _ body: (_ atY: Int, _ atX: [Int]) -> Void) {
    let lengths = Array(x.dimensions[1...rank])
    let positions = Shape(lengths).count
    let taps = taps(over: lengths)
    for n in 0..<x[0] {
      for (p, taps) in zip((n * taps.count)..., taps) {
        for c in 0..<x.channels {
          body(p * x.channels + c, taps.map { (n * positions + $0.input) * x.channels + c })
        }
      }
    }
  }
}
