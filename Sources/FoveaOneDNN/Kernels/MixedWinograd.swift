import FoveaCompiler
import FoveaCore
import FoveaGraph

// Convolutions of bfloat16 numbers by Winograd's algorithm, and which way is likely to be the faster.

extension Mixed {
  /// The kernel by Winograd's algorithm: operands are widened as they are read, results rounded as they are written.
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
    guard !(base is Op.MatrixProduct), let base = base as? any OneDNNKernel else { return [.usual] }
    return base.variants(for: request).filter { $0 == .usual || $0 == .tiles }
  }

  /// Measured where bfloat16 is multiplied at twice the speed of `float32` (decision 17): what Winograd's algorithm saves
  /// is a third then, if nearly all outputs of its tiles are wanted, and less than the transforms cost where there are few
  /// channels or windows are 5×5. Where AMX multiplies, the definition is expected to be the faster.
  func expectedVariant(for request: KernelRequest) -> KernelVariant {
    let convolution: Op.Convolution, result: Shape, weights: Shape
    switch base {
    case let forward as Op.Convolution:
      (convolution, result, weights) = (forward, request.outputShape, request.inputs[1].shape)
    case let gradient as Op.ConvolutionInputGradient:
      (convolution, result, weights) = (gradient.forward, gradient.inputShape, request.inputs[1].shape)
    case let gradient as Op.ConvolutionWeightsGradient:
      (convolution, result, weights) = (gradient.forward, request.inputs[0].shape, gradient.weightsShape)
    default: return .usual
    }
    let isWorthwhile =
      !OneDNNBackend.computesTilesOfBFloat16 && convolution.tiledWindow == 3
      && weights.dimensions.suffix(2).allSatisfy { $0 >= 64 }
      && WinogradConvolution.isWorthwhile(convolution, weights: weights, result, filling: 0.9)
    return isWorthwhile ? .tiles : .usual
  }
}
