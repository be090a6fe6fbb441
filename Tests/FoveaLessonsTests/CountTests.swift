import FoveaLessons
import Testing

// Parameters and connections, P1 to P10.

@Test func `P1: shared weights`() throws { #expect(try page("P1").number("one filter: parameters") == 26) }

@Test func `P2: fully connected`() throws { #expect(try page("P2").number("30 neurons: parameters") == 23_550) }

@Test func `P3: a picture in a row`() throws { #expect(try page("P3").text("flatten: output") == "3072") }

@Test func `P4: letters with one dense layer`() throws {
  let page = try page("P4")
  #expect(page.number("without bias: parameters") == 20_384 && page.number("with bias: parameters") == 20_410)
}

@Test func `P5: 1.6 billion, which the deck rounds up`() throws {
  #expect(try page("P5").number("40,000 hidden units: parameters") == 1_600_000_000)
}

@Test func `P6: connections of a dense block`() throws {
  let page = try page("P6")
  #expect(page.number("L = 5") == 15 && page.number("L = 3") == 6)
}

@Test func `P7: growth of a dense block`() throws { #expect(try page("P7").number("into layer 3") == 128) }

@Test func `P8: receptive fields`() throws {
  let page = try page("P8")
  #expect(page.number("2 convolutions of 3×3") == 5 && page.number("3 convolutions of 3×3") == 7)
  #expect(page.text("LeNet-5") == "5, 6, 14, 16, 32")
  #expect(page.number("AlexNet, after the last pooling") == 195)
  #expect(page.number("VGG16, after the last pooling") == 212)
  #expect(page.number("ResNet-18, after the last convolution") == 435)
}

@Test func `P9: factorised convolutions`() throws {
  let page = try page("P9")
  let names = ["5×5", "two of 3×3", "3×3", "1×3 and 3×1", "7×7", "1×7 and 7×1"]
  #expect(names.map { page.number("\($0): parameters") } == [25, 18, 9, 6, 49, 14])
  #expect(page.text("5×5: output") == page.text("two of 3×3: output"))
  #expect(page.text("7×7: output") == page.text("1×7 and 7×1: output"))
}

@Test func `P10: a 1×1 convolution is a dense layer`() throws {
  let difference = try page("P10").number("largest difference to the dense layer")
  #expect(try #require(difference) <= 2.4e-7)
}
