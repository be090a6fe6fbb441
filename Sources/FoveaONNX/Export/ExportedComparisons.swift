import FoveaCore
import FoveaFormats
import FoveaGraph

extension Op.Compare: ONNXExportable {
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    let (names, isChannelsFirst) = try node.aligned()
    let type =
      switch relation {
      case .equal: "Equal"
      case .less: "Less"
      case .lessOrEqual: "LessOrEqual"
      }
    let answers = node.emit(type, names, attributes: [:])[0]
    return Exported(node.emit("Cast", answers, attributes: ["to": .integer(1)]), isChannelsFirst: isChannelsFirst)
  }
}

extension Op.Mask: ONNXExportable {
  func export(_ node: ExportContext) throws(ExportError) -> Exported {
    let (names, isChannelsFirst) = try node.aligned()
    let isKept = node.emit("Cast", names[1], attributes: ["to": .integer(9)])
    return Exported(node.emit("Where", isKept, names[0], node.number(0)), isChannelsFirst: isChannelsFirst)
  }
}

extension Op.Round: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String {
    func narrowed(_ type: Int) -> String {
      node.emit("Cast", node.emit("Cast", x, attributes: ["to": .integer(type)]), attributes: ["to": .integer(1)])
    }
    return switch target {
    case .down: node.emit("Floor", x)
    case .up: node.emit("Ceil", x)
    case .nearest: node.emit("Round", x)
    case .towardZero: node.emit("Mul", node.emit("Sign", x), node.emit("Floor", node.emit("Abs", x)))
    case .float16: narrowed(10)
    case .bfloat16: narrowed(16)
    }
  }
}

extension Op.Trigonometric: ONNXFunction {
  func export(_ x: String, _ node: ExportContext) -> String {
    switch function {
    case .sine: node.emit("Sin", x)
    case .cosine: node.emit("Cos", x)
    case .arctangent: node.emit("Atan", x)
    }
  }
}

extension Op.Convert: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    Exported(node.emit("Cast", node.plain(0), attributes: ["to": .integer(isToFloat ? 1 : 6)]))
  }
}

extension Op.BestPositions: ONNXExportable {
  func export(_ node: ExportContext) -> Exported {
    let results = node.emit(
      "TopK", [node.plain(0), node.integers([count])], attributes: ["largest": .integer(isLargest ? 1 : 0)], outputs: 2)
    return Exported(node.emit("Cast", results[1], attributes: ["to": .integer(6)]))
  }
}
