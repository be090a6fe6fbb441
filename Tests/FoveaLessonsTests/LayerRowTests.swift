import FoveaLessons
import Testing

// Layers and operations, L1 to L27, and gradients and losses, R2 and R6 to R8.

@Test func `L1: convolution over a volume`() throws {
  let page = try page("L1")
  #expect(page.text("output") == "4×4×4" && page.rows("map 3")?[0] == [108, 108, 108, 108])
}

@Test func `L2: layers over sequences`() throws {
  let page = try page("L2")
  #expect(row(page, "convolution") == [-1, 3, -2, -1, -1, -1])
  #expect(row(page, "max pooling of 3") == [3, 4] && page.number("global max pooling") == 5)
  #expect(page.rows("embedded") == [[30, 31], [10, 11]])
}

@Test func `L3: convolution in three dimensions`() throws {
  let page = try page("L3")
  #expect(row(page, "y") == [Double](repeating: -13, count: 8) && page.text("output") == "2×2×2×1")
}

@Test func `L4: dilated`() throws {
  let page = try page("L4")
  #expect(row(page, "dilation 2") == [9, 12, 15] && row(page, "dilation 1") == [6, 9, 12, 15, 18])
}

@Test func `L5: a transposed convolution of ones is a checkerboard`() throws {
  let page = try page("L5")
  #expect(page.rows("from 2×2") == [[1, 2, 1], [2, 4, 2], [1, 2, 1]])
  #expect(
    page.rows("from 3×3") == [
      [1, 2, 1, 2, 1], [2, 4, 2, 4, 2], [1, 2, 1, 2, 1], [2, 4, 2, 4, 2], [1, 2, 1, 2, 1],
    ])
  #expect(page.cells[4].arithmetic == "1·1 + 1·1 + 1·1 + 1·1 = 4")
}

@Test func `L6: an activation is projected back to the pixels that made it`() throws {
  let page = try page("L6")
  #expect(page.text("strongest activation") == "10 at 0,1")
  let projection = try #require(page.rows("its projection"))
  // As large as the picture; the kernel, times the activation, around the switch.
  #expect(projection.count == 6 && projection.allSatisfy { $0.count == 6 })
  #expect(projection[1] == [0, 0, -10, 20, -10, 0] && projection[4] == [0, 0, 0, 0, 0, 0])
}

@Test func `L7: inception module 3a`() throws {
  #expect(try page("L7").text("module: output") == "28×28×256")
}

@Test func `L8: batch normalisation`() throws {
  let page = try page("L8")
  #expect(isClose(row(page, "training"), [-1.3416, -0.4472, 0.4472, 1.3416], 1e-4))
  #expect(isClose(row(page, "inference with mean 0 and variance 1"), [1, 2, 3, 4], 1e-4))
}

@Test func `L13: ReLU and its slope`() throws {
  let page = try page("L13")
  #expect(row(page, "f(x)") == [0, 0, 0, 0, 0.5, 1, 2] && row(page, "f′(x)") == [0, 0, 0, 0, 1, 1, 1])
}

@Test func `L14: the sigmoid is a half at 0, its slope a quarter`() throws {
  let page = try page("L14")
  #expect(abs(try #require(row(page, "f(x)"))[3] - 0.5) < 1e-6)
  #expect(abs(try #require(row(page, "f′(x)"))[3] - 0.25) < 1e-6)
}

@Test func `L15: tanh is odd and has slope 1 at 0`() throws {
  let page = try page("L15")
  let f = try #require(row(page, "f(x)"))
  #expect(abs(f[0] + f[6]) < 1e-6 && abs(f[6] - 0.964028) < 1e-5 && row(page, "f′(x)")?[3] == 1)
}

@Test func `L17: softmax and its temperature`() throws {
  let page = try page("L17")
  #expect(isClose(row(page, "β = 1"), [0.0900, 0.2447, 0.6652], 1e-4))
  #expect(isClose(row(page, "β = 2"), [0.0159, 0.1173, 0.8668], 1e-4))
  #expect(isClose(row(page, "β = −1"), [0.6652, 0.2447, 0.0900], 1e-4))
  #expect(isClose(row(page, "z = 1000, 1001, 1002"), [0.0900, 0.2447, 0.6652], 1e-4))
}

@Test func `L18: dropout keeps the mean, and is off when predicting`() throws {
  let page = try page("L18")
  #expect(page.number("value of those kept") == 2)
  #expect(abs(try #require(page.number("kept")) - 5000) < 250)
  #expect(abs(try #require(page.number("mean in training")) - 1) < 0.05)
  #expect(page.number("smallest in inference") == 1 && page.number("largest in inference") == 1)
}

@Test func `L19: flatten`() throws { #expect(try page("L19").text("5×5×16: output") == "400") }

@Test func `L20: fully connected`() throws {
  let page = try page("L20")
  #expect(page.number("784 to 30: parameters") == 23_550 && page.number("letters: parameters") == 20_410)
  #expect(page.number("an MLP: parameters") == 79_510)
}

@Test func `L22: a residual unit with zero weights is the identity`() throws {
  #expect(try page("L22").number("largest difference to the input") == 0)
}

@Test func `L23: depthwise separable`() throws {
  let page = try page("L23")
  #expect(page.number("separable: parameters") == 17_536 && page.number("ordinary: parameters") == 147_456)
}

@Test func `L24: a transition halves channels, height and width`() throws {
  let page = try page("L24")
  #expect(page.text("transition: output") == "8×8×64" && page.number("transition: parameters") == 2 * 128 + 128 * 64)
}

@Test func `L25: tensors of rank 0 to 5`() throws {
  let page = try page("L25")
  #expect((0...5).map { page.number("elements of rank \($0)") } == [1, 2, 4, 8, 16, 32])
  #expect(page.number("bytes of float32") == 4 && page.number("bytes of uint8") == 1)
  #expect(page.number("bytes of int32") == 4)
}

@Test func `L26: a convolution is a sparse matrix`() throws {
  let page = try page("L26")
  #expect(row(page, "by convolution") == [12, 12, 17, 10, 17, 19, 9, 6, 14])
  #expect(row(page, "by the matrix") == row(page, "by convolution"))
  #expect(page.number("entries of the matrix") == 225)
  // Six entries of the kernel are not zero, at nine places.
  #expect(page.number("entries that are not zero") == 54)
}

@Test func `L27: fields grow by two with each layer`() throws {
  let page = try page("L27")
  #expect((1...4).map { page.number("seen through \($0) layer" + ($0 == 1 ? "" : "s")) } == [3, 5, 7, 9])
}

@Test func `R2: the gradient of shared weights is a sum over places`() throws {
  let page = try page("R2")
  #expect(page.rows("∂L/∂w") == [[15, 15, 15], [9, 11, 16], [10, 7, 12]])
  #expect(page.cells.map(\.value) == [15, 15, 15, 9, 11, 16, 10, 7, 12])
}

@Test func `R6: cross-entropy of one prediction`() throws {
  let page = try page("R6")
  #expect(abs(try #require(page.number("CE")) - 0.9163) < 1e-4)
  #expect(abs(try #require(page.number("with the (1 − y) term")) - 1.7148) < 1e-4)
}

@Test func `R7: the gradient of cross-entropy after softmax is ŷ − y`() throws {
  let page = try page("R7")
  #expect(isClose(row(page, "∂CE/∂z"), try #require(row(page, "ŷ − y")), 1e-6))
  #expect(page.correction?.contains("brackets") == true)
}

@Test func `R8: cross-entropy separates what the classification error cannot`() throws {
  let page = try page("R8")
  for name in ["NN1", "NN2"] {
    #expect(abs(try #require(page.number("\(name): classification error")) - 1.0 / 3) < 1e-12)
  }
  #expect(abs(try #require(page.number("NN1: mean CE")) - 0.3757) < 1e-4)
  #expect(abs(try #require(page.number("NN2: mean CE")) - 1.0567) < 1e-4)
  #expect(abs(try #require(page.number("NN1: mean squared error")) - 0.2533) < 1e-4)
  #expect(abs(try #require(page.number("NN2: mean squared error")) - 0.7067) < 1e-4)
}
