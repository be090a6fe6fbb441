package import FoveaCompiler
public import FoveaCore
public import FoveaData
internal import Glibc

/// A class that an image may belong to.
public struct Classification: Hashable, Sendable, Codable {
  public let index: Int
  public let name: String
  /// In 0...1.
  public let probability: Float
}

extension Network {
  /// The model's output for a batch of prepared inputs: `N×H×W×C` → `N×…`, as the model gives it (scores, not
  /// probabilities, for the models of the catalogue).
  ///
  /// What the model gives for one example must not depend on the others: a large batch, or what its first layers make of
  /// it, is computed in parts. Models from ONNX files are computed as a whole.
  ///
  /// - Errors: an input of another shape or element type.
  public func predict(batch: Tensor) throws -> Tensor { try predict(batch: batch) { $0.run() } }

  /// Likewise.
  ///
  /// - Parameters:
  ///   - wanted: how many examples are computed at once, which divides the batch; as many as suit if it is `nil`.
  ///   - run: decides how the program runs once its input is there, or that of each part.
  package func predict(
    batch: Tensor, partSize wanted: Int? = nil, running run: (Program) -> Void
  ) throws -> Tensor {
    guard batch.shape.rank == inputShape.rank + 1, Array(batch.shape.dimensions.dropFirst()) == inputShape.dimensions,
      batch.shape[0] > 0, batch.elementType == inputElementType
    else {
      throw NetworkError(
        "the input is \(batch.shape) of \(batch.elementType); \(name) takes N×\(inputShape) of \(inputElementType)")
    }
    let count = batch.shape[0]
    let part = wanted ?? partSize(of: count)
    return try withProgram(batchSize: part) { program in
      let output = program.plan.outputs["output"]!
      let shape = part == count ? output.shape : Shape([count] + output.shape.dimensions.dropFirst())
      return batch.withUnsafeBytes { images in
        Tensor(shape: shape, elementType: output.elementType) { results in
          for start in stride(from: 0, to: count, by: part) {
            func bytes(_ whole: Int) -> Range<Int> { (whole * start / count)..<(whole * (start + part) / count) }
            program.readingInput("input", from: .init(rebasing: images[bytes(images.count)])) { run(program) }
            program.readOutput("output") {
              UnsafeMutableRawBufferPointer(rebasing: results[bytes(results.count)]).copyMemory(from: $0)
            }
          }
        }
      }
    }
  }

  /// The probability of each class for a picture of any size; it is brought to the model's size first.
  ///
  /// - Errors: a model that takes no pictures, or gives no scores for classes.
  public func predict(_ image: Image) throws -> [Float] {
    guard let preprocessing else {
      throw NetworkError(
        "\(name) takes \(inputText), which is no picture of 1 or 3 channels: use predict(batch:), or `fovea run` with "
          + "arrays")
    }
    guard outputShape.rank == 1 else {
      throw NetworkError("\(name) gives \(outputShape), not scores for classes: use predict(batch:)")
    }
    let input = preprocessing.apply(image)
    guard input.shape == inputShape else {
      throw NetworkError("the preprocessing gives \(input.shape); \(name) takes \(inputShape): set its crop")
    }
    let output = try predict(batch: input.reshaped(to: Shape([1] + input.shape.dimensions))).array()
    return endsInSoftmax ? output : Self.softmax(output)
  }

  /// The `count` likeliest classes of a picture, the likeliest first.
  public func classify(_ image: Image, top count: Int = 5) throws -> [Classification] {
    let probabilities = try predict(image)
    let names = classNames
    return probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }.prefix(max(count, 0))
      .map { index in
        Classification(
          index: index, name: index < names.count ? names[index] : "\(index)", probability: probabilities[index])
      }
  }

  private static func softmax(_ scores: [Float]) -> [Float] {
    let largest = scores.max() ?? 0
    let exponentials = scores.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }
}

/// A network that is used for what it cannot do, or a model file that cannot be read.
public struct NetworkError: Error, Sendable, CustomStringConvertible {
  public let description: String
  package init(_ description: String) { self.description = description }

  /// Everything that keeps a file's weights from being a model's: a few mistakes in one sentence, more in lines.
  ///
  /// - Parameter hint: what to do about it, if that is known.
  init(weightsOf path: String, mistakes: [String], hint: String? = nil) {
    let list = mistakes.count > 8 ? "\n  " + mistakes.joined(separator: "\n  ") : " " + mistakes.joined(separator: "; ")
    let what = mistakes.count > 8 ? "architecture, in \(mistakes.count) ways:" : "architecture:"
    description =
      "\(path): the weights are those of another \(what)\(list)"
      + (hint.map { (mistakes.count > 8 ? "\n" : "; ") + $0 } ?? "")
  }
}
