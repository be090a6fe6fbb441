/// The part of the model's input that one position of a value depends on, along each spatial axis.
///
/// Sizes are those of the formula: they count padded positions too, so they may exceed the input's height or width.
///
/// - Source: Araujo, Norris & Sim 2019, "Computing Receptive Fields of Convolutional Neural Networks", §2.
public struct ReceptiveField: Hashable, Sendable {
  /// Position i of the value sees the positions `start + i · step ..< start + i · step + size` of the input.
  public struct Axis: Hashable, Sendable {
    public var size: Int
    /// How far the field moves in the input from one position to the next (the "jump").
    public var step: Int
    public var start: Int
    /// How many positions the value has along this axis; several even when they are flattened into one row.
    var positions: Int
    /// The axis of the value along which the positions lie; `nil` once they are flattened.
    var tensorAxis: Int?

    /// So many positions more are seen together.
    mutating func widen(by count: Int) { size = min(size + saturatingProduct(count, step), saturation) }

    /// The first position moves so many positions on.
    mutating func move(by count: Int) {
      start += count.signum() * saturatingProduct(abs(count), step)
      start = min(max(start, -saturation), saturation)
    }

    /// The positions become so many. A step is a whole number of inputs: what is finer than one counts as one.
    mutating func stretch(to count: Int) {
      step = max((saturatingProduct(step, positions) + count - 1) / max(count, 1), 1)
      positions = count
    }

    /// All positions seen together: from the first one's field to the last one's.
    mutating func collapse() {
      widen(by: positions - 1)
      positions = 1
    }
  }

  /// Height and width of an image.
  public var axes: [Axis]

  /// Of the model's input: every position sees itself. Whole numbers have no channels yet: each of them is a position.
  init(input: Shape, elementType: ElementType) {
    let positions = input.dimensions.indices.dropFirst().dropLast(elementType == .int32 ? 0 : 1)
    axes = positions.map {
      Axis(size: 1, step: 1, start: 0, positions: input[$0], tensorAxis: $0)
    }
  }

  /// One position of both: what either sees. Where they move at different steps, as when a pooled value scales an
  /// image, the larger size counts.
  func union(_ other: ReceptiveField) -> ReceptiveField {
    var result = self
    for i in axes.indices where i < other.axes.count {
      let (a, b) = (axes[i], other.axes[i])
      result.axes[i] = a.positions >= b.positions ? a : b
      result.axes[i].start = min(a.start, b.start)
      result.axes[i].size =
        a.step == b.step && a.positions == b.positions
        ? max(a.start + a.size, b.start + b.size) - min(a.start, b.start) : max(a.size, b.size)
    }
    return result
  }

  func mapAxes(_ body: (inout Axis) -> Void) -> ReceptiveField {
    var result = self
    for i in axes.indices { body(&result.axes[i]) }
    return result
  }

  /// What a window that slides over this value's spatial axes sees.
  func slid(_ window: Window, over shape: Shape) -> ReceptiveField {
    mapAxes { axis in
      guard let tensorAxis = axis.tensorAxis, (1...window.rank).contains(tensorAxis) else { return }
      let i = tensorAxis - 1
      let length = shape[tensorAxis]
      axis.move(by: -window.edges(i, length: length).before)
      axis.widen(by: window.extent(i) - 1)
      axis.step = saturatingProduct(axis.step, window.strides[i])
      axis.positions = window.output(i, length: length)
    }
  }

  /// What a transposed window sees: of the outputs `step` apart, those that the kernel spread to a position. The step is
  /// divided by the stride; where it would fall below one position of the model's input it stays 1.
  func spread(_ window: Window, over shape: Shape, to output: Shape) -> ReceptiveField {
    mapAxes { axis in
      guard let tensorAxis = axis.tensorAxis, (1...window.rank).contains(tensorAxis) else { return }
      let i = tensorAxis - 1
      let (stride, reach) = (window.strides[i], window.extent(i) - 1)
      // The first input p of output 0 is the least with p · stride + reach ≥ before.
      axis.move(by: -((reach - window.edges(i, length: output[tensorAxis]).before) / stride))
      axis.widen(by: reach / stride)
      axis.step = max(axis.step / stride, 1)
      axis.positions = output[tensorAxis]
    }
  }

  /// What a position sees with a border around the value, so wide before and after each of its axes.
  func padded(before: [Int], after: [Int]) -> ReceptiveField {
    mapAxes { axis in
      guard let tensorAxis = axis.tensorAxis else { return }
      axis.move(by: -before[tensorAxis])
      axis.positions += before[tensorAxis] + after[tensorAxis]
    }
  }

  /// What an operation sees that combines everything along `tensorAxes`. Where flattened positions lie is not known:
  /// they count as combined.
  func collapsed(along tensorAxes: [Int]) -> ReceptiveField {
    mapAxes { if $0.tensorAxis.map(tensorAxes.contains) ?? true { $0.collapse() } }
  }
}

extension Graph {
  /// The receptive field of every node that depends on the input `input`; `nil` for the others, such as parameters.
  package var receptiveFields: [ReceptiveField?] {
    var fields: [ReceptiveField?] = []
    for node in nodes {
      if let input = node.operation as? Op.Input, input.name == "input" {
        fields.append(ReceptiveField(input: node.shape, elementType: node.elementType))
        continue
      }
      let looked = node.inputs.compactMap { id in
        fields[id].map { field in
          (node.operation as? any ReceptiveFieldRule)?.field(from: field, of: nodes[id].shape) ?? field
        }
      }
      fields.append(looked.dropFirst().reduce(looked.first) { $0?.union($1) })
    }
    return fields
  }
}
