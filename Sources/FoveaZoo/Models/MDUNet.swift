public import FoveaLayers

/// MDU-Net: Zhang et al. 2018, "MDU-Net: Multi-scale Densely Connected U-Net for biomedical image segmentation"; of its
/// variants the one that is proposed, encoder2-cross3-decoder2.
///
/// Every pair of convolutions of a U-Net reads maps of several scales: on the way down those of the two levels above, on
/// the way up those of the two levels below and of the way down at the level above, the same and the level below, all
/// brought to its size and joined. Input H×W×C, height and width multiples of 16. Ours are the ways in which maps come to
/// a size, down by max pooling and up by transposed convolutions that halve or quarter the channels, and the batch
/// normalisation; the quantisation of the weights, which the paper adds against overfitting, is left out.
public struct MDUNet: Layer {
  public var classes: Int
  /// The filters of the first convolutions; each level below has twice as many.
  public var filters: Int

  private static let bottom = 4

  public init(classes: Int = 2, filters: Int = 64) { (self.classes, self.filters) = (classes, filters) }

  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessImages("MDUNet") { return mistake }
    // One to a level, the finest first.
    var down: [Value] = []
    for level in 0...Self.bottom {
      let sources = level == 0 ? [x] : (max(level - 2, 0)..<level).reversed().map { pooled(down[$0], by: level - $0) }
      guard let joined = allJoined(sources) else { return sources.first { !$0.isValid }! }
      down.append(pair(level).named("down\(level + 1)")(joined))
      guard down[level].isValid else { return down[level] }
    }
    var up = [Self.bottom: down[Self.bottom]]
    for level in (0..<Self.bottom).reversed() {
      var sources = [down[level]]
      if level > 0 { sources.append(pooled(down[level - 1], by: 1)) }
      // At the bottom both ways are one, which is read once.
      if level + 1 < Self.bottom { sources.append(raised(down[level + 1], to: level, by: 1, "cross")) }
      for below in [level + 1, level + 2] {
        guard let source = up[below] else { continue }
        sources.append(raised(source, to: level, by: below - level, "upconv"))
      }
      guard let joined = allJoined(sources), joined.isValid else { return sources.first { !$0.isValid } ?? x }
      up[level] = pair(level).named("up\(level + 1)")(joined)
    }
    return Conv2D(filters: classes, kernel: 1, initializer: .heNormal).named("outputs")(up[0] ?? x)
  }

  private func pair(_ level: Int) -> Sequential {
    Sequential {
      for index in 1...2 {
        Conv2D(filters: filters << level, kernel: 3, padding: .same, bias: false, initializer: .heNormal)
          .named("conv\(index)")
        BatchNorm().named("norm\(index)")
        ReLU()
      }
    }
  }

  private func allJoined(_ sources: [Value]) -> Value? {
    sources.allSatisfy(\.isValid) ? sources[0].joined(with: Array(sources.dropFirst())) : nil
  }

  private func pooled(_ x: Value, by levels: Int) -> Value { MaxPool2D(Size2D(1 << levels))(x) }

  private func raised(_ x: Value, to level: Int, by levels: Int, _ name: String) -> Value {
    TransposedConv2D(
      filters: filters << level, kernel: Size2D(1 << levels), strides: Size2D(1 << levels), initializer: .heNormal
    ).named("\(name)\(level + 1)_\(level + levels + 1)")(x)
  }
}

extension MDUNet {
  static let entries = [
    CatalogueEntry(
      "mdunet", 2018, "Zhang et al., MDU-Net: Multi-scale Densely Connected U-Net", input: [256, 256, 3], classes: 2,
      options: [ModelOption("filters", "of the first convolutions", .integer(64, 1...1024))]
    ) { MDUNet(classes: $0.classes, filters: $0.integer("filters")) }
  ]
}
