import FoveaCore
import FoveaGraph

extension ONNXOperators {
  static let resizings: [String: Make] = ["Resize": resize, "Upsample": upsample]

  private static func upsample(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    guard let scales = try node.floats("scales") ?? node.knownIfAny(1)?.floats, scales.count == x.rank else {
      throw ImportError("the scales of \(x.shape) are not known", fix: "give one for each axis")
    }
    var resampling = Resampling()
    resampling.coordinates = "asymmetric"
    resampling.rounding = "floor"
    resampling.mode = try node.text("mode", "nearest")
    var y = x.value
    for axis in 0..<x.rank {
      y = try resampled(node, y, along: x.place(of: axis), resampling, scale: Double(scales[axis]), to: nil)
    }
    return [x.with(y)]
  }

  private static func resize(_ node: NodeContext) throws(ImportError) -> [LaidOut] {
    let x = try node.input(0)
    let axes = try node.axes(try node.integers("axes") ?? Array(0..<x.rank), rank: x.rank)
    var resampling = Resampling()
    resampling.mode = try node.text("mode", "nearest")
    resampling.coordinates = try node.text(
      "coordinate_transformation_mode", node.opset < 11 ? "asymmetric" : "half_pixel")
    resampling.rounding = try node.text("nearest_mode", node.opset < 11 ? "floor" : "round_prefer_floor")
    resampling.a = Double(try node.float("cubic_coeff_a", -0.75))
    resampling.excludesOutside = try node.integer("exclude_outside", 0) != 0
    resampling.isAntialiased = try node.integer("antialias", 0) != 0

    let scalesIndex = node.opset < 11 ? 1 : 2
    var scales = node.has(scalesIndex) ? try node.known(scalesIndex).floats.map { Double($0) } : []
    var sizes: [Int?] = axes.map { _ in nil }
    if scales.isEmpty, node.has(3) {
      var given = try node.known(3).integers
      for (index, axis) in axes.enumerated() where axis == 0 && index < given.count {
        given[index] = node.batch(named: given[index], in: x.shape)
      }
      guard given.count == axes.count, given.allSatisfy({ (1...(1 << 24)).contains($0) }) else {
        throw ImportError("the sizes \(given) for \(axes.count) axes", fix: "give one of 1 or more for each")
      }
      scales = zip(given, axes).map { Double($0) / Double(x.shape[$1]) }
      switch try node.text("keep_aspect_ratio_policy", "stretch") {
      case "not_larger", "not_smaller":
        let isLarger = try node.text("keep_aspect_ratio_policy", "stretch") == "not_smaller"
        let scale = (isLarger ? scales.max() : scales.min()) ?? 1
        scales = scales.map { _ in scale }
        sizes = axes.map { Int((scale * Double(x.shape[$0])).rounded(.toNearestOrAwayFromZero)) }
      default: sizes = given
      }
    }
    guard scales.count == axes.count else {
      throw ImportError("\(scales.count) scales for \(axes.count) axes", fix: "give one for each")
    }
    let isCrop = resampling.coordinates == "tf_crop_and_resize"
    let parts = isCrop ? try node.known(1).floats.map { Double($0) } : []
    let isInside = parts.allSatisfy({ abs($0) <= 0x1p24 })
    guard !isCrop || (parts.count == 2 * axes.count && isInside) else {
      throw ImportError("roi is \(parts)", fix: "give a start and an end for each axis")
    }
    resampling.beyond = try node.float("extrapolation_value", 0)
    var y = x.value
    for (index, axis) in axes.enumerated() {
      if isCrop { resampling.part = (parts[index], parts[axes.count + index]) }
      y = try resampled(
        node, y, along: x.place(of: axis), resampling, scale: scales[index], to: sizes[index])
    }
    return [x.with(y)]
  }

  /// One axis stretched or shrunk.
  private static func resampled(
    _ node: NodeContext, _ x: Value, along axis: Int, _ resampling: Resampling, scale: Double, to size: Int?
  ) throws(ImportError) -> Value {
    let length = x.shape[axis]
    // In float32, as ONNX's inference of shapes does: 5 · 2.6 is 13.
    let outputs = size.map(Double.init) ?? Double((Float(scale) * Float(length)).rounded(.down))
    guard scale > 0, scale.isFinite, outputs >= 1, outputs <= Double(SparseMatrix.longest),
      length <= SparseMatrix.longest
    else { throw ImportError("\(length) positions scaled by \(scale)", fix: "keep 1 to \(SparseMatrix.longest)") }
    let isWhole = resampling.coordinates != "tf_crop_and_resize" || resampling.part == (0, 1)
    if scale == 1, Int(outputs) == length, isWhole { return x }
    guard ["nearest", "linear", "bilinear", "cubic"].contains(resampling.mode) else {
      throw .unsupported("resizing of the mode '\(resampling.mode)'")
    }
    guard Resampling.knownCoordinates.contains(resampling.coordinates) else {
      throw .unsupported("resizing with the coordinates '\(resampling.coordinates)'")
    }
    // A sum that shrinks reads many positions for each output: not more than the axis has.
    guard scale * Double(SparseMatrix.longest) >= 1 else {
      throw ImportError("a scale of \(scale)", fix: "shrink less")
    }
    let matrix = resampling.matrix(length, to: Int(outputs), scale: scale)
    let y = try node.apply(Op.SparseMap(along: axis, matrix), x)
    let outside = resampling.outside(length, to: Int(outputs), scale: scale)
    guard resampling.beyond != 0, outside.contains(true) else { return y }
    var shape = Shape([Int](repeating: 1, count: x.rank))
    shape[axis] = outside.count
    return try node.checked(y + node.builder.constant(Tensor(outside.map { $0 ? resampling.beyond : 0 }, shape: shape)))
  }
}
