import FoveaCore
import FoveaData
import Testing

/// Twelve samples of 2×2×3, all alike, as the augmentation changes them in one epoch.
private func changed(by augmentation: any Augmentation, seed: UInt64 = 1, epoch: Int = 0) throws -> [[Float]] {
  let pixels = [UInt8](1...12)
  let data = try ArrayDataset(
    pixels: Array(repeatElement(pixels, count: 12).joined()), labels: [UInt8](repeating: 0, count: 12),
    sampleShape: [2, 2, 3], classNames: ["a"])
  let loader = try BatchLoader(
    data, batchSize: 12, shuffles: false, seed: seed, epochs: epoch..<(epoch + 1),
    preprocessing: Preprocessing(scale: 1), augmentations: [augmentation])
  let numbers = try #require(try loader.next()).images.array()
  return (0..<12).map { Array(numbers[(12 * $0)..<(12 * $0 + 12)]) }
}

private let original = (1...12).map { Float($0) }
private let mirrored: [Float] = [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]

@Test func `a flip mirrors columns and keeps channels`() throws {
  #expect(try changed(by: HorizontalFlip(probability: 1)) == Array(repeating: mirrored, count: 12))
  #expect(try changed(by: HorizontalFlip(probability: 0)) == Array(repeating: original, count: 12))
  let some = try changed(by: HorizontalFlip())
  #expect(some.contains(original) && some.contains(mirrored))
  #expect(some.allSatisfy { $0 == original || $0 == mirrored })
}

@Test func `a random crop moves the picture over black`() throws {
  // The nine places a crop with one pixel of padding can take.
  let places = (-1...1).flatMap { top in
    (-1...1).map { left in
      (0..<12).map { i -> Float in
        let (row, column, channel) = (i / 6 + top, i / 3 % 2 + left, i % 3)
        return (0..<2) ~= row && (0..<2) ~= column ? original[row * 6 + column * 3 + channel] : 0
      }
    }
  }
  let crops = try (0..<8).flatMap { try changed(by: RandomCrop(padding: 1), epoch: $0) }
  #expect(crops.allSatisfy(places.contains))
  #expect(Set(crops).count == 9)
}

@Test func `changes depend on seed, epoch and sample only`() throws {
  let crop = RandomCrop(padding: 2)
  #expect(try changed(by: crop) == changed(by: crop))
  #expect(try changed(by: crop, seed: 2) != changed(by: crop))
  #expect(try changed(by: crop, epoch: 1) != changed(by: crop))
  #expect(Set(try changed(by: crop)).count > 1)
}
