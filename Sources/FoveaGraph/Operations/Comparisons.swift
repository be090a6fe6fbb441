// Questions about numbers, and what is done with the answers: 1 for yes and 0 for no.

extension Op {
  /// 1 where `a` and `b` compare so, 0 elsewhere; also 0 where one of them is not a number.
  public struct Compare: ElementwisePair {
    public static let name = "compare"

    public enum Relation: String, Sendable { case equal, less, lessOrEqual }

    public let relation: Relation
    public init(_ relation: Relation) { self.relation = relation }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] { [nil, nil] }
  }

  /// `(x, mask)` → x where the mask is not 0, and 0 where it is, whatever x is there.
  public struct Mask: ElementwisePair {
    public static let name = "mask"
    public init() {}

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(Mask(), inputs[1]).summed(to: inputs[0].shape), nil]
    }
  }
}

extension Value {
  /// 1 where this value and the other compare so, 0 elsewhere.
  package func compared(_ relation: Op.Compare.Relation, _ other: Value) -> Value {
    applying(Op.Compare(relation), other)
  }
}

/// `a` where the condition is 1, `b` where it is 0.
package func select(_ condition: Value, _ a: Value, _ b: Value) -> Value {
  a.applying(Op.Mask(), condition) + b.applying(Op.Mask(), 1 - condition)
}
