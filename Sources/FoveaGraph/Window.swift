import FoveaCore

/// What is put around an image before a window slides over it.
public enum Padding: Hashable, Sendable {
  /// Nothing: the window stays inside. Output n − k + 1 at stride 1.
  case valid
  /// Zeros so that the output has ⌈n / stride⌉; an odd zero goes below and right, as in TensorFlow.
  case same
  /// As many zeros on both sides as let every input meet every position of the window: (k − 1) · dilation.
  /// Output n + k − 1 at stride 1.
  case full
  /// So many zeros before and after, for each spatial axis; one entry serves every axis.
  case edges([Edges])

  public struct Edges: Hashable, Sendable {
    public var before: Int
    public var after: Int
    public init(before: Int, after: Int) { (self.before, self.after) = (before, after) }
  }

  /// `width` zeros on every side.
  public static func explicit(_ width: Int) -> Padding { .edges([Edges(before: width, after: width)]) }

  /// Zeros above and below, left and right.
  public static func explicit(vertical: Int, horizontal: Int) -> Padding {
    .edges([Edges(before: vertical, after: vertical), Edges(before: horizontal, after: horizontal)])
  }
}

/// A window that slides over the spatial axes: the one geometry of convolution and pooling, in any number of axes.
public struct Window: Hashable, Sendable {
  public var size: [Int]
  public var strides: [Int]
  public var dilations: [Int]
  public var padding: Padding
  /// Whether a last window that hangs over the end counts too, as in PyTorch's `ceil_mode`: for pooling only. It must
  /// start inside the input or in the padding before it.
  public var roundsUp: Bool

  /// - Parameters: one entry for each spatial axis, or one entry for all of them.
  public init(
    size: [Int], strides: [Int] = [1], dilations: [Int] = [1], padding: Padding = .valid, roundsUp: Bool = false
  ) {
    self.size = size
    self.strides = strides.count == 1 ? size.map { _ in strides[0] } : strides
    self.dilations = dilations.count == 1 ? size.map { _ in dilations[0] } : dilations
    (self.padding, self.roundsUp) = (padding, roundsUp)
  }

  /// What a size, stride, dilation or padding may be, at most, so that no product of two overflows.
  static let sizes = 0...(1 << 24)

  /// The number of spatial axes.
  public var rank: Int { size.count }

  /// The number of positions in the window.
  public var count: Int { size.reduce(1) { saturatingProduct($0, $1) } }

  /// What the window spans with its gaps: (k − 1) · dilation + 1.
  public func extent(_ axis: Int) -> Int { (size[axis] - 1) * dilations[axis] + 1 }

  /// The zeros before and after `length` inputs along `axis`.
  public func edges(_ axis: Int, length: Int) -> Padding.Edges {
    switch padding {
    case .valid: return .init(before: 0, after: 0)
    case .full: return .init(before: extent(axis) - 1, after: extent(axis) - 1)
    case .edges(let edges): return edges.count == 1 ? edges[0] : edges[axis]
    case .same:
      let outputs = (length + strides[axis] - 1) / strides[axis]
      let total = max((outputs - 1) * strides[axis] + extent(axis) - length, 0)
      return .init(before: total / 2, after: total - total / 2)
    }
  }

  /// ⌊(n + p − ((k − 1) · d + 1)) / s⌋ + 1 along `axis`, or ⌈…⌉ if it rounds up; 0 where the window does not fit.
  public func output(_ axis: Int, length: Int) -> Int {
    let (edges, stride) = (edges(axis, length: length), strides[axis])
    let room = length + edges.before + edges.after - extent(axis) + (roundsUp ? stride - 1 : 0)
    guard room >= 0 else { return 0 }
    let last = room / stride
    return roundsUp && last * stride >= length + edges.before ? last : last + 1
  }

  /// How many positions of the window at output `position` lie inside the input or its padding; only windows that
  /// round up hang over.
  package func covered(_ axis: Int, at position: Int, length: Int) -> Int {
    let edges = edges(axis, length: length)
    let room = length + edges.after + edges.before - position * strides[axis]
    return min(size[axis], (room + dilations[axis] - 1) / dilations[axis])
  }

  /// The spatial sizes of the output.
  ///
  /// - Errors: a window that is larger than the padded input, with the formula and its numbers; attributes below 1.
  public func output(for lengths: [Int]) throws(ShapeError) -> [Int] {
    try checkAttributes()
    for axis in 0..<rank where output(axis, length: lengths[axis]) < 1 {
      let (n, k, d, s) = (lengths[axis], size[axis], dilations[axis], strides[axis])
      let edges = edges(axis, length: n)
      let largest = (n + edges.before + edges.after - 1) / d + 1
      throw ShapeError(
        "the \(spelled(size)) window does not fit into the \(spelled(lengths)) input: "
          + "\(roundsUp ? "⌈" : "⌊")(\(n) + \(edges.before) + \(edges.after) − ((\(k) − 1)·\(d) + 1)) / \(s)"
          + "\(roundsUp ? "⌉" : "⌋") + 1 < 1",
        fix: largest >= 1
          ? "use padding same, or a window of at most \(largest)" : "the input is empty: shrink it less before")
    }
    return (0..<rank).map { output($0, length: lengths[$0]) }
  }

  /// The spatial sizes of which this window, sliding with its strides, gives `lengths`: what a transposed convolution
  /// makes. (n − 1) · s + (k − 1) · d + 1 − p + `outputPadding` along an axis; n · s with padding .same.
  ///
  /// - Parameters:
  ///   - lengths: the sizes of the output along the spatial axes.
  ///   - outputPadding: positions more at the end of each axis: ⌊ ⌋ in `output(for:)` leaves open how many the input
  ///     had, 0..<stride.
  /// - Errors: a result without positions, with the formula and its numbers; attributes below 1.
  public func input(giving lengths: [Int], outputPadding: [Int]) throws(ShapeError) -> [Int] {
    try checkAttributes()
    for axis in 0..<rank where !(0..<strides[axis]).contains(outputPadding[axis]) {
      let most = max(strides[axis], dilations[axis]) - 1
      throw ShapeError(
        "the output padding is \(outputPadding[axis]) at stride \(strides[axis])"
          + (dilations[axis] > 1 ? " and dilation \(dilations[axis])" : ""),
        fix: "use \(most == 0 ? "0" : "0 to \(most)"): no window reaches the positions beyond")
    }
    if padding == .same {
      if let extra = outputPadding.first(where: { $0 > 0 }) {
        throw ShapeError(
          "the output padding is \(extra), but padding same gives exactly n·stride",
          fix: "leave it out, or use a padding in numbers")
      }
      return (0..<rank).map { saturatingProduct(lengths[$0], strides[$0]) }
    }
    var result: [Int] = []
    for axis in 0..<rank {
      let (n, k, d, s) = (lengths[axis], size[axis], dilations[axis], strides[axis])
      let edges = edges(axis, length: n)
      let uncut = saturatingProduct(n - 1, s) + extent(axis) + outputPadding[axis]
      guard uncut > edges.before + edges.after else {
        throw ShapeError(
          "nothing is left of the transposed \(spelled(size)) window over \(spelled(lengths)): "
            + "(\(n) − 1)·\(s) + (\(k) − 1)·\(d) + 1 − \(edges.before) − \(edges.after) + \(outputPadding[axis]) < 1",
          fix: "use a padding of at most \((uncut - 1) / 2), or padding same")
      }
      result.append(uncut - edges.before - edges.after)
    }
    return result
  }

  /// What a transposed convolution computes if the output padding is not below the stride: positions more at the end are
  /// what padding need not cut off there, and `zeros` if there is none, below the dilation.
  package func trading(outputPadding: [Int]) -> (window: Window, outputPadding: [Int], zeros: [Int]) {
    var (window, rest, zeros) = (self, outputPadding, outputPadding.map { _ in 0 })
    guard padding != .same, [size, strides, dilations].allSatisfy({ $0.count == outputPadding.count }) else {
      return (window, rest, zeros)
    }
    if case .edges(let given) = padding, given.count == 1 || given.count == rank {
      var edges = given.count == 1 ? size.map { _ in given[0] } : given
      for axis in 0..<rank where rest[axis] >= strides[axis] && edges[axis].after > 0 {
        let traded = min(rest[axis], edges[axis].after)
        edges[axis].after -= traded
        rest[axis] -= traded
      }
      if rest != outputPadding { window.padding = .edges(edges) }
    }
    for axis in 0..<rank where rest[axis] >= strides[axis] && rest[axis] < dilations[axis] && strides[axis] > 0 {
      zeros[axis] = rest[axis] - (strides[axis] - 1)
      rest[axis] = strides[axis] - 1
    }
    return (window, rest, zeros)
  }

  /// - Errors: sizes, strides, dilations and paddings that are too small, too large, or not one for each axis.
  package func checkAttributes() throws(ShapeError) {
    func check(_ values: [Int], _ name: String, atLeast least: Int) throws(ShapeError) {
      if let bad = values.first(where: { $0 < least || $0 > Self.sizes.upperBound }) {
        throw ShapeError("the \(name) is \(bad)", fix: "use \(least) or more, \(Self.sizes.upperBound) at most")
      }
    }
    func check(_ count: Int, _ name: String) throws(ShapeError) {
      guard count == rank else {
        throw ShapeError("\(count) \(name) for \(rank) axes", fix: "give one, or one for each axis")
      }
    }
    try check(size, "window size", atLeast: 1)
    try check(strides, "stride", atLeast: 1)
    try check(strides.count, "strides")
    try check(dilations, "dilation", atLeast: 1)
    try check(dilations.count, "dilations")
    if case .edges(let edges) = padding {
      try check(edges.flatMap { [$0.before, $0.after] }, "padding", atLeast: 0)
      try check(edges.count == 1 ? rank : edges.count, "paddings")
    }
  }

  private func spelled(_ sizes: [Int]) -> String { Shape(sizes).description }
}
