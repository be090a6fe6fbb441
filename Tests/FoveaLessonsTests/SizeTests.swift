import FoveaData
import FoveaLayers
import FoveaLessons
import FoveaNetwork
import FoveaTestSupport
import Testing

// Output sizes and the quiz, F1 to F23.

private func answer(_ id: String) throws -> String? { try page(id).text("answer") }

@Test func `F1: valid`() throws { #expect(try answer("F1") == "c) n − k + 1") }

@Test func `F2: with padding`() throws { #expect(try page("F2").number("output") == 5) }

@Test func `F3: with padding and stride`() throws {
  let page = try page("F3")
  #expect(page.number("output") == 14)
  #expect(page.cells[0].arithmetic == "⌊(28 + 1 + 1 − 3) / 2⌋ + 1 = ⌊27 / 2⌋ + 1 = 13 + 1 = 14")
}

@Test func `F4: (7 − 3)/2 + 1 is 3, not 2`() throws {
  let page = try page("F4")
  #expect(page.number("p = 0") == 3 && page.number("p = 1") == 4)
  #expect(page.correction?.contains("2 + 1 = 3") == true)
}

@Test func `F5: 28 pixels at stride 1 and 2`() throws {
  let page = try page("F5")
  #expect(page.number("s = 1") == 28 && page.number("s = 2") == 14)
}

@Test func `F6: 224 with padding 2`() throws { #expect(try page("F6").number("output") == 55) }

@Test func `F7: AlexNet's first pooling`() throws { #expect(try page("F7").number("output") == 27) }

@Test func `F8: same padding, and an even filter`() throws {
  #expect(try answer("F8") == "a) (k − 1)/2")
  #expect(try page("F8").remarks[0].contains("1 before and 2 after"))
}

@Test func `F9: full padding`() throws { #expect(try answer("F9") == "d) k − 1") }

@Test func `F10: length of a full convolution`() throws {
  #expect(try answer("F10") == "b) n + k − 1")
  #expect(try page("F10").remarks[0].contains("7"))
}

@Test func `F11: strided`() throws { #expect(try answer("F11") == "b) 3") }

@Test func `F12: effective size`() throws { #expect(try answer("F12") == "a) 19") }

@Test func `F13: the span of a dilated filter`() throws {
  let page = try page("F13")
  #expect(page.number("output on 7") == 3 && page.number("effective size") == 5)
}

@Test func `F14: which does not give 3`() throws {
  let page = try page("F14")
  #expect(page.text("answer")?.hasPrefix("d)") == true)
  #expect(page.cells.map { $0.arithmetic.suffix(1) } == ["3", "3", "3", "2"])
}

@Test func `F15: the rework is no solution`() throws {
  let page = try page("F15")
  #expect(page.number("after the convolution") == 3 && page.number("after the pooling") == 2)
  #expect(page.correction != nil)
}

@Test func `F16: four 2×2 filters`() throws {
  let page = try page("F16")
  #expect(page.number("without bias: parameters") == 16 && page.number("with bias: parameters") == 20)
}

@Test func `F17: three shared weights`() throws { #expect(try answer("F17") == "a) 3") }

@Test func `F18: thirteen connections, of which the deck's words would make nine`() throws {
  let page = try page("F18")
  #expect(page.text("answer") == "b) 13" && page.correction?.contains("3·3 = 9") == true)
}

@Test func `F19: convolution is not translation invariant`() throws {
  #expect(try answer("F19") == "c) translation invariance")
}

@Test func `F20: equivariance`() throws { #expect(try answer("F20") == "c) f(g(x)) = g(f(x))") }

@Test func `F21: the deck prints no key`() throws { #expect(try answer("F21")?.hasPrefix("open") == true) }

@Test func `F22: filters are ranked by their answers`() throws {
  let page = try page("F22")
  #expect(page.cells.map(\.value) == [0, 0, 1, 0] && page.text("answer") == "c) vertical edge")
  let table = try #require(page.table("ranking")).dropFirst()
  #expect(table.map { $0[0] } == ["vertical edge", "horizontal edge", "spot", "blur"])
  // NumPy's numbers for the same drawings.
  let powers = table.compactMap { Double($0[1]) }
  #expect(isClose(powers, [3.7075, 2.33, 1.4525, 0.253796], 1e-3), "\(powers)")
}

@Test(.enabled(if: SharedData.path("mnist") != nil, "shared/data/mnist is not there"))
func `F22: MNIST's digits rank the filters alike`() throws {
  let page = try page("F22")
  let kernels = page.given.compactMap { exhibit in exhibit.rows.map { (name: exhibit.name, rows: $0) } }
  #expect(kernels.count == 4)
  let digits = try MNIST(directory: try #require(SharedData.path("mnist"))).test
  let pixels = try (0..<1000).flatMap { try digits.image(at: $0).pixels.map { Float($0) / 255 } }
  let network = try Network(Conv2D(filters: kernels.count, kernel: 3, bias: false), input: [28, 28, 1])
  // 3×3×1×filters: the filters innermost.
  let weights = (0..<9).flatMap { place in kernels.map { Float($0.rows[place / 3][place % 3]) } }
  network.parameters = ["weights": Tensor(weights, shape: [3, 3, 1, kernels.count])]
  let answers = try network.predict(batch: Tensor(pixels, shape: [1000, 28, 28, 1])).array()
  let powers = kernels.indices.map { filter in
    stride(from: filter, to: answers.count, by: kernels.count).reduce(0.0) { $0 + Double(answers[$1] * answers[$1]) }
  }
  let ranked = kernels.indices.sorted { powers[$0] > powers[$1] }.map { kernels[$0].name }
  #expect(ranked == page.table("ranking")?.dropFirst().map { $0[0] })
}

@Test func `F23: valid, same, full, strided, dilated and pooled`() throws {
  let page = try page("F23")
  #expect(page.rows("max pooling") == [[3, 3, 3], [3, 3, 3], [3, 2, 3]])
  #expect(page.rows("valid")?.count == 3 && page.rows("same")?.count == 5 && page.rows("full")?.count == 7)
  #expect(page.rows("strided") == [[12, 17], [9, 14]])
  #expect(page.rows("dilated")?.count == 1)
  // The middle of the wider one is the narrower one.
  #expect(page.rows("full")?[1...5].map { Array($0[1...5]) } == page.rows("same"))
  #expect(page.rows("same")?[1...3].map { Array($0[1...3]) } == page.rows("valid"))
}
