import FoveaCompiler
import FoveaCore
import FoveaGraph
import Testing

/// What the gradients read in place of what was normalised.
private enum Other { case x, moments, scale }

/// Both gradients of `relu(batch_normalize(x))` from that of its result; `reader` may read the rectifier's gradient, too.
private func step(
  _ builder: GraphBuilder, epsilon: Float = 1e-3, of y: (Value, Value) -> Value = { $1 }, other: Other? = nil,
  reader: (Value) -> Void = { _ in }
) {
  let (x, g) = (builder.input("x", shape: [2, 5, 3]), builder.input("g", shape: [2, 5, 3]))
  let (scale, bias) = (parameter(builder, "scale", 3), parameter(builder, "bias", 3))
  let moments = x.applying(Op.BatchMoments())
  let rectified = x.applying(Op.BatchNormalize(epsilon: 1e-3), moments, scale, bias).applying(Op.ReLU())
  let gradient = g.applying(Op.ReLUGradient(), y(x, rectified))
  let z = other == .x ? x.applying(Op.Tanh()) : x
  let factor = other == .scale ? bias : scale
  let read = other == .moments ? x.applying(Op.Tanh()).applying(Op.BatchMoments()) : moments
  let sums = gradient.applying(Op.BatchNormReductions(epsilon: epsilon), z, read)
  builder.output("sums", sums)
  builder.output("dx", gradient.applying(Op.BatchNormInputGradient(epsilon: epsilon), z, read, factor, sums))
  builder.output("y", rectified)
  reader(gradient)
}

@Suite struct `A rectifier's gradient before that of a normalisation` {
  @Test func `is found where it is read`() throws {
    let found = try listing(after: FuseRectifierGradient()) { step($0) }
    #expect(
      found == [
        "0 input x", "1 input g", "2 parameter scale", "3 parameter bias", "4 batch_moments(0)",
        "5 batch_normalize(0, 4, 2, 3)", "6 relu(5)", "7 relu_gradient+batch_norm_reductions(1, 0, 4, 2, 3)",
        "8 relu_gradient+batch_norm_input_gradient(1, 0, 4, 2, 7, 3)", "output sums = 7", "output dx = 8",
        "output y = 6",
      ])
  }

  @Test func `stays where others read it, or something else was rectified`() throws {
    func isFused(_ trace: @escaping (GraphBuilder) -> Void) throws -> Bool {
      try listing(after: FuseRectifierGradient(), trace).contains { $0.contains("relu_gradient+") }
    }
    #expect(try isFused { step($0) })
    #expect(
      try !isFused { builder in
        step(builder, reader: { builder.output("gradient", $0.applying(Op.Tanh())) })
      })
    #expect(try !isFused { step($0, epsilon: 1e-2) })
    for other in [.x, .moments, .scale] as [Other] { #expect(try !isFused { step($0, other: other) }, "\(other)") }
    #expect(try !isFused { step($0, of: { x, _ in x }) })
    #expect(try !isFused { step($0, of: { x, _ in x.applying(Op.ReLU()) }) })
  }
}
