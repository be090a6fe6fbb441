public import FoveaCore

/// What will run, in which order, and where every tensor lies: all of it known before anything runs.
public struct Plan: Sendable {
  /// Where one tensor lies: a part of a buffer.
  public struct Location: Hashable, Sendable {
    package var buffer: Int
    /// In bytes from the start of the buffer.
    package var offset: Int
    public var layout: Layout
    public var shape: Shape
    public var elementType: ElementType
  }

  /// Memory of its own lifetime.
  package struct Buffer: Sendable {
    package enum Kind: Equatable, Sendable {
      /// In the arena, shared with buffers of other lifetimes.
      case transient
      /// Made before the first run and kept: weights in the layout that their kernel wants.
      case prepared
      /// Needed only while prepared buffers are made.
      case preparation
      case parameter(String)
      case constant(Tensor)
    }

    package var kind: Kind
    package var byteCount: Int
    /// In its arena; set by the memory plan.
    package var offset = 0
    /// The first and last step that need it; `nil` where none does.
    package var lifetime: ClosedRange<Int>?
  }

  /// One kernel, run on fixed places.
  public struct Step: Sendable {
    /// The operation, e.g. `convolution`, or `reorder`.
    public let operation: String
    /// The layer that it belongs to.
    public let path: String
    public package(set) var kernel: Kernel
    public package(set) var inputs: [Location]
    public package(set) var output: Location
    package var scratch: Int?
    public let multiplyAdds: Int
    /// How many parts of a batch the step joins; it is the last of those that run for each.
    package var parts: Int?
  }

  /// Runs once, when the parameters are known: folded and reordered weights.
  public package(set) var preparation: [Step] = []
  /// Runs each time.
  public package(set) var steps: [Step] = []
  package var buffers: [Buffer] = []
  public package(set) var inputs: [String: Location] = [:]
  public package(set) var outputs: [String: Location] = [:]
  package var parameters: [String: Location] = [:]

  /// The bytes for everything whose lifetime ends within a run.
  public package(set) var arenaBytes = 0
  /// The bytes for what is needed only while weights are prepared.
  package var preparationBytes = 0
  /// The bytes of weights prepared for their kernels, kept between runs.
  public package(set) var preparedBytes = 0

  /// The bytes of the parameters themselves, optimizer state included.
  public var parameterBytes: Int {
    parameters.values.reduce(0) { $0 + buffers[$1.buffer].byteCount }
  }

  /// The steps that run once for each part of a batch, and how many parts there are: none and one where it is not divided.
  public var front: (steps: Range<Int>, parts: Int) {
    guard let last = steps.firstIndex(where: { $0.parts != nil }) else { return (0..<0, 1) }
    return (0..<(last + 1), steps[last].parts!)
  }

  /// For each step, how often it runs for a batch.
  package var runsOfSteps: [Int] {
    let (front, parts) = front
    return steps.indices.map { front.contains($0) ? parts : 1 }
  }

  /// Of one run.
  public var multiplyAdds: Int { zip(steps, runsOfSteps).reduce(0) { $0 + $1.0.multiplyAdds * $1.1 } }

  /// The bytes of a program's working memory: weights are prepared where a run will work.
  public var workingBytes: Int { max(arenaBytes, preparationBytes) }

  /// The bytes of working memory with prepared weights behind it.
  package var bytesWithPreparedWeights: Int {
    let line = AlignedBuffer.alignment
    return (workingBytes + line - 1) / line * line + preparedBytes
  }

  /// The most memory that the program holds at once: parameters, prepared weights, constants and working memory.
  public var peakBytes: Int {
    let constants = buffers.reduce(0) { if case .constant = $1.kind { $0 + $1.byteCount } else { $0 } }
    return parameterBytes + constants + preparedBytes + workingBytes
  }

  /// Likewise where the parameters lie in a file: what no run reads of them leaves the memory once it is prepared.
  public var peakBytesFromFile: Int {
    let (lastReadings, working) = (lastReadings, bytesOfPreparation)
    var (held, peak) = (0, 0)
    /// Of each buffer, what is in memory.
    var present: [Int: Int] = [:]
    var touched: Set<Location> = []
    for (index, step) in preparation.enumerated() {
      for location in step.inputs + [step.output] where buffers[location.buffer].kind != .preparation {
        guard touched.insert(location).inserted else { continue }
        let most = buffers[location.buffer].byteCount - present[location.buffer, default: 0]
        let count = min(location.layout.byteCount(location.shape, location.elementType), most)
        present[location.buffer, default: 0] += count
        held += count
      }
      // Preparatory buffers share one place.
      peak = max(peak, held + working[index])
      for reading in lastReadings[index] {
        let buffer = parameters[reading.path]!.buffer
        let count = min(reading.bytes.count, present[buffer] ?? 0)
        present[buffer, default: 0] -= count
        held -= count
      }
    }
    let onlyPrepared = Set(lastReadings.joined().map { parameters[$0.path]!.buffer })
    return max(peak, peakBytes - workingBytes + arenaBytes - onlyPrepared.reduce(0) { $0 + buffers[$1].byteCount })
  }
}

extension Plan {
  /// - Errors: more memory than the machine has, before any of it is allocated.
  package func checkMemory() throws(PlanError) {
    guard let problem = MemoryLimit.problem(with: peakBytes) else { return }
    throw PlanError(description: "too large for this machine: \(problem); use a smaller batch or a smaller input")
  }
}

/// A graph that cannot be planned, or a plan that cannot be run.
public struct PlanError: Error, Sendable, CustomStringConvertible {
  public let description: String
}
