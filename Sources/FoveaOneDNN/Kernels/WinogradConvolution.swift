import FoveaCompiler
import FoveaCore
import FoveaGraph
internal import CFoveaKernels

/// A convolution of windows of 3×3 or 5×5 with stride 1 by Winograd's algorithm, in our own C: tile by tile, images in blocks of 8
/// or 16 channels or row-major, as they come. Of bfloat16 images pairs are multiplied, 3×3 and in blocks of 16.
struct WinogradConvolution: Sendable {
  private let value: fovea_winograd
  private let inputLayout, weightsLayout, outputLayout: Layout

  /// - Parameters:
  ///   - input: of this convolution; of the gradient, if the weights are turned.
  ///   - weights: as the model has them.
  ///   - output: its shape, after the convolution, and its type; weights are of the input's.
  ///   - isTurned: whether it is the convolution that takes the gradient of the output to that of the input.
  ///   - hasFewTiles: whether less memory to work in is worth more time.
  /// - Returns: `nil` for other windows, and for channels that do not fill registers.
  init?(
    _ convolution: Op.Convolution, input: KernelRequest.Operand, weights: Shape, output: Shape,
    outputType: ElementType = .float32, isTurned: Bool = false, hasFewTiles: Bool = false
  ) throws {
    let (window, x) = (convolution.window, input.shape)
    guard let size = convolution.tiledWindow else { return nil }
    let channels = ChannelLayout(x, preferring: input.layout)
    let filters = output.channels
    let fitting = x.channels % 16 == 0 && filters % 16 == 0 ? 16 : 8
    let width = channels.isBlocked ? channels.width : fitting
    guard width == 8 || width == 16, channels.isBlocked || (x.channels % width == 0 && filters % width == 0) else {
      return nil
    }
    let inPairs = input.elementType == .bfloat16
    guard !inPairs || (size == 3 && width == 16 && fovea_multiplies_pairs()) else { return nil }
    func planes(_ shape: Shape) -> fovea_planes {
      let positions = shape[1] * shape[2]
      let blocks = (shape.channels + width - 1) / width
      return channels.isBlocked
        ? fovea_planes(
          image: Int64(blocks * positions * width), block: Int64(positions * width), position: Int64(width))
        : fovea_planes(image: Int64(positions * shape.channels), block: Int64(width), position: Int64(shape.channels))
    }
    // The gradient's windows reach as far beyond the edges as the forward ones do not.
    let lengths = isTurned ? output : x
    let before = (0..<2).map { axis in
      let edge = window.edges(axis, length: lengths[axis + 1]).before
      return Int64(isTurned ? size - 1 - edge : edge)
    }
    value = fovea_winograd(
      size: Int64(size), images: Int64(x[0]), channels: Int64(x.channels), filters: Int64(filters), width: Int64(width),
      workers: Int64(fovea_threads()), input: (Int64(x[1]), Int64(x[2])), output: (Int64(output[1]), Int64(output[2])),
      before: (before[0], before[1]), x: planes(x), y: planes(output), pairs: inPairs,
      wide_y: inPairs && outputType == .float32, few_tiles: hasFewTiles)
    (inputLayout, outputLayout) = (channels.layout, try channels.resized(to: output, of: outputType))
    weightsLayout = WinogradWeights(weights, isTurned: isTurned, width: width, inPairs: inPairs).layout
  }

  /// Whether there are many tiles, and few of their outputs lie outside: then it is faster than the definition
  /// (decision 17). Tiles of 2×2 outputs are transformed for four of them only, which takes many channels and filters.
  ///
  /// - Parameters:
  ///   - output: the shape of the result.
  static func isWorthwhile(_ convolution: Op.Convolution, weights: Shape, _ output: Shape) -> Bool {
    guard let size = convolution.tiledWindow else { return false }
    guard size == 3 || (min(weights[2], weights[3]) >= 16 && max(weights[2], weights[3]) >= 32) else { return false }
    return areMany(tilesOf: 7 - size, output, filling: 0.625)
  }

  /// Whether pairs of bfloat16 numbers are likely to be multiplied faster so: half as many products are saved, so that it takes
  /// more channels, and fuller tiles.
  static func pairsAreWorthwhile(_ convolution: Op.Convolution, weights: Shape, _ output: Shape) -> Bool {
    convolution.tiledWindow == 3 && min(weights[2], weights[3]) >= 32 && max(weights[2], weights[3]) >= 64
      && areMany(tilesOf: 2, output, filling: 0.75)
  }

  /// - Parameter share: how many of the outputs of all tiles have to be those of the result, at least.
  private static func areMany(tilesOf side: Int, _ output: Shape, filling share: Double) -> Bool {
    let tiles = ((output[1] + side - 1) / side) * ((output[2] + side - 1) / side)
    return output[0] * tiles >= 32 && Double(output[1] * output[2]) >= share * Double(side * side * tiles)
  }

  /// The ways to compute it: with few tiles at once, too, if that saves memory worth mentioning.
  static func variants(_ convolution: Op.Convolution, for request: KernelRequest) -> [KernelVariant] {
    guard convolution.tiledWindow != nil else { return [] }
    let (input, weights) = (request.inputs[0], request.inputs[1].shape)
    guard let usual = try? Self(convolution, input: input, weights: weights, output: request.outputShape)?.value
    else { return [.tiles] }
    var lean = usual
    lean.few_tiles = true
    let saves = fovea_winograd_scratch(usual) >= fovea_winograd_scratch(lean) + leastSavedBytes
    return saves ? [.tiles, .fewTiles] : [.tiles]
  }

  private static let leastSavedBytes = 1 << 20

  private var name: String { value.pairs ? "c winograd pairs" : "c winograd" }

  func kernel(_ epilogue: Epilogue = .none) -> Kernel? {
    let (hasBias, hasResidual) = (epilogue.hasBias, epilogue.hasResidual)
    let activation = epilogue.activation?.c ?? FOVEA_IDENTITY
    // The sigmoid of the zeros that fill the last block is no zero.
    guard activation != FOVEA_SIGMOID || value.filters % value.width == 0 else { return nil }
    let layouts =
      [inputLayout, weightsLayout] + (hasBias ? [.rowMajor([Int(value.filters)])] : [])
      + (hasResidual ? [outputLayout] : [])
    return Kernel(
      name: name, inputLayouts: layouts, outputLayout: outputLayout,
      scratchBytes: fovea_winograd_scratch(value),
      overwritableInputs: (hasResidual ? [layouts.count - 1] : []) + (fovea_winograd_can_overwrite(value) ? [0] : [])
    ) { [value] memory in
      let (inputs, scratch) = (memory.inputs, memory.scratch!.floats)
      return {
        fovea_winograd_convolution(
          value, inputs[0], inputs[1], hasBias ? inputs[2].floats : nil, hasResidual ? inputs.last : nil, activation,
          memory.output, scratch)
      }
    }
  }

  /// The kernel for the gradient of the weights, from that of the output and the input.
  func weightsGradient(_ weights: Shape) -> Kernel {
    Kernel(
      name: name, inputLayouts: [outputLayout, inputLayout], outputLayout: .rowMajor(weights),
      scratchBytes: fovea_winograd_gradient_scratch(value)
    ) { [value] memory in
      let (inputs, scratch) = (memory.inputs, memory.scratch!.floats)
      return { fovea_winograd_weights_gradient(value, inputs[0], inputs[1], memory.output.floats, scratch) }
    }
  }
}

extension Op.Convolution {
  /// The side of its windows, if Winograd's algorithm computes it.
  var tiledWindow: Int? {
    let isPlain = groups == 1 && window.strides == [1, 1] && window.dilations == [1, 1]
    return isPlain && (window.size == [3, 3] || window.size == [5, 5]) ? window.size[0] : nil
  }
}
