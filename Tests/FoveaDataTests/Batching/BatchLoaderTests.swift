import FoveaCore
import FoveaData
import FoveaTestSupport
import Glibc
import Testing

/// Samples of 2×3 whose bytes all are the sample's number.
private func samples(_ count: Int) throws -> ArrayDataset {
  try ArrayDataset(
    pixels: (0..<count).flatMap { [UInt8](repeating: UInt8($0), count: 6) },
    labels: (0..<count).map { UInt8($0 % 10) }, sampleShape: [2, 3, 1], classNames: (0..<10).map(String.init))
}

private let bytesAsTheyAre = try! Preprocessing(color: .gray, scale: 1)

/// All batches that are left.
private func drain(_ loader: BatchLoader) throws -> [Batch] {
  var batches: [Batch] = []
  while let batch = try loader.next() { batches.append(batch) }
  return batches
}

/// The numbers of a batch's samples, which are also their labels, apart from the tens.
private func numbers(_ batch: Batch) -> [Int] {
  let pixels = batch.images.array()
  let numbers = (0..<batch.count).map { Int(pixels[6 * $0]) }
  #expect(batch.labels.array(of: Int32.self) == numbers.map { Int32($0 % 10) })
  return numbers
}

@Test func `batches come in order, the last one holds what is left`() throws {
  let loader = try BatchLoader(samples(50), batchSize: 20, shuffles: false, preprocessing: bytesAsTheyAre)
  let first = try #require(try loader.next())
  #expect(first.images.shape == [20, 2, 3, 1])
  #expect((first.epoch, first.index, first.isLastOfEpoch) == (0, 0, false))
  #expect(try drain(loader).map(numbers) == [Array(20..<40), Array(40..<50)])
}

@Test func `every epoch holds every sample once, in another order`() throws {
  let loader = try BatchLoader(
    samples(100), batchSize: 30, shuffles: true, seed: 5, epochs: 0..<2, preprocessing: bytesAsTheyAre)
  let batches = try drain(loader)
  #expect(batches.map(\.count) == [30, 30, 30, 10, 30, 30, 30, 10])
  let epochs = [batches[..<4], batches[4...]].map { $0.flatMap(numbers) }
  #expect(epochs.allSatisfy { $0.sorted() == Array(0..<100) })
  #expect(epochs[0] != epochs[1])
}

@Test(arguments: [1, 2, 7]) func `the order does not depend on threads or on where a run begins`(workers: Int) throws {
  func batches(firstEpoch: Int, firstBatch: Int, workers: Int) throws -> [Tensor] {
    let batches = try drain(
      BatchLoader(
        samples(130), batchSize: 40, shuffles: true, seed: 9, epochs: firstEpoch..<3, firstBatch: firstBatch,
        preprocessing: bytesAsTheyAre, augmentations: [HorizontalFlip(), RandomCrop(padding: 1)], workers: workers,
        lookAhead: workers))
    return batches.flatMap { [$0.images, $0.labels] }
  }
  let all = try batches(firstEpoch: 0, firstBatch: 0, workers: 2)
  #expect(all.count == 24)
  #expect(try batches(firstEpoch: 0, firstBatch: 0, workers: workers) == all)
  #expect(try batches(firstEpoch: 1, firstBatch: 3, workers: workers) == Array(all[14...]))
  #expect(try batches(firstEpoch: 2, firstBatch: 4, workers: workers) == [])
}

@Test func `memory is reused, but a batch that is kept stays as it is`() throws {
  func address(_ batch: Batch) -> UnsafeRawPointer? { batch.images.withUnsafeBytes { $0.baseAddress } }
  let loader = try BatchLoader(
    samples(200), batchSize: 4, shuffles: false, preprocessing: bytesAsTheyAre, lookAhead: 2)
  var addresses: Set<UnsafeRawPointer?> = []
  for _ in 0..<40 { addresses.insert(address(try #require(try loader.next()))) }
  #expect(addresses.count <= 3)

  let kept = try #require(try loader.next())
  while try loader.next() != nil {}
  #expect(kept.images.array()[0] == 160)
}

/// Fails at some samples.
private struct Faulty: Dataset {
  let base: any Dataset
  let faults: Set<Int>
  var count: Int { base.count }
  var classNames: [String] { base.classNames }
  var sampleShape: Shape { base.sampleShape }
  func label(at index: Int) -> Int { base.label(at: index) }
  func read(_ index: Int, into pixels: UnsafeMutableBufferPointer<UInt8>) throws {
    guard !faults.contains(index) else { throw DataError(.damaged, "sample \(index)", "broken") }
    try base.read(index, into: pixels)
  }
}

@Test func `an error is delivered with its batch, the earliest first, and the rest goes on`() throws {
  let loader = try BatchLoader(
    Faulty(base: samples(120), faults: [45, 59, 60]), batchSize: 40, shuffles: false, preprocessing: bytesAsTheyAre,
    workers: 3)
  #expect(try loader.next()?.index == 0)
  #expect(throws: DataError(.damaged, "sample 45", "broken")) { _ = try loader.next() }
  #expect(try loader.next()?.index == 2)
  #expect(try loader.next() == nil)
}

private func threadCount() -> Int {
  guard let folder = opendir("/proc/self/task") else { return 0 }
  defer { closedir(folder) }
  var count = 0
  while readdir(folder) != nil { count += 1 }
  return count
}

@Test func `cancelling and letting go end the threads`() async {
  // In a process of its own: other tests start and end threads, too.
  await #expect(processExitsWith: .success) {
    let preprocessing = try Preprocessing(color: .gray)
    func loader() throws -> BatchLoader {
      let data = try ArrayDataset(
        pixels: [UInt8](repeating: 0, count: 600), labels: [UInt8](repeating: 0, count: 100), sampleShape: [2, 3, 1],
        classNames: ["a"])
      return try BatchLoader(
        data, batchSize: 8, shuffles: true, epochs: 0..<1000, preprocessing: preprocessing, workers: 5)
    }
    var before = 0
    for round in 0..<20 {
      let first = try loader()
      _ = try first.next()
      first.cancel()
      first.cancel()
      #expect((try first.next()) == nil)
      _ = try loader().next()  // and let go
      if round == 1 { before = threadCount() }
    }
    #expect(threadCount() <= before)
  }
}

@Test func `impossible wishes are errors`() throws {
  func reason(batchSize: Int = 4, firstBatch: Int = 0, workers: Int = 1, crop: Shape? = nil) throws -> String? {
    let data = try samples(10)
    let preprocessing = try Preprocessing(crop: crop, color: .gray)
    return #expect(throws: DataError.self) {
      try BatchLoader(
        data, batchSize: batchSize, shuffles: true, firstBatch: firstBatch, preprocessing: preprocessing,
        workers: workers)
    }?.description
  }
  #expect(try reason(batchSize: 0) == "batch size: it must be at least 1, not 0")
  #expect(try reason(firstBatch: 4) == "first batch: 4 is outside 0...3")
  #expect(try reason(workers: 0) == "workers: 0 is outside 1...256")
  #expect(try reason(crop: [4, 4]) == "preprocessing: its crop 4×4 is not the size of the samples, 2×3×1")
}

@Test func `whole numbers come as they are, in any shape`() throws {
  let numbers = (0..<66).map { Int32($0) - 30 }
  let data = try IntegerDataset(
    numbers: numbers, labels: (0..<11).map { $0 % 3 }, sampleShape: [2, 3], classNames: ["a", "b", "c"])
  let batches = try drain(BatchLoader(data, batchSize: 4, shuffles: false, preprocessing: bytesAsTheyAre))
  #expect(batches.map(\.images.shape) == [[4, 2, 3], [4, 2, 3], [3, 2, 3]])
  #expect(batches.flatMap { $0.images.array(of: Int32.self) } == numbers)
  #expect(batches.flatMap { $0.labels.array(of: Int32.self) } == (0..<11).map { Int32($0 % 3) })
  let part = data.holdingOut(0.5).heldOut
  #expect(part.elementType == .int32 && part.count == 6)
  #expect(throws: DataError.self) { try data.image(at: 0) }
  #expect(throws: DataError.self) { try Preprocessing(measuredOn: data, color: .gray) }
  #expect(throws: DataError.self) {
    try BatchLoader(
      data, batchSize: 4, shuffles: false, preprocessing: bytesAsTheyAre, augmentations: [HorizontalFlip()])
  }
}

@Test(
  arguments: [
    ([1, 2, 3], [0], [2], "samples: 3 numbers are not 1 sample of 2"),
    ([1, 2], [2], [2], "samples: record 0 has the label 2, outside 0...1"),
    ([1, 2], [-1], [2], "samples: record 0 has the label -1, outside 0...1"),
    ([], [], [0, 4], "samples: samples have the shape 0×4: use sizes of 1 or more, below 2³¹ numbers"),
    ([], [], [1 << 40, 1 << 40], "samples: samples have the shape"),
  ] as [([Int32], [Int], [Int], String)])
func `whole numbers that do not fit together are refused`(
  numbers: [Int32], labels: [Int], shape: [Int], message: String
) {
  let error = #expect(throws: DataError.self) {
    try IntegerDataset(numbers: numbers, labels: labels, sampleShape: Shape(shape), classNames: ["a", "b"])
  }
  #expect(error.map { "\($0)".hasPrefix(message) } == true, "\(error.map { "\($0)" } ?? "")")
}
