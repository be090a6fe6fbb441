/// Where the parts of an inverted residual lie among our layers: channels more, a depthwise convolution, perhaps a gate,
/// channels fewer. Each convolution is followed by the path of its normalisation.
struct InvertedResidualPaths: Sendable {
  /// The convolution before the depthwise one, if there is one.
  var expansion: (convolution: String, norm: String)?
  var depthwise: (convolution: String, norm: String)
  var gate: (reduction: String, expansion: String)?
  var projection: (convolution: String, norm: String)

  /// - Parameters:
  ///   - path: of the block, which the number of a part follows.
  ///   - isExpanded: whether there is a convolution before the depthwise one.
  ///   - isGated: whether there is a gate.
  ///   - endsApart: whether the last convolution and its normalisation are numbered on their own, as in MobileNet v2.
  init(block path: String, isExpanded: Bool, isGated: Bool = false, endsApart: Bool = false) {
    let parts = [isExpanded, true, isGated].count(where: \.self)
    func pair(_ number: Int) -> (String, String) { ("\(path).\(number).0", "\(path).\(number).1") }
    let number = isExpanded ? 1 : 0
    expansion = isExpanded ? pair(0) : nil
    depthwise = pair(number)
    gate = isGated ? ("\(path).\(number + 1).fc1", "\(path).\(number + 1).fc2") : nil
    projection = endsApart ? ("\(path).\(parts)", "\(path).\(parts + 1)") : pair(parts)
  }
}
