import FoveaCore
import FoveaFormats
import FoveaGraph

extension ONNXOperators {
  static let roundings: [String: Make] = [
    "Floor": each { $0.applying(Op.Round(.down)) }, "Ceil": each { $0.applying(Op.Round(.up)) },
    "Round": each { $0.applying(Op.Round(.nearest)) },
    "Cast": { node throws(ImportError) in
      [try cast(node, to: ONNXType(code: Int32(truncatingIfNeeded: try node.integer("to", 1))))]
    },
    "CastLike": { node throws(ImportError) in
      [try cast(node, to: likeness(node))]
    },
  ]

  /// What the second input is made of.
  static func likeness(_ node: NodeContext) throws(ImportError) -> ONNXType {
    guard node.inputCount == 2 else { throw ImportError("it has \(node.inputCount) inputs", fix: "give two") }
    if let type = node.graph.type(of: node.node.inputs[1]) { return type }
    return switch node.kind(1) {
    case .real: .float32
    case .whole: .int64
    case .truth: .bool
    }
  }

  /// All floats are float32 here, rounded to what the type can hold.
  private static func cast(_ node: NodeContext, to type: ONNXType) throws(ImportError) -> LaidOut {
    guard type.isRead else { throw .unsupported("a cast to ONNX's type \(type.code)") }
    let (x, kind) = (try node.input(0), node.kind(0))
    let y =
      switch (NumberKind(type), kind) {
      case (.real, _): narrowed(x.value, to: type)
      case (.truth, .truth): x.value
      case (.truth, _): 1 - x.value.compared(.equal, node.builder.constant(Tensor(0)))
      case (.whole, .real): wrapped(x.value.applying(Op.Round(.towardZero)), to: type)
      case (.whole, _): wrapped(x.value, to: type)
      }
    return x.with(try node.checked(y)).meaning(NumberKind(type))
  }

  private static func narrowed(_ x: Value, to type: ONNXType) -> Value {
    switch type.code {
    case 10: x.applying(Op.Round(.float16))
    case 16: x.applying(Op.Round(.bfloat16))
    default: x
    }
  }

  /// Of a whole number that a narrow type cannot hold, its lower bits stay.
  private static func wrapped(_ x: Value, to type: ONNXType) -> Value {
    guard let range = type.narrowRange else { return x }
    let count = Float(range.count)
    let lowest = Float(range.lowerBound)
    return x - count * ((x - lowest) / count).applying(Op.Round(.down))
  }
}

extension ONNXType {
  /// What integers of 8 and 16 bits can hold.
  var narrowRange: ClosedRange<Int>? {
    switch code {
    case 2: 0...255
    case 3: -128...127
    case 4: 0...65535
    case 5: -32768...32767
    default: nil
    }
  }
}
