import FoveaCore

/// A layer of a Caffe model: its name, its type, its blobs.
struct CaffeLayer {
  private(set) var name = ""
  private(set) var type = ""
  private(set) var blobs: [Tensor] = []

  /// The layers of a `NetParameter`: `layer` (100), or `layers` (2) in files before 2014.
  static func layers(ofModel model: Protobuf) throws(Protobuf.Failure) -> [CaffeLayer] {
    var (model, layers) = (model, [CaffeLayer]())
    while let field = try model.next() {
      switch field.number {
      case 100: layers.append(try CaffeLayer(model.message(field), nameField: 1, blobField: 7))
      case 2: layers.append(try CaffeLayer(model.message(field), nameField: 4, blobField: 6))
      default: break
      }
    }
    return layers
  }

  /// `LayerParameter` and `V1LayerParameter` differ in the numbers of their fields; the type is a text in the first.
  private init(_ message: Protobuf, nameField: Int, blobField: Int) throws(Protobuf.Failure) {
    var message = message
    while let field = try message.next() {
      switch field.number {
      case nameField: name = try message.text(field)
      case 2 where nameField == 1: type = try message.text(field)
      case blobField: blobs.append(try Self.blob(message.message(field)))
      default: break
      }
    }
  }

  /// A `BlobProto`: `shape` (7), or `num`, `channels`, `height` and `width` (1 to 4); `data` (5) or `double_data` (8).
  private static func blob(_ message: Protobuf) throws(Protobuf.Failure) -> Tensor {
    var message = message
    var (dimensions, old, numbers) = ([Int]?.none, [Int?](repeating: nil, count: 4), [Float]())
    while let field = try message.next() {
      switch field.number {
      case 1...4: old[field.number - 1] = try message.integer(field)
      case 5: try message.appendFloats(field, to: &numbers)
      case 7: dimensions = try shape(message.message(field))
      case 8: try message.appendDoubles(field, to: &numbers)
      default: break
      }
    }
    let sizes = dimensions ?? old.compactMap { $0 }
    guard sizes.count <= 32, StoredType.float32.byteCount(of: sizes) == 4 * numbers.count else {
      throw Protobuf.Failure("\(numbers.count) numbers do not fill the shape \(sizes)")
    }
    return Tensor(numbers, shape: Shape(sizes))
  }

  /// A `BlobShape`: `dim` (1).
  private static func shape(_ message: Protobuf) throws(Protobuf.Failure) -> [Int] {
    var (message, sizes) = (message, [Int]())
    while let field = try message.next() {
      if field.number == 1 { try message.appendIntegers(field, to: &sizes) }
    }
    return sizes
  }

  /// What its blobs are in PyTorch. Caffe's normalisation has sums and their weight; the factors are a layer of type
  /// `Scale`.
  var named: [(leaf: String, tensor: Tensor)] {
    if type == "BatchNorm", blobs.count == 3, blobs[2].shape.count == 1 {
      let weight = blobs[2].floats[0]
      let factor = weight == 0 ? 0 : 1 / weight
      return zip(["running_mean", "running_var"], blobs).map { leaf, blob in
        (leaf, Tensor(blob.floats.map { $0 * factor }, shape: blob.shape))
      }
    }
    return blobs.enumerated().map { index, blob in
      (
        index == 0 ? "weight" : index == 1 ? "bias" : "\(index)",
        index == 1 ? blob.reshaped(to: [blob.shape.count]) : blob
      )
    }
  }
}
