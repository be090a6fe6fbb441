public import FoveaCore

extension Preprocessing {
  /// The preprocessings that have a name.
  public static let named: [String: Preprocessing] = [
    "imagenet": .imageNet,
    "imagenet-caffe": try! Preprocessing(
      shortSide: 256, crop: [227, 227], order: .bgr, scale: 1, mean: [104, 117, 123]),
    "imagenet-tensorflow": try! Preprocessing(
      shortSide: 256, crop: [224, 224], cropRounding: .down, scale: 1, mean: [128], deviation: [128]),
    "cifar10": try! Preprocessing(mean: [0.4914, 0.4822, 0.4465], deviation: [0.2023, 0.1994, 0.2010]),
    "mnist": try! Preprocessing(color: .gray, mean: [0.1307], deviation: [0.3081]),
    "unit": try! Preprocessing(),
  ]

  /// Reads a text such as `imagenet`, `imagenet,short=183,crop=160` or
  /// `short=256,crop=224x224,scale=1,mean=104/117/123,deviation=1,order=bgr,color=rgb`.
  ///
  /// What follows a name changes what the name stands for; without one, it changes nothing being done but bytes
  /// becoming 0...1. Where a network takes another size than a name stands for, the short side changes in proportion;
  /// networks of less than 96 pixels take as much of a picture as fills them, as those for CIFAR-10 do.
  ///
  /// - Parameters:
  ///   - text: the parts, with commas between them.
  ///   - input: the shape that the network takes, H×W×C: what the crop and the colours are where the text is silent.
  /// - Errors: a part that is none of these, and what it may be.
  public init(parsing text: String, for input: Shape) throws(DataError) {
    var parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var base = Preprocessing.named["unit"]!
    if let first = parts.first, !first.contains("=") {
      guard let named = Self.named[first] else {
        let names = Self.named.keys.sorted().joined(separator: ", ")
        throw DataError(.usage, "preprocessing", "there is no '\(first)'; there are \(names)")
      }
      base = named
      parts.removeFirst()
    }
    var (shortSide, order, scale, mean, deviation) = (base.shortSide, base.order, base.scale, base.mean, base.deviation)
    var crop: Shape? = input.rank == 3 ? [input[0], input[1]] : base.crop
    if let side = shortSide, let own = base.crop?.dimensions.max(), let largest = crop?.dimensions.max(),
      largest > side || 10 * largest < 9 * own
    {
      shortSide = largest < 96 ? nil : Int((Double(side * largest) / Double(own)).rounded())
    }
    let color = input.rank == 3 ? Image.Color(rawValue: input.channels) ?? base.color : base.color
    for part in parts {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      func fail(_ wanted: String) -> DataError {
        DataError(.usage, "preprocessing", "'\(part)' is not understood: \(wanted)")
      }
      guard pair.count == 2 else { throw fail("write name=value, such as short=256") }
      let value = pair[1]
      func numbers() throws(DataError) -> [Float] {
        let numbers = value.split(separator: "/", omittingEmptySubsequences: false).map { Float($0) }
        guard !numbers.contains(nil) else { throw fail("give a number, or one for each channel, such as 104/117/123") }
        return numbers.map { $0! }
      }
      switch pair[0] {
      case "short":
        guard let side = Int(value) else { throw fail("give a number of pixels") }
        shortSide = side
      case "crop":
        let sides = value.split(separator: "x").map { Int($0) ?? 0 }
        guard sides.count == 1 || sides.count == 2 else { throw fail("give a size such as 224 or 224x224") }
        let given = Shape([sides[0], sides.last!])
        guard crop == given || input.rank != 3 || given.dimensions.contains(0) else {
          throw DataError(
            .usage, "preprocessing",
            "'\(part)', but the network takes \(input[0])×\(input[1]): leave it out, or choose the input in the "
              + "network's name, as in alexnet:input=227")
        }
        crop = given
      case "scale":
        guard let factor = Double(value) else { throw fail("give a number; a byte is multiplied by it") }
        scale = factor
      case "mean": mean = try numbers()
      case "deviation": deviation = try numbers()
      case "order":
        guard let known = ChannelOrder(rawValue: value) else { throw fail("give rgb or bgr") }
        order = known
      default: throw fail("it may be short, crop, scale, mean, deviation and order")
      }
    }
    if color == .gray, mean.count == 3, Set(mean).count == 1 { mean = [mean[0]] }
    if color == .gray, deviation.count == 3, Set(deviation).count == 1 { deviation = [deviation[0]] }
    try self.init(
      shortSide: shortSide, crop: crop, cropRounding: base.cropRounding, color: color, order: order, scale: scale,
      mean: mean, deviation: deviation)
  }
}
