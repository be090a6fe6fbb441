import FoveaLessons
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
  #expect(page.cells.count == 4 && page.cells.count { $0.value == 1 } == 1)
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
