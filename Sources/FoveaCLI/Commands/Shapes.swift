import FoveaExplain
import FoveaLayers

/// `fovea shapes`: the output size of a convolution or pooling, worked out.
enum Shapes: Command {
  static let name = "shapes"
  static let summary = "works out the output size of a convolution or a pooling"
  static let discussion = """
     One size for each axis, such as 227, 224x224 or 16x112x112; one number for the kernel, stride, dilation or padding \
    serves every axis.
    """
  static let examples = [
    "shapes --input 227 --kernel 11 --stride 4", "shapes --input 28 --kernel 3 --stride 2 --padding same",
    "shapes --input 30x40 --kernel 3x5 --dilation 2 --padding 1x0",
    "shapes --input 14 --kernel 3 --stride 2 --padding 1 --transposed --output-padding 1",
  ]
  static let input = Option(required: "input", "N", "the size of the input, for each axis", .sizes(1...limit))
  static let kernel = Option(required: "kernel", "N", "the size of the window", .sizes(1...limit))
  static let stride = Option("stride", "N", "how far the window moves", .sizes(1...limit), default: [1], "1")
  static let dilation = Option(
    "dilation", "N", "the distance of neighbours in the window; 2 leaves gaps of one", .sizes(1...limit), default: [1],
    "1")
  static let padding = Option(
    "padding", "P", "valid (none), same, full, so many zeros on each side, or BEFORE:AFTER", .paddings,
    default: [.valid], "valid")
  static let transposed = Option("transposed", "a transposed convolution, which makes larger")
  static let outputPadding = Option(
    "output-padding", "N", "of a transposed convolution: so many outputs more at the end", .sizes(0...limit),
    default: [0], "0")
  static let ceil = Option("ceil", "rounds up: a last window that hangs over the end counts too, as in ceil_mode")
  static let options: [any OptionDeclaration] = [
    input, kernel, stride, dilation, padding, ceil, transposed, outputPadding, Common.json,
  ]
  /// So large that no sum or product overflows.
  private static let limit = 1 << 24

  private struct Report: Encodable {
    let output: [Int]
    let axes: [Axis]
  }

  private struct Axis: Encodable {
    let arithmetic: WindowArithmetic

    private enum Keys: String, CodingKey { case effectiveKernel, formula, numbers, leftOver }

    func encode(to encoder: any Encoder) throws {
      try arithmetic.encode(to: encoder)
      var values = encoder.container(keyedBy: Keys.self)
      try values.encode(arithmetic.effectiveKernel, forKey: .effectiveKernel)
      try values.encode(arithmetic.formula, forKey: .formula)
      try values.encode(arithmetic.numbers, forKey: .numbers)
      try values.encode(arithmetic.leftOver, forKey: .leftOver)
    }
  }

  static func run(_ arguments: Arguments) throws {
    let axes = try axes(arguments)
    if arguments[Common.json] {
      return try Console.printJSON(Report(output: axes.map(\.output), axes: axes.map(Axis.init)))
    }
    var blocks: [String] = []
    if axes.count > 1 { blocks.append("output " + Shape(axes.map(\.output)).description) }
    for (index, axis) in axes.enumerated() where axes.firstIndex(of: axis) == index {
      let same = axes.indices.filter { axes[$0] == axis }.map { "\($0 + 1)" }
      let heading =
        axes.count == 1 ? "" : "\(same.count == 1 ? "axis" : "axes") \(listed(same).replacing(" or ", with: " and "))\n"
      blocks.append(heading + text(axis))
    }
    try Console.print(blocks.joined(separator: "\n\n"))
  }

  private static func axes(_ arguments: Arguments) throws -> [WindowArithmetic] {
    let lengths = arguments[input]
    func spread<Value>(_ values: [Value], _ name: String) throws(UsageError) -> [Value] {
      guard values.count == 1 || values.count == lengths.count else {
        throw UsageError(
          "--\(name) has \(counted(values.count, "number")) for \(counted(lengths.count, "axis", "axes")): "
            + "give one, or one for each")
      }
      return values.count == 1 ? lengths.map { _ in values[0] } : values
    }
    let kernels = try spread(arguments[kernel], "kernel")
    let strides = try spread(arguments[stride], "stride")
    let dilations = try spread(arguments[dilation], "dilation")
    let paddings = try spread(arguments[padding], "padding")
    if !arguments[transposed], arguments.has(outputPadding) {
      throw UsageError("--output-padding belongs to a transposed convolution: add --transposed")
    }
    if arguments[transposed], arguments[ceil] {
      throw UsageError("--ceil belongs to a pooling or a convolution: leave out --transposed")
    }
    let more = try spread(arguments[outputPadding], "output-padding")
    var errors: [ShapeError] = []
    let axes = try lengths.indices.compactMap { axis -> WindowArithmetic? in
      let window = Window(
        size: [kernels[axis]], strides: [strides[axis]], dilations: [dilations[axis]], padding: paddings[axis],
        roundsUp: arguments[ceil])
      do {
        let extent = window.extent(0)
        guard extent <= limit else {
          throw ShapeError("the window spans \(extent) inputs", fix: "use a kernel and a dilation of \(limit) at most")
        }
        guard arguments[transposed] else {
          _ = try window.output(for: [lengths[axis]])
          return WindowArithmetic(window, axis: 0, length: lengths[axis])
        }
        let (traded, extra, _) = window.trading(outputPadding: [more[axis]])
        _ = try traded.input(giving: [lengths[axis]], outputPadding: extra)
        return WindowArithmetic(transposed: window, axis: 0, length: lengths[axis], outputPadding: more[axis])
      } catch var error as ShapeError {
        if lengths.count > 1 { error.path = "axis \(axis + 1)" }
        errors.append(error)
        return nil
      }
    }
    // Every axis that does not fit, each with its number.
    guard errors.isEmpty else {
      if lengths.count > 1 { throw ModelError(errors) }
      throw CommandError("\(errors[0].problem); \(errors[0].fix)")
    }
    return axes
  }

  private static func text(_ axis: WindowArithmetic) -> String {
    let paddingText =
      axis.isTransposed
      ? "cuts off \(axis.paddingBefore) before, \(axis.paddingAfter) after"
        + (axis.outputPadding > 0 ? ", adds \(axis.outputPadding) at the end" : "")
      : "\(axis.paddingBefore) before, \(axis.paddingAfter) after"
    var rows = [
      ["output", "\(axis.output)"],
      ["effective kernel", "(k − 1)·d + 1 = \(axis.effectiveKernelNumbers)"],
      ["padding", paddingText],
      ["formula", axis.formula],
      ["with numbers", axis.numbers],
    ]
    if axis.leftOver > 0 {
      rows.append(["left over", "\(axis.leftOver) at the end, padding included: no window reaches there"])
    }
    return aligned(rows).joined(separator: "\n")
  }
}

extension ValueKind where Value == [Int] {
  /// One to three sizes with `x` or `×` between them.
  static func sizes(_ range: ClosedRange<Int>) -> ValueKind {
    ValueKind(
      expectation: "whole numbers from \(range.lowerBound) to \(range.upperBound), such as 3 or 3x3, for at most 3 axes"
    ) { text in
      let sizes = text.split(omittingEmptySubsequences: false) { "xX×".contains($0) }.map { Int($0) ?? -1 }
      return sizes.count <= 3 && sizes.allSatisfy(range.contains) ? sizes : nil
    }
  }
}

extension ValueKind where Value == [Padding] {
  /// `same`, `2`, `1x0`, `0:1`.
  static let paddings = ValueKind(
    expectation: "valid, same, full, a width from 0 to \(1 << 24) such as 1 or 1x0, or BEFORE:AFTER such as 0:1",
    words: ["valid", "same", "full"]
  ) { text in
    let words: [String: Padding] = ["valid": .valid, "same": .same, "full": .full]
    if let rule = words[text] { return [rule] }
    let rules = text.split(omittingEmptySubsequences: false) { "xX×".contains($0) }.map { part -> Padding? in
      let widths = part.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
      guard (1...2).contains(widths.count), widths.allSatisfy((0...(1 << 24)).contains) else { return nil }
      return .edges([.init(before: widths[0], after: widths[widths.count - 1])])
    }
    return rules.count <= 3 && !rules.contains(nil) ? rules.compactMap(\.self) : nil
  }
}
