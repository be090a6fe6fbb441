import FoveaCore
import FoveaData
import FoveaGraph

/// What another program may do to its input first.
extension UsualCause {
  static var inputs: [(String, Change)] {
    [("the channels of the input come in the opposite order there, as RGB and BGR", reversingChannels)]
      + (scalings + normalizations).map { text, map in (text, { mapping(&$0, $1, by: map) }) }
  }

  /// Numbers of each channel times a factor, plus an offset; one of each for all channels, or one for each.
  private struct Map {
    var factors: [Float]
    var offsets: [Float] = [0]
  }

  private static let scalings = [
    ("the input is multiplied by 255 there", Map(factors: [255])),
    ("the input is divided by 255 there", Map(factors: [1 / 255])),
    ("numbers 0...1 of the input become -1...1 there", Map(factors: [2], offsets: [-1])),
    ("numbers -1...1 of the input become 0...1 there", Map(factors: [0.5], offsets: [0.5])),
    (
      "the input goes from ImageNet's moments to -1...1 there, as by torchvision's transform_input",
      Map(
        factors: Preprocessing.imageNet.deviation.map { $0 / 0.5 },
        offsets: Preprocessing.imageNet.mean.map { ($0 - 0.5) / 0.5 })
    ),
  ]

  /// Those that have a name, on bytes and on numbers 0...1, and undone.
  private static let normalizations = Preprocessing.named.sorted { $0.key < $1.key }.flatMap { name, known in
    let pairs = Array(zip(known.mean, known.deviation))
    func normalizing(_ scale: Float) -> Map {
      Map(factors: pairs.map { scale / $1 }, offsets: pairs.map { -$0 / $1 })
    }
    let scale = Float(known.scale)
    return known.mean.allSatisfy { $0 == 0 }
      ? []
      : [
        ("the input, as numbers 0...1, is normalised there as by --preprocessing \(name)", normalizing(scale * 255)),
        ("the input, as bytes, is normalised there as by --preprocessing \(name)", normalizing(scale)),
        (
          "the input is not normalised there, as it was by --preprocessing \(name)",
          Map(factors: known.deviation, offsets: known.mean)
        ),
      ]
  }

  private static func isPicture(_ node: Graph.Node) -> Bool {
    node.operation is Op.Input && node.elementType == .float32 && node.shape.rank >= 2
  }

  private static func mapping(_ graph: inout Graph.Rewriting, _ node: Graph.Node, by map: Map) -> Graph.NodeID? {
    let channels = node.shape.channels
    func each(_ numbers: [Float]) -> [Float]? {
      numbers.count == channels
        ? numbers : Set(numbers).count == 1 ? Array(repeating: numbers[0], count: channels) : nil
    }
    guard isPicture(node), let factors = each(map.factors), let offsets = each(map.offsets) else { return nil }
    let matrix = SparseMatrix(rows: channels, columns: channels) { [.init($0, Double(factors[$0]))] }
    let scaled = graph.add(
      Op.SparseMap(along: node.shape.rank - 1, matrix), graph.add(node), path: node.path)
    return graph.add(
      Op.Add(), scaled, graph.add(Op.Constant(Tensor(offsets, shape: [channels])), path: node.path), path: node.path)
  }

  private static func reversingChannels(_ graph: inout Graph.Rewriting, _ node: Graph.Node) -> Graph.NodeID? {
    guard isPicture(node), node.shape.rank >= 3, node.shape.channels > 1 else { return nil }
    let matrix = SparseMatrix(gathering: (0..<node.shape.channels).reversed(), of: node.shape.channels)
    return graph.add(
      Op.SparseMap(along: node.shape.rank - 1, matrix), graph.add(node), path: node.path)
  }
}
