/// What one element of a tensor is.
public enum ElementType: String, Hashable, Sendable, CaseIterable, Codable {
  case float32, bfloat16, int8, uint8, int32

  /// The size of one element in bytes.
  public var byteCount: Int {
    switch self {
    case .float32, .int32: 4
    case .bfloat16: 2
    case .int8, .uint8: 1
    }
  }

  public var isFloatingPoint: Bool { self == .float32 || self == .bfloat16 }
}

/// A Swift type that can be the element of a tensor.
public protocol Element: BitwiseCopyable, Sendable {
  static var elementType: ElementType { get }
}

extension Float: Element { public static var elementType: ElementType { .float32 } }
extension BFloat16: Element { public static var elementType: ElementType { .bfloat16 } }
extension Int8: Element { public static var elementType: ElementType { .int8 } }
extension UInt8: Element { public static var elementType: ElementType { .uint8 } }
extension Int32: Element { public static var elementType: ElementType { .int32 } }

/// The upper half of a `Float`: its sign, its 8 exponent bits and 7 of its 23 fraction bits.
public struct BFloat16: Hashable, Sendable, BitwiseCopyable {
  public var bitPattern: UInt16

  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// The nearest value, ties to even; a NaN stays a NaN.
  public init(_ value: Float) {
    let bits = value.bitPattern
    guard !value.isNaN else {
      bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x40
      return
    }
    let rounding = 0x7FFF + ((bits >> 16) & 1)
    bitPattern = UInt16(truncatingIfNeeded: (bits &+ rounding) >> 16)
  }
}

extension Float {
  /// Exact: every bfloat16 is a `Float`.
  public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }
}
