import FoveaCompiler
import FoveaCore
import FoveaData
import FoveaLayers
import FoveaNetwork
import FoveaTraining

/// A network with and without whole numbers, on data.
final class QuantizationTrial {
  private let network: Network
  private let examples, test: any Dataset
  private var known: Calibration?
  private var before: Evaluation?

  /// - Parameters:
  ///   - examples: what ranges are made for, `count` of them, evenly from all.
  ///   - test: what the accuracy is measured on.
  init(_ network: Network, calibratedOn examples: any Dataset, count: Int, testedOn test: any Dataset) {
    let count = min(count, examples.count)
    self.examples = Subset(of: examples, indices: (0..<count).map { $0 * examples.count / count })
    (self.network, self.test) = (network, test)
  }

  /// What the layers read, found once.
  func calibration() throws -> Calibration {
    if let known { return known }
    let batchSize = min(16, examples.count)
    let preprocessing = try network.preprocessing ?? Preprocessing(color: .gray)
    let loader = try BatchLoader(examples, batchSize: batchSize, shuffles: false, preprocessing: preprocessing)
    defer { loader.cancel() }
    var failure: (any Error)?
    let batches = AnyIterator<Tensor> {
      do {
        // The last one may be smaller.
        guard let batch = try loader.next(), batch.count == batchSize else { return nil }
        return batch.images
      } catch {
        failure = error
        return nil
      }
    }
    let calibration = try network.calibration(on: batches)
    if let failure { throw failure }
    known = calibration
    return calibration
  }

  /// Gives the network the ranges of a method, or of the better one.
  ///
  /// - Parameter kept: the weights of layers that stay in `float32`.
  func run(_ method: Quantize.Method, keeping kept: Set<String>) throws -> QuantizationReport {
    let calibration = try calibration()
    let before = try accuracy(nil)
    self.before = before
    let methods: [(Quantize.Method, Calibration.Method)] = [
      (.error, .leastError), (.percentile, .percentile(99.99)),
    ].filter { method == .best || $0.0 == method }
    var best: (method: Quantize.Method, quantization: Quantization, evaluation: Evaluation)?
    for (name, method) in methods {
      let quantization = calibration.quantization(method, except: kept)
      let evaluation = try accuracy(quantization)
      if evaluation.top1 > best?.evaluation.top1 ?? -1 { best = (name, quantization, evaluation) }
    }
    network.quantization = best!.quantization
    return QuantizationReport(
      model: network.name, layers: best!.quantization.layers.count, examples: examples.count,
      calibration: best!.method.rawValue, test: test.count, before: before.top1, after: best!.evaluation.top1)
  }

  private func accuracy(_ quantization: Quantization?) throws -> Evaluation {
    network.quantization = quantization
    return try network.evaluate(test, batchSize: min(64, test.count))
  }

  /// The layers without which the accuracy would be best, and how to leave them in `float32`.
  func advice() throws -> String {
    guard let quantization = network.quantization else { return "" }
    let sample = Subset(of: test, indices: (0..<min(256, test.count)).map { $0 * test.count / min(256, test.count) })
    var losses: [(layer: String, loss: Double)] = []
    for path in quantization.layers.keys.sorted() {
      var other = quantization
      other.layers[path] = nil
      network.quantization = other
      let loss = try network.evaluate(sample, batchSize: min(64, sample.count)).loss
      losses.append((path.split(separator: ".").dropLast().joined(separator: "."), loss))
    }
    network.quantization = quantization
    // Not all of them, or nothing would be left to quantize.
    let count = min(5, max(1, losses.count / 3))
    let worst = losses.sorted { ($0.loss, $0.layer) < ($1.loss, $1.layer) }.prefix(count).map(\.layer)
    return "the layers that cost most: leave them in float32 with --keep \(worst.joined(separator: ","))"
  }
}

/// What whole numbers cost.
struct QuantizationReport: Encodable {
  let model: String
  /// How many compute with whole numbers.
  let layers: Int
  /// How many were looked at for the ranges, and how many the accuracy is of.
  let examples: Int
  let calibration: String
  let test: Int
  /// The fraction of examples whose likeliest class is right.
  let before, after: Double

  var drop: Double { before - after }
  var points: String { short(drop * 100) }

  var text: String {
    """
    \(model): \(counted(layers, "layer")) with whole numbers, ranges by \(calibration) from \(groupedCount(examples, "example"))
    accuracy on \(groupedCount(test, "example")): float32 \(percent(before)), int8 \(percent(after))
    """
  }
}
