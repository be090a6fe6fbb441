import FoveaLayers
import Testing

private func fields(_ model: some Layer, input: Shape) throws -> [Int] {
  try trace(model, input: input).summary.layers.compactMap { $0.receptiveField?.first }
}

@Test func `P8: two 3×3 convolutions see 5×5, three see 7×7`() throws {
  let stack = Sequential { for _ in 0..<3 { Conv2D(filters: 1, kernel: 3) } }
  #expect(try fields(stack, input: [28, 28, 1]) == [3, 5, 7])
}

@Test func `P8: the last pooling of AlexNet sees 195×195`() throws {
  let features = Sequential {
    Conv2D(filters: 1, kernel: 11, strides: 4)
    MaxPool2D(3, strides: 2)
    Conv2D(filters: 1, kernel: 5, padding: .same)
    MaxPool2D(3, strides: 2)
    for _ in 0..<3 { Conv2D(filters: 1, kernel: 3, padding: .same) }
    MaxPool2D(3, strides: 2)
  }
  let last = try #require(try trace(features, input: [227, 227, 3]).summary.layers.last)
  #expect(last.receptiveField == [195, 195])
  #expect(last.step == [32, 32])
}

@Test func `P8: the last pooling of VGG16 sees 212×212`() throws {
  let features = Sequential {
    for convolutions in [2, 2, 3, 3, 3] {
      for _ in 0..<convolutions { Conv2D(filters: 1, kernel: 3, padding: .same) }
      MaxPool2D(2)
    }
  }
  #expect(try fields(features, input: [224, 224, 3]).last == 212)
}

@Test func `P8: the last block of ResNet-18 sees 435×435, more than the image`() throws {
  let features = Sequential {
    Conv2D(filters: 1, kernel: 7, strides: 2, padding: .explicit(3))
    MaxPool2D(3, strides: 2, padding: .explicit(1))
    for strides in [1, 1, 2, 1, 2, 1, 2, 1] {
      Residual {
        Conv2D(filters: 1, kernel: 3, strides: Size2D(strides), padding: .explicit(1))
        Conv2D(filters: 1, kernel: 3, padding: .explicit(1))
      } shortcut: {
        if strides > 1 { Conv2D(filters: 1, kernel: 1, strides: Size2D(strides)) }
      }
    }
    Tanh()
  }
  #expect(try fields(features, input: [224, 224, 3]).last == 435)
}

@Test func `a dense layer and a global pooling see what all positions see`() throws {
  let heads = Concatenate {
    Sequential {
      Flatten()
      Dense(4)
    }
    GlobalMaxPool2D()
    Sequential {
      Reshape([36, 1, 2])
      GlobalAveragePool2D()
    }
  }
  let model = Sequential {
    MaxPool2D(2)
    heads
  }
  #expect(try fields(model, input: [12, 12, 2]) == [2, 2, 12, 12, 2, 12])
}

@Test func `height and width are told apart, also after a transpose, and dilation counts`() throws {
  let model = Sequential {
    Conv2D(filters: 2, kernel: Size2D(1, 3), strides: Size2D(1, 2))
    Permute([2, 1, 3])
    Conv2D(filters: 2, kernel: Size2D(3, 5), dilation: Size2D(2, 1))
  }
  let last = try #require(try trace(model, input: [20, 30, 1]).summary.layers.last)
  #expect(last.receptiveField == [5, 3 + 4 * 2])
  #expect(last.step == [1, 2])
}

@Test func `a field starts in the padding`() throws {
  let traced = try trace(Sequential { Conv2D(filters: 1, kernel: 5, padding: .same) }, input: [8, 8, 1])
  let field = try #require(traced.graph.receptiveFields[traced.graph.outputs[0].node])
  #expect(field.axes.map(\.start) == [-2, -2])
  let padded = try trace(Sequential { ZeroPadding2D(top: 3) }, input: [8, 8, 1]).graph
  #expect(padded.receptiveFields.last??.axes.map(\.start) == [-3, 0])
}

@Test func `a gate made from the whole image lets every position see the whole image`() throws {
  struct Gated: Layer {
    func forward(_ x: Value) -> Value {
      let gate = Sigmoid()(GlobalAveragePool2D()(x))
      return x * gate.reshaped(to: [x.shape[0], 1, 1, x.channels])
    }
  }
  #expect(
    try fields(
      Sequential {
        Gated(); Tanh()
      }, input: [8, 8, 3]
    ).last == 8)
}

@Test func `upsampling takes the steps back that pooling made`() throws {
  let model = Sequential {
    MaxPool2D(4)
    LpPool2D(3, strides: 1, padding: .same)
    Upsample2D(2)
    Conv2D(filters: 1, kernel: 3, padding: .same)
    Upsample2D(2, interpolation: .linear)
  }
  let layers = try trace(model, input: [32, 32, 1]).summary.layers
  // 4; + 2·4; each pixel is one of those; + 2·2; two neighbours, 2 apart.
  #expect(layers.compactMap { $0.receptiveField?.first } == [4, 12, 12, 16, 18])
  #expect(layers.last?.step == [1, 1])
}

@Test func `an unpooled value sees what was pooled`() throws {
  struct Unpooled: Layer {
    func forward(_ x: Value) -> Value {
      let (y, switches) = MaxPool2D(2).withSwitches(x)
      return MaxUnpool2D()(y, switches)
    }
  }
  let traced = try trace(Unpooled(), input: [8, 8, 1])
  let field = try #require(traced.graph.receptiveFields[traced.graph.outputs[0].node])
  #expect(field.axes.map(\.size) == [2, 2])
}

@Test func `a transposed convolution halves the step again`() throws {
  let model = Sequential {
    Conv2D(filters: 1, kernel: 3, strides: 2, padding: .same)  // sees 3, step 2
    Conv2D(filters: 1, kernel: 3, padding: .same)  // sees 7
    TransposedConv2D(filters: 1, kernel: 2, strides: 2)  // of one position each
    TransposedConv2D(filters: 1, kernel: 3, padding: .same)  // of three, one apart
    TransposedConv2D(filters: 1, kernel: 4, strides: 4)  // finer than the image
  }
  let layers = try trace(model, input: [16, 16, 1]).summary.layers
  #expect(layers.map { $0.receptiveField?.first } == [3, 7, 7, 9, 9])
  #expect(layers.map { $0.step?.first } == [2, 2, 1, 1, 1])
}

@Test func `borders, depthwise, unshared and table convolutions see what a convolution sees`() throws {
  let model = Sequential {
    Conv2D(filters: 4, kernel: 3, padding: .same, paddingMode: .reflect)
    DepthwiseConv2D(kernel: 5, dilation: 2, padding: .full)
    LocallyConnected2D(filters: 2, kernel: 3, strides: 2)
    Conv2D(filters: 1, kernel: 3, flipped: true, connections: ConnectionTable([[0]]))
  }
  #expect(try fields(model, input: [16, 16, 1]) == [3, 11, 13, 17])
  let volume = Sequential {
    Conv3D(filters: 1, kernel: Size3D(3, 5, 7))
    Conv3D(filters: 1, kernel: 3, strides: 2)
  }
  let last = try #require(try trace(volume, input: [20, 20, 20, 1]).summary.layers.last)
  #expect(last.receptiveField == [5, 7, 9])
  #expect(last.step == [2, 2, 2])
}
