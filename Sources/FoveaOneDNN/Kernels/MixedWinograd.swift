import FoveaCompiler
import FoveaCore
import FoveaGraph

// Convolutions of bfloat16 numbers by Winograd's algorithm, and which way is likely to be the faster.

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

  func variants(for request: KernelRequest) -> [KernelVariant] {
    work(of: request)?.convolution.tiledWindow == 3 && OneDNNBackend.computesBFloat16 ? [.usual, .tiles] : [.usual]
  }

  /// Where AMX multiplies, the definition is expected to be the faster.
  func expectedVariant(for request: KernelRequest) -> KernelVariant {
    guard let work = work(of: request), OneDNNBackend.computesBFloat16, !OneDNNBackend.hasAMX,
      WinogradConvolution.pairsAreWorthwhile(work.convolution, weights: work.weights, work.result)
    else { return .usual }
    return .tiles
  }

  /// The convolution, or the one whose gradient it is, and the shapes of its weights and of what has tiles of results.
  private func work(of request: KernelRequest) -> (convolution: Op.Convolution, weights: Shape, result: Shape)? {
    switch base {
    case let forward as Op.Convolution: (forward, request.inputs[1].shape, request.outputShape)
    case let gradient as Op.ConvolutionInputGradient:
      (gradient.forward, request.inputs[1].shape, gradient.inputShape)
    case let gradient as Op.ConvolutionWeightsGradient:
      (gradient.forward, gradient.weightsShape, request.inputs[0].shape)
    default: nil
    }
  }
}
