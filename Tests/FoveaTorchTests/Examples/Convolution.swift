import FoveaLayers

private func edges(_ edges: (Int, Int)...) -> Padding { .edges(edges.map { .init(before: $0.0, after: $0.1) }) }

extension TorchFamily {
  /// `Fixtures/make_convolution.py`
  static let convolution = TorchFamily("convolution", plain.merging(bordered) { first, _ in first })

  private static let plain: [String: @Sendable (Value) -> Value] =
    [
      "conv1d": { Conv1D(filters: 5, kernel: 4, strides: 2, padding: .explicit(1))($0) },
      "conv1d, dilated and grouped": { Conv1D(filters: 6, kernel: 3, dilation: 3, groups: 2, bias: false)($0) },
      "conv1d, full": { Conv1D(filters: 4, kernel: 3, dilation: 2, padding: .full)($0) },
      "conv2d, full": { Conv2D(filters: 4, kernel: Size2D(3, 2), padding: .full)($0) },
      "conv2d, same": { Conv2D(filters: 3, kernel: Size2D(4, 2), strides: 2, padding: .same)($0) },
      "conv2d, turned": { Conv2D(filters: 4, kernel: Size2D(3, 2), flipped: true)($0) },
      "conv2d, asymmetric, tanh": {
        Conv2D(filters: 16, kernel: 3, padding: edges((0, 2), (3, 1)), activation: .tanh)($0)
      },
      "conv3d": {
        Conv3D(
          filters: 4, kernel: Size3D(3, 2, 1), strides: Size3D(1, 2, 1), padding: edges((1, 1), (0, 0), (2, 2)))($0)
      },
      "conv3d, grouped, dilated, turned": {
        Conv3D(filters: 6, kernel: Size3D(2, 2, 3), dilation: Size3D(2, 1, 2), groups: 2, flipped: true)($0)
      },
      "depthwise 1d": { DepthwiseConv1D(kernel: 3, multiplier: 2, strides: 2)($0) },
      "depthwise 2d": { DepthwiseConv2D(kernel: 3, padding: .same, activation: .relu)($0) },
      "depthwise 2d, multiplied and dilated": {
        DepthwiseConv2D(kernel: Size2D(2, 3), multiplier: 3, dilation: Size2D(2, 1), bias: false)($0)
      },
      "depthwise 3d": {
        DepthwiseConv3D(kernel: Size3D(2, 3, 2), multiplier: 2, strides: Size3D(1, 2, 1))($0)
      },
      "separable 1d": { SeparableConv1D(filters: 4, kernel: 3, multiplier: 2)($0) },
      "separable 2d": { SeparableConv2D(filters: 4, kernel: 3, multiplier: 2)($0) },
      "separable 3d": { SeparableConv3D(filters: 4, kernel: 3, multiplier: 2)($0) },
      "transposed 1d": {
        TransposedConv1D(filters: 2, kernel: 4, strides: 3, padding: .explicit(1), outputPadding: 2)($0)
      },
      "transposed 2d": { TransposedConv2D(filters: 4, kernel: Size2D(3, 2))($0) },
      "transposed 2d, strided": {
        TransposedConv2D(filters: 4, kernel: 3, strides: 2, padding: .explicit(1), outputPadding: Size2D(1, 0))($0)
      },
      "transposed 2d, grouped and dilated": {
        TransposedConv2D(filters: 6, kernel: Size2D(3, 2), strides: 2, dilation: Size2D(2, 3), groups: 2)($0)
      },
      "transposed 2d, same": {
        TransposedConv2D(filters: 2, kernel: Size2D(4, 3), strides: 2, padding: .same)($0)
      },
      "transposed 3d": {
        TransposedConv3D(
          filters: 3, kernel: Size3D(2, 3, 2), strides: Size3D(2, 1, 2), padding: edges((0, 0), (1, 1), (0, 0)))($0)
      },
      "transposed 2d, output padding below the dilation": {
        TransposedConv2D(
          filters: 4, kernel: Size2D(3, 2), strides: Size2D(2, 1), dilation: Size2D(3, 2), outputPadding: Size2D(2, 1))(
            $0)
      },
      "unshared 1d": { LocallyConnected1D(filters: 5, kernel: 3, strides: 2)($0) },
      "unshared 2d": { LocallyConnected2D(filters: 4, kernel: 3, strides: Size2D(1, 2))($0) },
      "unshared 3d": { LocallyConnected3D(filters: 3, kernel: 3, strides: Size3D(1, 2, 1))($0) },
      "connection table": { Conv2D(filters: 16, kernel: 5, connections: .leNet5)($0) },
    ]

  /// Borders that are not zeros.
  private static let bordered: [String: @Sendable (Value) -> Value] = Dictionary(
    uniqueKeysWithValues: [PaddingMode.reflect, .replicate, .circular].flatMap { mode in
      [
        ("conv1d, \(mode)", { Conv1D(filters: 5, kernel: 4, padding: edges((2, 1)), paddingMode: mode)($0) }),
        (
          "conv2d, \(mode)",
          {
            Conv2D(
              filters: 4, kernel: Size2D(5, 3), strides: Size2D(1, 2),
              padding: .explicit(vertical: 2, horizontal: 1), paddingMode: mode)($0)
          }
        ),
        ("conv3d, \(mode)", { Conv3D(filters: 3, kernel: 3, padding: .explicit(1), paddingMode: mode)($0) }),
      ] as [(String, @Sendable (Value) -> Value)]
    })
}
