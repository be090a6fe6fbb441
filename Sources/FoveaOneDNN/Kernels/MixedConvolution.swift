import FoveaCompiler
import FoveaCore
import FoveaGraph

// Convolutions of bfloat16 numbers by kernels of our own, and which way is likely to be the fastest.

extension Mixed {
  /// The kernel by Winograd's algorithm.
  func inTiles(_ request: KernelRequest) throws -> Kernel? {
    let (first, second) = (request.inputs[0], request.inputs[1])
    switch base {
    case let convolution as Op.Convolution:
      return try WinogradConvolution(
        convolution, input: first, weights: second.shape, output: request.outputShape, outputType: request.outputType)?
        .kernel(epilogue)
    case let gradient as Op.ConvolutionInputGradient:
      return try WinogradConvolution(
        gradient.forward, input: first, weights: second.shape, output: gradient.inputShape,
        outputType: request.outputType, isTurned: true)?.kernel()
    case let gradient as Op.ConvolutionWeightsGradient:
      return try WinogradConvolution(
        gradient.forward, input: second, weights: gradient.weightsShape, output: first.shape,
        outputType: first.elementType)?.weightsGradient(gradient.weightsShape)
    default: return nil
    }
  }

  /// The kernel in AMX's tiles.
  func inAMX(_ request: KernelRequest) -> Kernel? {
    let (first, second) = (request.inputs[0].shape, request.inputs[1].shape)
    let type = request.outputType
    switch base {
    case let convolution as Op.Convolution:
      return AMXConvolution(convolution, input: first, weights: second, output: request.outputShape)?
        .forward(epilogue, normalization, type: type)
    case let gradient as Op.ConvolutionInputGradient:
      return AMXConvolution(gradient.forward, input: gradient.inputShape, weights: second, output: first)?
        .inputGradient(type: type)
    case let gradient as Op.ConvolutionWeightsGradient:
      return AMXConvolution(gradient.forward, input: second, weights: gradient.weightsShape, output: first)?
        .weightsGradient()
    default: return nil
    }
  }

  func variants(for request: KernelRequest) -> [KernelVariant] {
    guard let work = work(of: request), normalization == nil, OneDNNBackend.computesBFloat16 else { return [.usual] }
    return [.usual] + (OneDNNBackend.hasAMX ? [.amx] : work.convolution.tiledWindow == 3 ? [.tiles] : [])
  }

  func expectedVariant(for request: KernelRequest) -> KernelVariant {
    guard let work = work(of: request), normalization == nil, OneDNNBackend.computesBFloat16 else { return .usual }
    if OneDNNBackend.hasAMX { return isFasterInAMX(work) ? .amx : .usual }
    return WinogradConvolution.pairsAreWorthwhile(work.convolution, weights: work.weights, work.result)
      ? .tiles : .usual
  }

  private typealias Work = (convolution: Op.Convolution, weights: Shape, result: Shape)

  /// The convolution, or the one whose gradient it is, and the shapes of its weights and of what has tiles of results.
  private func work(of request: KernelRequest) -> Work? {
    switch base {
    case let forward as Op.Convolution: (forward, request.inputs[1].shape, request.outputShape)
    case let gradient as Op.ConvolutionInputGradient:
      (gradient.forward, request.inputs[1].shape, gradient.inputShape)
    case let gradient as Op.ConvolutionWeightsGradient:
      (gradient.forward, gradient.weightsShape, request.inputs[0].shape)
    default: nil
    }
  }

  /// Whether there are channels and filters enough for AMX's tiles.
  func fillsTiles(_ weights: Shape) -> Bool { weights.dimensions.suffix(2).allSatisfy { $0 >= 16 } }

  /// Forward, oneDNN makes as much of AMX where rows of outputs fill its tiles; its gradients do not. With few channels
  /// tiles are half empty.
  private func isFasterInAMX(_ work: Work) -> Bool {
    // Far taps of dilated windows make what is copied large; not measured.
    guard fillsTiles(work.weights), work.convolution.window.dilations.allSatisfy({ $0 == 1 }) else { return false }
    return !(base is Op.Convolution) || work.result[work.result.rank - 2] <= 8
  }
}
