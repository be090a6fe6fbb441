import FoveaCore

/// Hands out the work on batches in order, and the batches when they are complete.
///
/// Batches are numbered through over all epochs. A batch is filled in pieces of a few samples, so that all workers help
/// with the one that is needed first.
final class BatchQueue: Sendable {
  private static let pieceSize = 16

  /// A piece of a batch: samples and where their numbers go.
  struct Work {
    let batch: Int
    let epoch: Int
    /// The samples of the whole epoch; those at `positions` are to be read.
    let order: [Int]
    let positions: Range<Int>
    /// Four bytes for each number.
    let images: UnsafeMutableRawPointer
    let labels: UnsafeMutablePointer<Int32>
  }

  private struct Slot {
    var images: AlignedBuffer
    var labels: AlignedBuffer
    var piecesLeft = 0
    /// The earliest sample of the batch that could not be read.
    var failure: (position: Int, error: any Error)?
  }

  private struct State {
    var slots: [Slot]
    var order: [Int] = []
    var orderEpoch: Int?
    /// The piece that is handed out next.
    var nextBatch = 0
    var nextPiece = 0
    /// How many batches have been delivered.
    var delivered = 0
    var isCancelled = false
  }

  private let sampler: BatchSampler
  private let firstEpoch: Int
  private let firstBatch: Int
  private let batchCount: Int
  private let lookAhead: Int
  private let sampleShape: Shape
  private let elementType: ElementType
  private let state: Monitor<State>

  init(
    sampler: BatchSampler, epochs: Range<Int>, firstBatch: Int, lookAhead: Int, sampleShape: Shape,
    elementType: ElementType
  ) {
    (self.sampler, firstEpoch, self.firstBatch) = (sampler, epochs.lowerBound, firstBatch)
    (self.lookAhead, self.sampleShape, self.elementType) = (lookAhead, sampleShape, elementType)
    let (total, overflow) = epochs.count.multipliedReportingOverflow(by: sampler.batchesPerEpoch)
    batchCount = max(0, (overflow ? .max : total) - firstBatch)
    let capacity = min(sampler.batchSize, sampler.count)
    // One more than the look-ahead: the one in use.
    state = Monitor(
      State(
        slots: (0..<min(lookAhead + 1, max(batchCount, 1))).map { _ in
          Slot(
            images: AlignedBuffer(byteCount: capacity * sampleShape.count * 4, zeroed: false),
            labels: AlignedBuffer(byteCount: capacity * 4, zeroed: false))
        }))
  }

  private func place(of batch: Int) -> (epoch: Int, index: Int) {
    let number = batch + firstBatch
    return (firstEpoch + number / sampler.batchesPerEpoch, number % sampler.batchesPerEpoch)
  }

  private func pieces(ofBatch index: Int) -> Int {
    (sampler.positions(ofBatch: index).count + Self.pieceSize - 1) / Self.pieceSize
  }

  /// Waits for something to do; `nil` if nothing will come.
  func work() -> Work? {
    state.wait { state -> Work?? in
      if state.isCancelled || state.nextBatch >= batchCount { return .some(nil) }
      guard state.nextBatch < state.delivered + lookAhead else { return nil }
      return .some(takePiece(&state))
    }
  }

  private func takePiece(_ state: inout State) -> Work {
    let batch = state.nextBatch
    let (epoch, index) = place(of: batch)
    if state.orderEpoch != epoch {
      state.order = sampler.order(epoch: epoch)
      state.orderEpoch = epoch
    }
    let slot = batch % state.slots.count
    if state.nextPiece == 0 { open(&state.slots[slot], pieces: pieces(ofBatch: index)) }
    let positions = sampler.positions(ofBatch: index)
    let offset = state.nextPiece * Self.pieceSize
    state.nextPiece += 1
    if state.nextPiece == pieces(ofBatch: index) { (state.nextBatch, state.nextPiece) = (batch + 1, 0) }
    let start = positions.lowerBound + offset
    return Work(
      batch: batch, epoch: epoch, order: state.order,
      positions: start..<min(start + Self.pieceSize, positions.upperBound),
      images: state.slots[slot].images.address + offset * sampleShape.count * 4,
      labels: state.slots[slot].labels.address.assumingMemoryBound(to: Int32.self) + offset)
  }

  /// Makes a slot ready for a new batch. Memory that somebody still looks at is left to them.
  private func open(_ slot: inout Slot, pieces: Int) {
    if !isKnownUniquelyReferenced(&slot.images) {
      slot.images = AlignedBuffer(byteCount: slot.images.byteCount, zeroed: false)
    }
    if !isKnownUniquelyReferenced(&slot.labels) {
      slot.labels = AlignedBuffer(byteCount: slot.labels.byteCount, zeroed: false)
    }
    (slot.piecesLeft, slot.failure) = (pieces, nil)
  }

  /// Takes a piece back, with the first sample that could not be read, if there is one.
  func finish(_ work: Work, failure: (position: Int, error: any Error)?) {
    state.update { state in
      let slot = work.batch % state.slots.count
      state.slots[slot].piecesLeft -= 1
      if let failure, failure.position < state.slots[slot].failure?.position ?? .max {
        state.slots[slot].failure = failure
      }
    }
  }

  func next() throws -> Batch? {
    let result: Result<Batch?, any Error> = state.wait { state in
      let batch = state.delivered
      if state.isCancelled || batch >= batchCount { return .success(nil) }
      let slot = state.slots[batch % state.slots.count]
      guard state.nextBatch > batch, slot.piecesLeft == 0 else { return nil }
      state.delivered += 1
      if let failure = slot.failure { return .failure(failure.error) }
      return .success(self.batch(batch, in: slot))
    }
    state.update { _ in }  // a slot became free: wake the workers
    return try result.get()
  }

  private func batch(_ batch: Int, in slot: Slot) -> Batch {
    let (epoch, index) = place(of: batch)
    let count = sampler.positions(ofBatch: index).count
    return Batch(
      epoch: epoch, index: index,
      images: Tensor(
        shape: Shape([count] + sampleShape.dimensions), elementType: elementType, storage: slot.images),
      labels: Tensor(shape: [count], elementType: .int32, storage: slot.labels),
      isLastOfEpoch: index == sampler.batchesPerEpoch - 1)
  }

  func cancel() { state.update { $0.isCancelled = true } }
}
