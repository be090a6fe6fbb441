public import FoveaCore
import Synchronization

/// The samples of one training or evaluation step.
public struct Batch: Sendable {
  public let epoch: Int
  /// Counted from the beginning of the epoch.
  public let index: Int
  /// `N×H×W×C`, float32, preprocessed; or whole numbers `N×…`, int32, as they are.
  public let images: Tensor
  /// `N`, int32.
  public let labels: Tensor
  public let isLastOfEpoch: Bool

  public var count: Int { labels.shape[0] }
}

/// Prepares batches on threads of its own, a few ahead of the one in use.
///
/// The batches are a function of the data set, the preprocessing, the augmentations, the seed and the epoch; the
/// number of threads does not show. Memory is reused: a batch that is let go before the next but one is asked for
/// costs no new memory, one that is kept stays as it is.
public final class BatchLoader: Sendable {
  public let batchesPerEpoch: Int
  private let queue: BatchQueue
  private let threads: Mutex<WorkerThreads?>

  /// - Parameters:
  ///   - dataset: where the samples come from.
  ///   - batchSize: how many make a batch; the last one of an epoch may have fewer.
  ///   - shuffles: whether the order changes from epoch to epoch.
  ///   - seed: decides the order and the augmentations.
  ///   - epochs: which epochs follow each other; look-ahead goes from one into the next.
  ///   - firstBatch: where the first of them begins, for a resume.
  ///   - preprocessing: its numbers apply, its sizes do not: samples have the data set's size already. Whole numbers
  ///     stay as they are.
  ///   - augmentations: what is changed at random in pictures.
  ///   - workers: how many threads decode.
  ///   - lookAhead: how many batches are prepared while one is in use.
  /// - Errors: no samples; a batch size, first epoch, first batch, number of workers or look-ahead out of range; samples
  ///   that are neither pictures nor whole numbers; augmentations of whole numbers; a crop that is not the samples' size;
  ///   batches that the machine has no memory for.
  public init(
    _ dataset: any Dataset, batchSize: Int, shuffles: Bool, seed: UInt64 = 0, epochs: Range<Int> = 0..<1,
    firstBatch: Int = 0, preprocessing: Preprocessing, augmentations: [any Augmentation] = [], workers: Int = 2,
    lookAhead: Int = 2
  ) throws(DataError) {
    let sampler = try BatchSampler(count: dataset.count, batchSize: batchSize, shuffles: shuffles, seed: seed)
    batchesPerEpoch = sampler.batchesPerEpoch
    guard epochs.lowerBound >= 0 else {
      throw DataError(.usage, "first epoch", "\(epochs.lowerBound) is outside 0...")
    }
    guard 0...batchesPerEpoch ~= firstBatch else {
      throw DataError(.usage, "first batch", "\(firstBatch) is outside 0...\(batchesPerEpoch)")
    }
    for (name, number) in [("workers", workers), ("look-ahead", lookAhead)] where !(1...256).contains(number) {
      throw DataError(.usage, name, "\(number) is outside 1...256")
    }
    let normalizer = try Self.normalizer(for: dataset, preprocessing, augmentations)
    var shape = dataset.sampleShape
    if let normalizer { shape[2] = normalizer.channels }
    let batchBytes = min(batchSize, dataset.count) * shape.count * 4
    if let problem = MemoryLimit.problem(with: (lookAhead + 1) * batchBytes) {
      throw DataError(.tooLarge, "batches of \(batchSize)", "too large for this machine: \(problem); use smaller ones")
    }
    let queue = BatchQueue(
      sampler: sampler, epochs: epochs, firstBatch: firstBatch, lookAhead: lookAhead, sampleShape: shape,
      elementType: normalizer == nil ? dataset.elementType : .float32)
    let worker = BatchWorker(
      dataset: dataset, seed: seed, numbers: shape.count, normalizer: normalizer, augmentations: augmentations)
    // The threads know the queue, not the loader: letting go of the loader ends them.
    let threads = WorkerThreads(workers) { worker.run(queue) }
    guard threads.count > 0 else { throw DataError(.system, "batch loader", "the system allows no more threads") }
    self.queue = queue
    self.threads = Mutex(threads)
  }

  /// What makes the model's numbers of a picture's bytes; `nil` for whole numbers, which are the model's already.
  private static func normalizer(
    for dataset: any Dataset, _ preprocessing: Preprocessing, _ augmentations: [any Augmentation]
  ) throws(DataError) -> Normalizer? {
    let (shape, crop) = (dataset.sampleShape, preprocessing.crop)
    if dataset.elementType == .int32 {
      guard augmentations.isEmpty else {
        throw DataError(.usage, "augmentations", "they change pictures; the samples are \(shape) of int32")
      }
      guard shape.isOfSamples else {
        throw DataError(
          .usage, "data set", "samples have the shape \(shape): use sizes of 1 or more, below 2³¹ numbers")
      }
      return nil
    }
    guard shape.isPicture, dataset.elementType == .uint8 else {
      throw DataError(
        .usage, "data set",
        "samples have the shape height×width×1 or height×width×3, not \(shape)"
          + (dataset.elementType == .uint8 ? "" : " of \(dataset.elementType)"))
    }
    guard crop == nil || crop?.dimensions == [shape[0], shape[1]] else {
      throw DataError(.usage, "preprocessing", "its crop \(crop!) is not the size of the samples, \(shape)")
    }
    return Normalizer(preprocessing, sampleColor: shape.channels == 1 ? .gray : .rgb)
  }

  deinit { cancel() }

  /// Waits for the next batch; `nil` after the last one, and after `cancel`.
  /// - Errors: what kept a sample of this batch from being read. The next call goes on with the next batch.
  public func next() throws -> Batch? { try queue.next() }

  /// Ends the preparation and waits until the threads are gone.
  public func cancel() {
    queue.cancel()
    threads.withLock { threads in
      threads?.join()
      threads = nil
    }
  }
}
