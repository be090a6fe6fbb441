public import FoveaCore

/// A picture: 8 bits a channel, grey or red-green-blue, row by row from the top left.
public struct Image: Sendable, Hashable {
  /// What a pixel holds; the raw value is the number of channels.
  public enum Color: Int, Sendable, Hashable, CaseIterable, Codable {
    case gray = 1
    case rgb = 3
  }

  public let height: Int
  public let width: Int
  public let color: Color
  /// `height · width · channels` bytes.
  public private(set) var pixels: [UInt8]

  /// - Parameters:
  ///   - height: in pixels.
  ///   - width: in pixels.
  ///   - color: of the pixels.
  ///   - pixels: row by row, `height · width · channels` of them.
  public init(height: Int, width: Int, color: Color, pixels: [UInt8]) {
    precondition(height > 0 && width > 0, "an image of \(height)×\(width) pixels")
    precondition(
      pixels.count == height * width * color.rawValue,
      "\(pixels.count) bytes do not fill \(height)×\(width)×\(color.rawValue)")
    (self.height, self.width, self.color, self.pixels) = (height, width, color, pixels)
  }

  /// An image whose pixels `fill` writes, all of them.
  init(height: Int, width: Int, color: Color, filledBy fill: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
    let count = height * width * color.rawValue
    self.init(
      height: height, width: width, color: color,
      pixels: [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initialized = count
      })
  }

  public var channels: Int { color.rawValue }

  /// `H×W×C`.
  public var shape: Shape { [height, width, channels] }

  public subscript(row: Int, column: Int, channel: Int = 0) -> UInt8 {
    get { pixels[(row * width + column) * channels + channel] }
    set { pixels[(row * width + column) * channels + channel] = newValue }
  }
}

extension Image {
  /// The same picture in another colour: grey is 0.299 R + 0.587 G + 0.114 B, and grey becomes three equal channels.
  ///
  /// - Source: ITU-R BT.601-7, §2.5.1; rounded in 16 bits as Pillow does.
  public func converted(to color: Color) -> Image {
    guard color != self.color else { return self }
    return pixels.withUnsafeBufferPointer { source in
      Image(height: height, width: width, color: color) { target in
        switch color {
        case .gray: for i in target.indices { target[i] = luma(source.baseAddress! + 3 * i) }
        case .rgb: for i in source.indices { for channel in 0..<3 { target[3 * i + channel] = source[i] } }
        }
      }
    }
  }
}

/// The grey of a red, a green and a blue byte.
@inline(__always)
func luma(_ rgb: UnsafePointer<UInt8>) -> UInt8 {
  UInt8(
    truncatingIfNeeded: (UInt32(rgb[0]) &* 19595 &+ UInt32(rgb[1]) &* 38470 &+ UInt32(rgb[2]) &* 7471 &+ 0x8000) >> 16)
}
