import FoveaLayers

/// The input's two halves as values of their own: `2×…` → two of `…`.
private func halves(_ x: Value) -> (Value, Value) {
  let inner = Array(x.shape.dimensions.dropFirst())
  let rows = (0..<2).map { half in
    x.applying(Op.Slice(from: [half] + inner.map { _ in 0 }, size: [1] + inner)).reshaped(to: Shape(inner))
  }
  return (rows[0], rows[1])
}

extension TorchFamily {
  /// `Fixtures/make_arrangement.py`
  static let arrangement = TorchFamily(
    "arrangement",
    [
      "embedding": { Embedding(count: 7, size: 4)($0) },
      "embedding of one number": { Embedding(count: 2, size: 3)($0) },
      "embedding of pictures": { Embedding(count: 5, size: 2)($0) },
      "embedding and convolution": {
        Conv1D(filters: 4, kernel: 3, padding: .same)(Embedding(count: 6, size: 3)($0))
      },
      "one-hot rows": { OneHot(classes: 5)($0) },
      "pad": { Pad(before: [3, 0, 1], after: [1, 2, 0], value: 0.5)($0) },
      "pad of rows": { Pad(before: [2], after: [1], value: -1.5)($0) },
      "zero padding": { ZeroPadding2D(top: 2, left: 3, right: 1)($0) },
      "permute": { Permute([3, 1, 2])($0) }, "permute of sequences": { Permute([2, 1])($0) },
      "reshape": { Reshape([8, 3])($0) }, "flatten": { Flatten()($0) },
      "concatenate": { x in
        Concatenate {
          Tanh()
          Sequential([])
          ReLU()
        }(x)
      },
      "concatenate rows": { x in
        Concatenate {
          Dense(4)
          Sequential([])
        }(x)
      },
      "add": { x in
        Add {
          Tanh()
          Sequential([])
          Sigmoid()
        }(x)
      },
      "multiply": { x in
        Multiply {
          Tanh()
          Sequential([])
          Sigmoid()
        }(x)
      },
      "larger of two": {
        let (a, b) = halves($0)
        return max(a, b)
      },
      "smaller of two": {
        let (a, b) = halves($0)
        return min(a, b)
      },
      "larger of two, stretched": { x in
        let first = x.applying(Op.Slice(from: [0, 0, 0], size: [3, 1, 1]))
        return max(x, first.applying(Op.Broadcast(to: [3, 1, 5])))
      },
    ])
}
