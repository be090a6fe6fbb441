import FoveaCore
import FoveaGraph

/// Numbers of places in a tensor's memory, computed from indices along its axes.
///
/// They are floats, exact up to 2²⁴. An index that is negative counts from the end; a place that is outside is −1.
struct FlatPlaces {
  private let node: NodeContext
  private var sum: Value?
  private var isInside: Value?

  /// - Errors: a tensor of more places than floats can count.
  init(_ node: NodeContext, in shape: Shape) throws(ImportError) {
    guard shape.count <= 1 << 24 else {
      throw .unsupported("picking by data among \(shape.count) places, more than 2²⁴,")
    }
    self.node = node
  }

  /// Adds `indices · stride`, the indices along an axis of so many positions.
  mutating func add(_ indices: Value, of length: Int, stride: Int) throws(ImportError) {
    func number(_ number: Int) -> Value { node.builder.constant(Tensor(Float(number))) }
    let index = indices + Float(length) * indices.compared(.less, number(0))
    let fits = number(0).compared(.lessOrEqual, index) * index.compared(.less, number(length))
    isInside = try node.checked(isInside.map { $0 * fits } ?? fits)
    add(try node.checked(Float(stride) * index))
  }

  /// Adds what is inside anyway.
  mutating func add(_ offsets: Value) { sum = sum.map { $0 + offsets } ?? offsets }

  /// As `int32` numbers.
  func value() throws(ImportError) -> Value {
    guard let sum else { throw ImportError("no indices", fix: "check the file with onnx.checker") }
    let places = isInside.map { select($0, sum, node.builder.constant(Tensor(-1))) } ?? sum
    return try node.apply(Op.Convert.toInteger, try node.checked(places))
  }
}

extension NodeContext {
  /// A value's numbers at places, which may be of any shape. What is no place gives NaN.
  func picking(_ x: Value, at places: Value) throws(ImportError) -> Value {
    let table = try reshape(x, to: [x.shape.count, 1])
    let picked = try apply(Op.Lookup(), table, places)
    return try reshape(picked, to: places.shape)
  }

  /// Places of an `axis`, 0, 1, … · `stride`.
  func counting(_ count: Int, along axis: Int, rank: Int, stride: Int) -> Value {
    ONNXOperators.counting(self, count, along: axis, rank: rank, step: stride)
  }
}
