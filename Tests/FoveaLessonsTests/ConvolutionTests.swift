import FoveaLessons
import Testing

// The worked convolutions of the lectures, C1 to C30: what the library computes against the checklist's numbers.

@Test func `C1: convolution of two sequences`() throws {
  #expect(try page("C1").rows("y") == [[1, 3, 5, 3]])
}

@Test func `C2: convolution of two pictures`() throws {
  #expect(try page("C2").rows("y") == [[0, 1, 2], [2, 10, 10], [6, 17, 12]])
}

@Test func `C3: a centred kernel with A zeros on each side keeps the length`() throws {
  #expect(try page("C3").rows("y") == [[4, 10, 16, 22, 22]])
}

@Test func `C4: the sliding table with two leading zeros`() throws {
  let page = try page("C4")
  #expect(page.rows("y") == [[10, 20, 30, 34]])
  // y(0) = w(0)·x(0) + w(−1)·x(1) + w(−2)·x(2); the stored kernel runs from w(2) to w(−2).
  #expect(page.cells[0].arithmetic == "0·5 + 0·4 + 1·3 + 2·2 + 3·1 = 10")
}

@Test func `C5: padding and stride`() throws {
  let page = try page("C5")
  #expect(page.text("6×6 without padding") == "4×4" && page.text("6×6 with padding 1") == "6×6")
  #expect(page.text("7×7 at stride 1") == "5×5" && page.text("7×7 at stride 2") == "3×3")
}

@Test func `C6: the deck's index has the wrong sign`() throws {
  let page = try page("C6")
  #expect(page.rows("correlation") == [[6, -9, -8], [-3, -2, -3], [-3, 0, -2]])
  #expect(page.rows("convolution") == [[-6, 9, 8], [3, 2, 3], [3, 0, 2]])
  #expect(page.correction != nil)
}

@Test func `C7: 6×6 and a 3×3 filter`() throws { #expect(try page("C7").text("output") == "4×4") }

@Test func `C8: a vertical edge detector, its first cell term by term`() throws {
  let page = try page("C8")
  #expect(page.rows("map") == [[6, -9, -8], [-3, -2, -3], [-3, 0, -2]])
  #expect(page.rows("map with the kernel turned") == [[-6, 9, 8], [3, 2, 3], [3, 0, 2]])
  #expect(
    page.cells[0].arithmetic
      == "7·1 + 2·0 + 3·(−1) + 4·1 + 5·0 + 3·(−1) + 3·1 + 3·0 + 2·(−1) = 6")
  #expect(page.cells.count == 9)
}

@Test func `C9: the same filter with padding 1 and with stride 2`() throws {
  let page = try page("C9")
  #expect(page.rows("valid")?.count == 3)
  #expect(
    page.rows("padding 1") == [
      [-7, 5, -4, -6, 11], [-10, 6, -9, -8, 19], [-16, -3, -2, -3, 18], [-15, -3, 0, -2, 15], [-12, -4, 5, 0, 7],
    ])
  #expect(page.rows("stride 2") == [[6, -8], [-3, -2]])
}

@Test func `C10: the sharpened picture, with the input that the deck's own outputs demand`() throws {
  let page = try page("C10")
  #expect(
    page.rows("map") == [
      [114, 328, -26, 470, 158], [53, 266, -61, -30, 344], [403, 116, -47, 295, 244], [108, -135, 256, -128, 344],
      [314, 346, 279, 153, 421],
    ])
  #expect(page.correction?.contains("421") == true)
  // From the numbers that the deck prints, seven cells are others than those that it prints.
  let printed = [
    [114.0, 328, -26, 470, 158], [53, 266, -61, -30, 344], [403, 116, -47, 271, 244], [108, -135, 232, 2, 280],
    [314, 346, 289, 39, 631],
  ]
  #expect(page.rows("from the picture as printed") == printed)
}

@Test func `C11: a pattern in a binary face`() throws {
  let page = try page("C11")
  #expect(
    page.rows("stride 1") == [
      [0, 1, 0, 0, 0], [0, 1, 1, 0, 0], [1, 0, 0, 2, 1], [1, 3, 2, 1, 0], [0, 0, 1, 1, 1],
    ])
  #expect(page.rows("stride 2") == [[0, 0, 0], [1, 0, 1], [0, 1, 1]])
  #expect(page.rows("stride 2, padding 1") == [[1, 0, 1, 0], [0, 1, 0, 0], [0, 3, 1, 1], [0, 0, 0, 0]])
  #expect(
    page.rows("the common drawing's kernel") == [
      [0, 1, 0, 0, 0], [0, 1, 1, 1, 0], [1, 0, 0, 2, 1], [1, 4, 2, 1, 0], [0, 0, 1, 2, 1],
    ])
}

@Test func `C12: a 5×5 field over 28×28`() throws { #expect(try page("C12").text("neurons") == "24×24") }

@Test func `C13: small filters on 4×4`() throws {
  let page = try page("C13")
  #expect(page.text("3×3 filter") == "2×2" && page.text("2×2 filter") == "3×3")
}

@Test func `C14: filters are as deep as the input, and give a map each`() throws {
  let page = try page("C14")
  // Filter 0 adds up channel 0, filter 1 channel 1 … their four numbers each.
  #expect(page.rows("map of filter 0") == [[10]] && page.rows("map of filter 1") == [[26]])
  #expect(page.text("output") == "1×1×2")
}

@Test func `C15: 5×7 with padding at stride 2`() throws { #expect(try page("C15").text("output") == "3×4") }

@Test func `C16: filters on 32×32×3`() throws {
  let page = try page("C16")
  #expect(page.text("1 filter: output") == "28×28×1")
  #expect(page.text("6 filters: output") == "28×28×6" && page.number("6 filters: parameters") == 456)
  #expect(page.text("5 filters: output") == "28×28×5" && page.number("5 filters: parameters") == 380)
}

@Test func `C17: ten kernels, with padding 2 and without`() throws {
  let page = try page("C17")
  #expect(page.text("padding 2: output") == "32×32×10" && page.number("padding 2: parameters") == 760)
  #expect(page.text("no padding: output") == "28×28×10")
}

@Test func `C18: np.multiply takes two arrays`() throws {
  let page = try page("C18")
  #expect(page.number("O₀") == 6 && page.correction?.contains("comma") == true)
}

@Test func `C19: a kernel in nine steps`() throws {
  let page = try page("C19")
  #expect(page.rows("map") == [[12, 12, 17], [10, 17, 19], [9, 6, 14]])
  #expect(page.rows("true convolution") == [[18, 20, 19], [10, 9, 17], [11, 8, 14]])
  #expect(page.cells.map(\.value) == [12, 12, 17, 10, 17, 19, 9, 6, 14])
}

@Test func `C20: kernels in one, two and three dimensions`() throws {
  let page = try page("C20")
  #expect([1, 2, 3].map { page.number("weights of \($0)-D") } == [36, 108, 324])
  #expect(page.text("a 3-D input of side 5 gives") == "3×3×3×4")
}

@Test func `C21: a stride leaves out what stride 1 gives between`() throws {
  let page = try page("C21")
  #expect(page.rows("stride 2") == [[12, 17], [9, 14]])
  #expect(page.rows("stride 1, every second kept") == page.rows("stride 2"))
}

@Test func `C22: no padding, unit stride`() throws { #expect(try page("C22").text("output") == "2×2") }

@Test func `C23: half padding`() throws {
  #expect(
    try page("C23").rows("map") == [
      [6, 14, 17, 11, 3], [14, 12, 12, 17, 11], [8, 10, 17, 19, 13], [11, 9, 6, 14, 12], [6, 4, 4, 6, 4],
    ])
}

@Test func `C24: padding and stride 2`() throws {
  #expect(try page("C24").rows("map") == [[6, 17, 3], [8, 17, 13], [6, 4, 4]])
}

@Test func `C25: the three animations`() throws {
  let page = try page("C25")
  #expect(page.rows("no padding, unit stride") == [[12, 12, 17], [10, 17, 19], [9, 6, 14]])
  #expect(page.rows("no padding, stride 2") == [[12, 17], [9, 14]])
  #expect(page.rows("padding 1, stride 2") == [[6, 17, 3], [8, 17, 13], [6, 4, 4]])
  #expect(page.cells.count == 9 + 4 + 9 && page.cells.allSatisfy { $0.window?.count == 3 })
  #expect(page.cells.last?.value == 4 && page.cells.last?.name == "padding 1, stride 2: y[2,2]")
}

@Test func `C26: a filter of two at stride 2 and 1`() throws {
  let page = try page("C26")
  #expect(page.number("stride 2") == 4 && page.number("stride 1") == 7)
}

@Test func `C27: weights of a convolution`() throws {
  let page = try page("C27")
  #expect(page.number("without bias: parameters") == 1728 && page.number("with bias: parameters") == 1792)
}

@Test func `C28: locally connected`() throws {
  let page = try page("C28")
  // Each place weighs the sum of its window with its own number; all windows' sums are nine times Q3.
  let sums: [Double] = [15, 15, 15, 9, 11, 16, 10, 7, 12]
  #expect(page.rows("y")?.flatMap(\.self) == sums.enumerated().map { $0.element * Double($0.offset + 1) })
  #expect(page.number("parameters of four filters on 32×32×3") == Double(30 * 30 * 9 * 3 * 4 + 30 * 30 * 4))
  #expect(page.number("parameters of a convolution") == 112)
  #expect(page.cells[1].arithmetic == "3·2 + 2·2 + 1·2 + 0·2 + 1·2 + 3·2 + 1·2 + 2·2 + 2·2 = 30")
}

@Test func `C29: a gallery of kernels`() throws {
  let page = try page("C29")
  // The bright square of 9: its left edge is darker outside, its right edge brighter inside.
  #expect(page.rows("vertical edge")?[2] == [-27, -27, 0, 27, 27])
  #expect(page.rows("horizontal edge")?.map { $0[2] } == [-27, -27, 0, 27, 27])
  #expect(page.rows("Sobel")?[2] == [-36, -36, 0, 36, 36])
  #expect(page.rows("sharpen")?[2][2] == 9 && isClose(page.rows("blur")?[2], [3, 6, 9, 6, 3], 1e-5))
  #expect(page.rows("emboss")?.count == 5)
}

@Test func `C30: a vertical-line filter answers to the centre column alone`() throws {
  let page = try page("C30")
  // The picture: (3y + 2x²) mod 7.
  let column = (0..<7).map { Double((3 * $0 + 18) % 7) }.reduce(0, +)
  #expect(page.number("vertical line") == column)
  let row: Double = [2, 4, 3, 6, 6, 3, 4].reduce(0, +)
  #expect(page.number("horizontal line") == row && row != column)
  #expect(page.number("vertical line, all other columns at 100") == column)
}
