import FoveaData
import FoveaNetwork

extension Dataset {
  /// A hash of the sizes, the classes, all labels and a few samples: cheap, and another one for other data. A change
  /// of single samples may escape it.
  ///
  /// - Errors: what keeps a sample from being read.
  func fingerprint(samples: Int = 32) throws -> String {
    var hash = FNV.Hasher()
    hash.add("\(count) \(sampleShape)".utf8)
    for name in classNames { hash.add([0] + Array(name.utf8)) }
    for index in 0..<count {
      hash.add(withUnsafeBytes(of: Int32(truncatingIfNeeded: label(at: index)).littleEndian) { Array($0) })
    }
    let looked = Swift.min(samples, count)
    var bytes = [UInt8](repeating: 0, count: sampleBytes)
    for place in 0..<looked {
      try bytes.withUnsafeMutableBufferPointer { try read(place * count / looked, into: $0) }
      hash.add(bytes)
    }
    return hash.description
  }
}
