import FoveaFiles
internal import FoundationEssentials
internal import Glibc

/// What training reports, and what `metrics.jsonl` holds, one object a line.
public enum TrainingEvent: Hashable, Sendable {
  case step(Step)
  case epoch(Epoch)

  public struct Step: Hashable, Sendable, Codable {
    /// From 1.
    public let epoch: Int
    /// From 1, over the whole training.
    public let step: Int
    /// The mean over the batch, before the step.
    public let loss: Double
    public let learningRate: Double
  }

  public struct Epoch: Hashable, Sendable, Codable {
    /// From 1.
    public let epoch: Int
    /// The mean over the epoch's examples, each before its step.
    public let loss: Double
    /// In 0...1, likewise.
    public let top1: Double
    public let validationLoss: Double?
    public let validationTop1: Double?
    /// Of training alone, without validation and saving.
    public let imagesPerSecond: Double
    /// Of the whole epoch.
    public let seconds: Double
  }
}

extension TrainingEvent: Encodable {
  private enum Keys: String, CodingKey { case event }

  /// The fields of the event, and `event`: `step` or `epoch`.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    switch self {
    case .step(let step):
      try values.encode("step", forKey: .event)
      try step.encode(to: encoder)
    case .epoch(let epoch):
      try values.encode("epoch", forKey: .event)
      try epoch.encode(to: encoder)
    }
  }
}

/// The file `metrics.jsonl` of a training.
///
/// A resumed training cuts it at the place where the checkpoint was made, so that no step stands in it twice.
final class MetricsLog {
  static let fileName = "metrics.jsonl"
  private let file: OpenFile
  private let encoder = JSONEncoder()
  /// The bytes written so far.
  private(set) var length: Int

  /// Whether the file had lost what it should keep; then it was cut back to its last whole line.
  let isShortened: Bool

  /// - Parameter length: how much of an existing file is kept.
  /// - Errors: a file that cannot be made or written to, or that another training is writing.
  init(_ path: String, keeping length: Int) throws {
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    file = try OpenFile(path, flags: O_WRONLY | O_CREAT)
    // What is kept ends with a line, whatever has happened to the file.
    let end = try MappedFile(path).withBytes { bytes in
      bytes.prefix(length).lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    }
    (self.length, isShortened) = (end, end < length)
    try file.truncate(to: end)
  }

  /// - Errors: a full disk.
  func append(_ event: TrainingEvent) throws {
    let line = try Array(encoder.encode(event)) + [0x0A]
    do throws(FileError) {
      try file.write(line)
    } catch {
      throw TrainingError("\(file.path): could not be written: \(error.reason); the last checkpoint is intact")
    }
    length += line.count
  }
}
