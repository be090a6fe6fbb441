import FoveaCore

/// What one thread of a `BatchLoader` does: read, augment, normalise.
struct BatchWorker: Sendable {
  let dataset: any Dataset
  let seed: UInt64
  /// Of a sample as the model takes it.
  let numbers: Int
  /// `nil` where samples are the model's numbers already.
  let normalizer: Normalizer?
  let augmentations: [any Augmentation]

  /// Works until the queue has nothing more.
  func run(_ queue: BatchQueue) {
    let shape = dataset.sampleShape
    var sample = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: dataset.sampleBytes)
    var changed = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: dataset.sampleBytes)
    defer {
      sample.deallocate()
      changed.deallocate()
    }
    sample.initialize(repeating: 0)
    changed.initialize(repeating: 0)
    let classes = dataset.classNames.count
    let streams = augmentations.indices.map(SampleRandom.stream(ofAugmentation:))
    while let work = queue.work() {
      var failure: (position: Int, error: any Error)?
      for (i, position) in work.positions.enumerated() {
        let index = work.order[position]
        let label = dataset.label(at: index)
        do {
          guard 0..<classes ~= label else {
            throw DataError(
              .inconsistent, "sample \(index)", "it has the label \(label), outside 0...\(classes - 1)")
          }
          try dataset.read(index, into: sample)
        } catch {
          failure = (position, error)
          break
        }
        for (augmentation, stream) in zip(augmentations, streams) {
          var random = SampleRandom(seed: seed, stream: stream, epoch: work.epoch, sample: index)
          augmentation.apply(to: UnsafeBufferPointer(sample), shape: shape, into: changed, random: &random)
          swap(&sample, &changed)
        }
        let place = work.images + i * numbers * 4
        if let normalizer {
          normalizer.normalize(UnsafeBufferPointer(sample), into: place.assumingMemoryBound(to: Float.self))
        } else {
          place.copyMemory(from: sample.baseAddress!, byteCount: numbers * 4)
        }
        work.labels[i] = Int32(label)
      }
      queue.finish(work, failure: failure)
    }
  }
}
