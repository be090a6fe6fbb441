import FoveaCore

/// Damaged copies of a file's bytes: bits turned, bytes replaced, the end cut off, a piece left out or doubled.
/// Copy `number` is always the same.
package struct Mutations {
  private let original: [UInt8]
  private let seed: UInt64

  package init(of original: [UInt8], seed: UInt64) { (self.original, self.seed) = (original, seed) }

  package subscript(number: Int) -> [UInt8] {
    let stream = RandomStream(seed: seed, stream: RandomStream.identifier(of: "mutations"), step: number)
    var bytes = original
    var draw = 0
    func next(below bound: Int) -> Int {
      draw += 1
      return stream.integer(draw, below: bound)
    }
    // Headers decide what is done with the rest: half of the damage goes to the first 64 bytes.
    func position() -> Int { next(below: next(below: 2) == 0 ? min(bytes.count, 64) : bytes.count) }
    for _ in 0...next(below: 4) where !bytes.isEmpty {
      switch next(below: 8) {
      case 0: bytes.removeLast(next(below: bytes.count))
      case 1: bytes[position()] = [0, 1, 0x7F, 0x80, 0xFF][next(below: 5)]
      case 2: bytes[position()] = UInt8(next(below: 256))
      case 3:
        let start = position()
        bytes.removeSubrange(start..<min(bytes.count, start + 1 + next(below: 16)))
      case 4:
        let start = position()
        bytes.insert(contentsOf: bytes[start..<min(bytes.count, start + 1 + next(below: 16))], at: start)
      default: bytes[position()] ^= 1 << UInt8(next(below: 8))
      }
    }
    return bytes
  }
}
