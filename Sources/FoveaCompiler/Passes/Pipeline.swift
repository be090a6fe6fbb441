public import FoveaGraph

/// The passes that a graph goes through before it is planned, in their order.
public struct Pipeline: Sendable {
  public var passes: [any Pass]

  public init(_ passes: [any Pass]) { self.passes = passes }

  /// The passes for training and for inference alike.
  ///
  /// - Parameter backends: in order of preference; they compute what is constant.
  public static func standard(backends: [any Backend]) -> Pipeline {
    Pipeline([
      DeadCode(),  // first: what nobody needs must not count as a reader
      SplitBatchNorm(),
      TransposeRemoval(),
      TilesAsProducts(),
      FoldBatchNorm(),
      ConstantFolding(backends: backends),
      CommonSubexpressions(),
      FuseRectifierGradient(),  // after it: the moments are one node now
      FuseEpilogue(),  // late: the other passes know operations, not their fusions
      FusePointwise(),  // after it: what a convolution takes into its own kernel costs nothing at all
      DeadCode(),
    ])
  }

  public func run(on graph: inout Graph) { for pass in passes { pass.run(on: &graph) } }
}
