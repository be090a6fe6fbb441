/// Writes Caffe models, field by field.
package enum CaffeBytes {
  /// `conv1` with weights 3×2×1×1 and a bias, `ip` with weights 1×2 in double precision.
  package static func model(field: Int) -> [UInt8] {
    let shaped = field == 100
    let weight =
      shaped ? blob(shape: [3, 2, 1, 1], [1, 2, 3, 4, 5, 6]) : blob(old: [3, 2, 1, 1], [1, 2, 3, 4, 5, 6])
    let bias = shaped ? blob(shape: [3], [0.5, -0.5, 1]) : blob(old: [1, 1, 1, 3], [0.5, -0.5, 1])
    let doubles = message(7, message(1, [1, 2])) + message(8, [7, 8].flatMap { bytes($0.bitPattern as UInt64) })
    return message(1, Array("net".utf8)) + layer("conv1", type: "Convolution", blobs: [weight, bias], field: field)
      + layer("ip", type: "InnerProduct", blobs: [doubles], field: field)
  }

  package static func layer(_ name: String, type: String, blobs: [[UInt8]], field: Int) -> [UInt8] {
    let isNew = field == 100
    return message(
      field,
      message(isNew ? 1 : 4, Array(name.utf8)) + (isNew ? message(2, Array(type.utf8)) : [])
        + blobs.flatMap { message(isNew ? 7 : 6, $0) })
  }

  package static func blob(shape: [Int], _ numbers: [Float]) -> [UInt8] {
    message(7, message(1, shape.flatMap { varint($0) })) + message(5, numbers.flatMap { bytes($0.bitPattern) })
  }

  private static func blob(old shape: [Int], _ numbers: [Float]) -> [UInt8] {
    shape.enumerated().flatMap { varint(($0 + 1) << 3) + varint($1) }
      + numbers.flatMap { varint(5 << 3 | 5) + bytes($0.bitPattern) }
  }

  private static func message(_ field: Int, _ content: [UInt8]) -> [UInt8] {
    varint(field << 3 | 2) + varint(content.count) + content
  }

  private static func varint(_ value: Int) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F | 0x80)] + varint(value >> 7)
  }

  private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
