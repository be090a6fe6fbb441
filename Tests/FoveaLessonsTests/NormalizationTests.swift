import FoveaLessons
import Testing

// Normalisations, leaky rectifiers, the RBF output: L9 to L12, L16, L21.

@Test func `L9: layer normalisation does not depend on the batch`() throws {
  let page = try page("L9")
  let normal = [-1.3416, -0.4472, 0.4472, 1.3416]
  let rows = try #require(page.rows("normalised"))
  #expect(isClose(rows[0], normal, 1e-4) && isClose(rows[1], normal, 1e-4))
  #expect(row(page, "the first example without the second") == rows[0])
  // The batch's own moments see both examples.
  #expect(isClose(page.rows("batch normalisation of the same")?[0], [-1, -1, -1, -1], 1e-4))
}

@Test func `L10: group normalisation is layer and instance normalisation at its ends`() throws {
  let page = try page("L10")
  #expect(try #require(page.number("one group less layer normalisation")) < 1e-6)
  #expect(try #require(page.number("as many groups as channels less instance normalisation")) < 1e-6)
  let kinds = ["batch", "layer", "instance", "group"].map { page.rows("channel 0 of example 0, \($0)") }
  for (i, a) in kinds.enumerated() { for b in kinds[..<i] { #expect(a != nil && a != b) } }
  // Instance normalisation: the four numbers of the channel have mean 0 and variance 1.
  let instance = try #require(kinds[2]).flatMap(\.self)
  #expect(abs(instance.reduce(0, +)) < 1e-5 && abs(instance.reduce(0) { $0 + $1 * $1 } - 4) < 1e-3)
}

@Test func `L11: weight normalisation learns length and direction apart`() throws {
  let page = try page("L11")
  // 10 · (3, 4)/5 = (6, 8), whose sum is 14.
  #expect(
    isClose([try #require(page.number("y")), try #require(page.number("with v twice as long"))], [14, 14], 1e-5))
  #expect(page.number("parameters") == 3)
}

@Test func `L12: local response normalisation, with α and with α divided by n`() throws {
  let page = try page("L12")
  #expect(isClose(row(page, "b"), [0.594292, 1.187871, 1.780140, 2.373609, 2.967456], 1e-5))
  #expect(abs(try #require(row(page, "with α divided by n, as PyTorch does"))[0] - 0.594541) < 1e-5)
  // The centre of the square: all nine neighbours count.
  let base = 2 + 0.1 * (1.0 + 4 + 9 + 16 + 25 + 36 + 49 + 64 + 81)
  let centre = try #require(page.rows("within the channel, n = 3, α = 0.1"))[1][1]
  #expect(abs(centre - 5 / (base.squareRoot() * base.squareRoot().squareRoot())) < 1e-5)
  #expect(page.correction?.contains("min(W − 1, x + n/2)") == true)
}

@Test func `L16: leaky, learned and randomised slopes`() throws {
  let page = try page("L16")
  #expect(isClose(row(page, "f(x)"), [-0.02, -0.01, -0.005, 0, 0.5, 1, 2], 1e-6))
  #expect(isClose(row(page, "a = 0.3"), [-0.6, -0.3, -0.15, 0, 0.5, 1, 2], 1e-6))
  #expect(isClose(row(page, "PReLU before training"), [-0.5, -0.25, -0.125, 0, 0.5, 1, 2], 1e-6))
  let mean = (1.0 / 8 + 1.0 / 3) / 2
  #expect(isClose(row(page, "randomised, in inference"), [-2 * mean, -mean, -mean / 2, 0, 0.5, 1, 2], 1e-5))
  let sampled = try #require(row(page, "randomised, in training"))
  let slopes = [sampled[0] / -2, sampled[1] / -1, sampled[2] / -0.5]
  #expect(slopes.allSatisfy { (1.0 / 8 - 1e-6...1.0 / 3 + 1e-6).contains($0) } && Set(slopes).count == 3)
  #expect(page.correction?.contains("PReLU") == true)
}

@Test func `L21: squared distances to centres`() throws {
  let page = try page("L21")
  // (1, 2) to (0, 1), (1, 2) and (−1, 1).
  #expect(row(page, "y") == [2, 0, 5] && page.number("parameters of 84 to 10") == 840)
}
