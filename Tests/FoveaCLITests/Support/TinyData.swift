import FoveaCore
import FoveaTestSupport

/// Small data sets in the formats of the real ones, that a small network learns within a few epochs.
enum TinyData {
  /// A model for `digits` of the default size.
  static let model = "conv 4 3x3 - relu - pool - fc 10"
  /// As model files spell it.
  static let canonicalModel = "conv 4 3x3 - relu - pool 2x2 - fc 10"

  /// Writes an MNIST-like data set: class k is a bright row k of a dark, noisy picture.
  ///
  /// - Returns: what `--data` takes.
  @discardableResult
  static func digits(
    in folder: TemporaryFolder, name: String = "digits", train: Int = 200, test: Int = 50, side: Int = 12
  ) -> String {
    for (split, count, seed) in [("train", train, 1), ("t10k", test, 2)] {
      let noise = RandomStream(seed: UInt64(seed), stream: RandomStream.identifier(of: "digits"))
      var pixels: [UInt8] = []
      for index in 0..<count {
        for row in 0..<side {
          for column in 0..<side {
            let draw = noise.integer((index * side + row) * side + column, below: 64)
            pixels.append(UInt8(row == index % 10 + 1 ? 255 - draw : draw))
          }
        }
      }
      folder.write(header(3, count, side, side) + pixels, to: "\(name)/\(split)-images-idx3-ubyte")
      folder.write(header(1, count) + (0..<count).map { UInt8($0 % 10) }, to: "\(name)/\(split)-labels-idx1-ubyte")
    }
    return "mnist:" + folder.path(name)
  }

  private static func header(_ sizes: Int...) -> [UInt8] {
    let bytes = sizes.dropFirst().flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
    return [0, 0, 8, UInt8(sizes[0])] + bytes
  }

  /// Writes a folder of PNG files for each class, of one colour each.
  static func photos(in folder: TemporaryFolder, name: String = "photos", perClass: Int = 12) -> String {
    for (label, color) in [("green", [20, 200, 30]), ("red", [220, 10, 20])] as [(String, [UInt8])] {
      for index in 0..<perClass {
        let row: [UInt8] = [0] + [[UInt8]](repeating: color.map { $0 + UInt8(index) }, count: 10).joined()
        let rows = [[UInt8]](repeating: row, count: 9).joined()
        let file = PNGFile(width: 10, height: 9, bitDepth: 8, colorType: 2, rows: Array(rows))
        folder.write(file.bytes, to: "\(name)/\(label)/\(index).png")
      }
    }
    return "folder:" + folder.path(name)
  }
}
