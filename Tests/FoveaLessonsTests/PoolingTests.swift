import FoveaLessons
import Testing

// Pooling, Q1 to Q11.

@Test func `Q1: max, average, sum and min`() throws {
  let page = try page("Q1")
  #expect(page.rows("max") == [[9, 6], [4, 8]] && page.rows("average") == [[5.5, 4.75], [2.5, 4.25]])
  #expect(page.rows("sum") == [[22, 19], [10, 17]] && page.rows("min") == [[2, 3], [1, 1]])
}

@Test func `Q2: the answer that the deck does not print`() throws {
  let page = try page("Q2")
  #expect(page.rows("max") == [[5, 3], [7, 4]] && page.rows("average") == [[2.75, 1.5], [4, 2.25]])
}

@Test func `Q3: average in nine steps`() throws {
  let page = try page("Q3")
  let rounded = page.rows("average")?.map { $0.map { ($0 * 10).rounded() / 10 } }
  #expect(rounded == [[1.7, 1.7, 1.7], [1.0, 1.2, 1.8], [1.1, 0.8, 1.3]])
  #expect(abs(page.cells[0].value - 5.0 / 3) < 1e-12)
}

@Test func `Q4: max in nine steps`() throws {
  #expect(try page("Q4").rows("max") == [[3, 3, 3], [3, 3, 3], [3, 2, 3]])
}

@Test func `Q5: five kinds along one, two and three axes`() throws {
  let page = try page("Q5")
  #expect(row(page, "1-D max") == [2, 4, 6, 8] && row(page, "1-D min") == [1, 3, 5, 7])
  #expect(row(page, "1-D average") == [1.5, 3.5, 5.5, 7.5] && row(page, "1-D sum") == [3, 7, 11, 15])
  #expect(row(page, "2-D max") == [6, 8] && row(page, "2-D min") == [1, 3] && row(page, "2-D sum") == [14, 22])
  #expect(row(page, "2-D average") == [3.5, 5.5] && row(page, "3-D average") == [4.5])
  #expect(row(page, "3-D max") == [8] && row(page, "3-D min") == [1] && row(page, "3-D sum") == [36])
  #expect(isClose(row(page, "1-D L2"), [5.0, 25, 61, 113].map { $0.squareRoot() }, 1e-5))
  #expect(isClose(row(page, "3-D L2"), [Double(204).squareRoot()], 1e-5))
}

@Test func `Q6: each channel on its own`() throws {
  let page = try page("Q6")
  #expect(page.rows("channel 0 pooled with channel 1") == page.rows("channel 0 pooled alone"))
  #expect(page.rows("channel 1 pooled with channel 0") == page.rows("channel 1 pooled alone"))
  #expect(page.rows("channel 0 pooled alone") != page.rows("channel 1 pooled alone"))
}

@Test func `Q7: pooled pictures are more alike after a shift`() throws {
  let page = try page("Q7")
  let (before, after) = (
    try #require(page.number("before pooling")), try #require(page.number("after max pooling 5×5"))
  )
  #expect(before < 0.9 && after > before)
}

@Test func `Q8: global average pooling against a dense layer`() throws {
  let page = try page("Q8")
  #expect(page.number("flatten and dense: parameters") == 50_177_000)
  #expect(page.number("global average and dense: parameters") == 1_025_000)
  #expect(page.number("global maximum: parameters") == 0 && page.text("global maximum: output") == "1024")
}

@Test func `Q9: overlapping pooling`() throws {
  let page = try page("Q9")
  #expect(["after conv1", "after conv2", "after conv5"].map { page.number($0) } == [27, 13, 6])
}

@Test func `Q10: unpooling puts the largest values back`() throws {
  let page = try page("Q10")
  #expect(page.rows("switches") == [[5, 3], [8, 11]])
  #expect(page.rows("unpooled") == [[0, 0, 0, 6], [0, 9, 0, 0], [4, 0, 0, 8], [0, 0, 0, 0]])
  #expect(page.cells.map(\.value) == page.rows("unpooled")?.flatMap(\.self))
}

@Test func `Q11: pooling learns nothing and saves memory`() throws {
  let page = try page("Q11")
  #expect(page.number("parameters of the pooling") == 0)
  #expect(page.number("bytes before") == 2048 && page.number("bytes after") == 512)
}
