import FoveaCore
public import FoveaLayers

/// Probabilistic U-Net: Kohl et al. 2018, "A Probabilistic U-Net for Segmentation of Ambiguous Images"; sizes as
/// they are used for its lung scans. Input 128×128×1.
///
/// A U-Net finds maps that belong to the image alone. The prior net gives a Gaussian of independent numbers; a vector
/// drawn from it decides among the segmentations that are plausible, and 1×1 convolutions join it to the maps. A `latent`
/// of `.sample(seed:)` is one hypothesis: the same draw for every image of a batch, so that an image's result does not
/// depend on its neighbours. Blocks of three convolutions, average pooling and linear interpolation as in the authors'
/// program; biases begin with zeros.
///
/// Training needs a mask beside the image, for the posterior net: `evidence(image:mask:noise:beta:)` builds its loss.
/// `fovea train` cannot do this: it gives a model one input and compares its output with one class for an image, so that
/// the posterior would get no mask and the prior nothing to learn from.
public struct ProbabilisticUNet: Layer {
  /// Where the latent vector comes from.
  public enum Latent: Hashable, Sendable {
    /// The middle of the prior.
    case mean
    /// One draw from the prior.
    case sample(seed: UInt64)
  }

  public var classes: Int
  /// The channels of each step, the first at full size.
  public var channels: [Int]
  /// How many numbers the latent vector has.
  public var latentSize: Int
  public var latent: Latent

  public init(
    classes: Int = 2, channels: [Int] = [32, 64, 128, 192], latentSize: Int = 6, latent: Latent = .sample(seed: 0)
  ) {
    (self.classes, self.channels, self.latentSize, self.latent) = (classes, channels, latentSize, latent)
  }

  /// The scores of one hypothesis.
  public func forward(_ x: Value) -> Value {
    if let mistake = x.failingUnlessImages("ProbabilisticUNet") { return mistake }
    let maps = MapsOfImage(channels: channels).named("unet")(x)
    let prior = gaussian("prior", of: x)
    switch latent {
    case .mean: return scores(maps, latent: prior.mean)
    case .sample(let seed):
      let random = RandomStream(seed: seed, stream: RandomStream.identifier(of: "probabilistic-unet"))
      let noise = Tensor((0..<latentSize).map(random.normal), shape: [1, latentSize])
      return scores(maps, latent: prior.draw(x.builder.constant(noise)))
    }
  }

  /// What the training of a Probabilistic U-Net makes small, and its parts; each a scalar.
  public struct Evidence {
    /// `reconstruction + beta · divergence`: above minus the logarithm of the mask's probability where β is 1 (ELBO).
    public let loss: Value
    /// The cross-entropy of the mask, summed over its pixels; the mean over images.
    public let reconstruction: Value
    /// The Kullback-Leibler divergence of the posterior from the prior; the mean over images.
    public let divergence: Value
    /// The scores that a draw from the posterior gives.
    public let scores: Value
  }

  /// The evidence lower bound of a batch, with its sign changed so that it is a loss: as part of a graph, whose gradients
  /// and steps follow as for any other loss. What it trains has the paths of the model's own parameters, and those that
  /// begin with `posterior` besides.
  ///
  /// - Parameters:
  ///   - image: what is segmented.
  ///   - mask: the class of every pixel.
  ///   - noise: standard normal numbers, new ones for every step: what the draws from the posterior are made of, so that
  ///     gradients reach its mean and deviation.
  ///   - beta: how much the divergence counts.
  /// - Shapes: `N×H×W×C`, `int32` `N×H×W`, `N×latentSize`.
  /// - Errors: other shapes.
  /// - Source: Kohl et al. 2018, eq. 4; Kingma & Welling 2014, "Auto-Encoding Variational Bayes", §2.4 (the draw) and
  ///   appendix B (the divergence).
  public func evidence(image: Value, mask: Value, noise: Value, beta: Float = 1) -> Evidence {
    let expected = Shape(Array(image.shape.dimensions.prefix(3)))
    guard image.rank == 4, mask.shape == expected, noise.shape == [image.shape[0], latentSize] else {
      let mistake = image.failing(
        "an image \(image.shape) with a mask \(mask.shape) and noise \(noise.shape)",
        fix: "give images N×H×W×C, masks N×H×W and noise N×\(latentSize)", assuming: nil)
      return Evidence(loss: mistake, reconstruction: mistake, divergence: mistake, scores: mistake)
    }
    let maps = MapsOfImage(channels: channels).named("unet")(image)
    let prior = gaussian("prior", of: image)
    let posterior = gaussian("posterior", of: concatenate(image, mask.applying(Op.OneHot(classes: classes)) - 0.5))
    let scores = scores(maps, latent: posterior.draw(noise))
    guard scores.isValid else {
      return Evidence(loss: scores, reconstruction: scores, divergence: scores, scores: scores)
    }
    let images = Float(image.shape[0])
    let reconstruction = scores.applying(Op.CrossEntropy(), mask).sum() / images
    let divergence = posterior.divergence(from: prior).sum() / images
    return Evidence(
      loss: reconstruction + beta * divergence, reconstruction: reconstruction, divergence: divergence, scores: scores)
  }

  private func gaussian(_ name: String, of x: Value) -> Gaussian {
    let moments = GaussianNet(channels: channels, size: latentSize).named(name)(x)
    guard moments.isValid else { return Gaussian(mean: moments, logDeviation: moments) }
    func half(_ index: Int) -> Value {
      moments.applying(Op.Slice(from: [0, index * latentSize], size: [moments.shape[0], latentSize]))
    }
    return Gaussian(mean: half(0), logDeviation: half(1))
  }

  /// Maps and latent vector, joined at every pixel.
  private func scores(_ maps: Value, latent: Value) -> Value {
    guard maps.isValid, latent.isValid else { return maps.isValid ? latent : maps }
    let (n, h, w) = (maps.shape[0], maps.shape[1], maps.shape[2])
    let everywhere = latent.reshaped(to: [n, 1, 1, latentSize]).applying(Op.Broadcast(to: [n, h, w, latentSize]))
    return Sequential {
      for index in 1...3 {
        Conv2D(filters: channels[0], kernel: 1, activation: .relu, initializer: .orthogonal()).named("conv\(index)")
      }
      Conv2D(filters: classes, kernel: 1, initializer: .orthogonal()).named("outputs")
    }.named("combination")(concatenate(maps, everywhere))
  }
}

/// Independent normal numbers for each image, `N×size`.
private struct Gaussian {
  var mean: Value
  var logDeviation: Value

  func draw(_ noise: Value) -> Value {
    guard mean.isValid else { return mean }
    return mean + logDeviation.exponential * noise
  }

  /// `Σ log σ₂ − log σ₁ + (σ₁² + (μ₁ − μ₂)²) / 2σ₂² − ½`, for each image.
  func divergence(from other: Gaussian) -> Value {
    let squares = (2 * logDeviation).exponential + (mean - other.mean).power(2)
    let terms = other.logDeviation - logDeviation + 0.5 * squares * (-2 * other.logDeviation).exponential - 0.5
    return terms.sum(over: [1])
  }
}

/// Steps down, each of three convolutions, the later ones at half the size of the one before.
private func stepsDown(_ x: Value, channels: [Int]) -> [Value] {
  var steps: [Value] = []
  for (step, width) in channels.enumerated() {
    let source = step == 0 ? x : AveragePool2D(2, padding: .same)(steps[step - 1])
    guard source.isValid else { return [source] }
    steps.append(convolutions(width).named("down\(step + 1)")(source))
  }
  return steps
}

private func convolutions(_ width: Int) -> Sequential {
  Sequential {
    for index in 1...3 {
      Conv2D(filters: width, kernel: 3, padding: .same, activation: .relu, initializer: .heNormal)
        .named("conv\(index)")
    }
  }
}

/// The U-Net up to its last maps, which are as large as the image.
private struct MapsOfImage: Layer {
  var channels: [Int]

  func forward(_ x: Value) -> Value {
    let down = stepsDown(x, channels: channels)
    guard var y = down.last, y.isValid else { return down.last ?? x }
    for step in channels.indices.dropLast().reversed() {
      let size = Size2D(down[step].shape[1], down[step].shape[2])
      guard y.isValid else { return y }
      y = Upsample2D(to: size, interpolation: .linear, alignsCorners: true)(y).joined(with: [down[step]])
      guard y.isValid else { return y }
      y = convolutions(channels[step]).named("up\(step + 1)")(y)
    }
    return y
  }
}

/// Mean and logarithm of the deviation, side by side, of what a whole image shows.
private struct GaussianNet: Layer {
  var channels: [Int]
  var size: Int

  func forward(_ x: Value) -> Value {
    guard let y = stepsDown(x, channels: channels).last else { return x }
    guard y.isValid else { return y }
    return Dense(2 * size, initializer: .heNormal).named("moments")(GlobalAveragePool2D()(y))
  }
}

extension ProbabilisticUNet {
  static let entries = [
    CatalogueEntry(
      "probabilistic-unet", 2018, "Kohl et al., A Probabilistic U-Net for Segmentation of Ambiguous Images",
      input: [128, 128, 1], classes: 2,
      options: [
        ModelOption("channels", "of each step", .integers([32, 64, 128, 192], 1...1024)),
        ModelOption("latent", "what the prior gives: one draw, or its mean", .choice(["sample", "mean"])),
        ModelOption("seed", "of the draw", .integer(0, 0...1_000_000)),
        ModelOption("size", "of the latent vector", .integer(6, 1...1024)),
      ], leftOut: ["posterior."]
    ) {
      ProbabilisticUNet(
        classes: $0.classes, channels: $0.integers("channels"), latentSize: $0.integer("size"),
        latent: $0.choice("latent") == "mean" ? .mean : .sample(seed: UInt64($0.integer("seed"))))
    }
  ]
}
