import FoveaLessons
import Testing

// The layer tables, T1 to T29.

/// Output and parameters of each layer, as the table has them.
private func outputs(_ id: String) throws -> [String] {
  try #require(try page(id).table("layers")).dropFirst().map { "\($0[1]) \($0[2])" }
}

@Test func `T1: three valid convolutions`() throws {
  #expect(
    try outputs("T1") == [
      "26×26×32 320", "24×24×32 9,248", "22×22×32 9,248", "15488 0", "128 1,982,592", "10 1,290",
    ])
  #expect(try page("T1").number("total") == 2_002_698)
}

@Test func `T2: with padding`() throws {
  #expect(try page("T2").number("total") == 3_231_498)
  #expect(try outputs("T2").contains("128 3,211,392"))
}

@Test func `T3: with strides`() throws {
  #expect(
    try outputs("T3") == ["14×14×32 320", "7×7×32 9,248", "4×4×32 9,248", "512 0", "128 65,664", "10 1,290"])
  #expect(try page("T3").number("total") == 85_770)
}

@Test func `T4: with pooling`() throws {
  #expect(
    try outputs("T4") == [
      "26×26×32 320", "13×13×32 0", "11×11×32 9,248", "5×5×32 0", "800 0", "128 102,528", "10 1,290",
    ])
  #expect(try page("T4").number("total") == 113_386)
}

@Test func `T5: LeNet in Keras, with the sizes that valid padding gives`() throws {
  #expect(
    try outputs("T5") == [
      "28×28×6 156", "14×14×6 0", "10×10×16 2,416", "5×5×16 0", "400 0", "120 48,120", "84 10,164", "10 850",
    ])
  #expect(try page("T5").number("total") == 61_706)
  #expect(try page("T5").correction?.contains("486") == true)
}

@Test func `T6: LeNet-5 on 32×32`() throws {
  #expect(try outputs("T6").prefix(4) == ["28×28×6 156", "14×14×6 0", "10×10×16 2,416", "5×5×16 0"])
}

@Test func `T7: the partial connections of C3`() throws {
  let page = try page("T7")
  #expect(page.number("connections") == 60 && page.number("parameters") == 1516)
  #expect((0..<6).allSatisfy { page.number("filters that see map \($0)") == 10 })
  #expect(page.number("parameters if all were connected") == 2416)
  let table = try #require(page.given.first { $0.name == "connections" }?.table)
  // As the deck prints its rows 0 and 5.
  #expect(table[1].dropFirst().map { $0 == "X" ? 1 : 0 } == [1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1])
  #expect(table[6].dropFirst().map { $0 == "X" ? 1 : 0 } == [0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1])
}

@Test func `T8: LeNet-5 with an RBF output`() throws {
  let rows = try outputs("T8")
  #expect(
    rows == [
      "28×28×6 156", "14×14×6 0", "10×10×16 2,416", "5×5×16 0", "1×1×120 48,120", "120 0", "84 10,164", "10 840",
    ])
}

@Test func `T9: LeNet's parameters`() throws { #expect(try page("T9").number("total") == 61_706) }

@Test func `T10: AlexNet's shapes`() throws {
  // The deck leaves normalisation and dropout out: what they give has the shape before.
  let table = try #require(try page("T10").table("layers")).dropFirst()
  #expect(
    table.filter { !$0[0].hasPrefix("norm") && !$0[0].hasPrefix("drop") }.map { $0[1] } == [
      "55×55×96", "27×27×96", "27×27×256", "13×13×256", "13×13×384", "13×13×384", "13×13×256", "6×6×256", "9216",
      "4096", "4096", "1000",
    ])
}

@Test func `T11: AlexNet's parameters`() throws {
  let counts = try outputs("T11").map { String($0.split(separator: " ")[1]) }.filter { $0 != "0" }
  #expect(
    counts == ["34,944", "614,656", "885,120", "1,327,488", "884,992", "37,752,832", "16,781,312", "4,097,000"])
  #expect(try page("T11").number("total") == 62_378_344)
}

@Test func `T12: SAME on 224 gives 56`() throws {
  let page = try page("T12")
  #expect(page.number("224, same") == 56 && page.number("227, valid") == 55 && page.number("224, padding 2") == 55)
  #expect(page.number("the pooling after C7") == 6 && page.correction != nil)
}

@Test func `T13: the grouped AlexNet`() throws {
  let page = try page("T13")
  #expect(page.number("parameters") == 60_965_224 && page.number("neurons") == 659_272)
  #expect(page.number("torchvision's variant") == 61_100_840)
}

@Test func `T14: VGG16, row by row`() throws {
  #expect(try page("T14").number("total") == 138_357_544)
  let counts = try outputs("T14").map { String($0.split(separator: " ")[1]) }.filter { $0 != "0" }
  #expect(
    counts == [
      "1,792", "36,928", "73,856", "147,584", "295,168", "590,080", "590,080", "1,180,160", "2,359,808", "2,359,808",
      "2,359,808", "2,359,808", "2,359,808", "102,764,544", "16,781,312", "4,097,000",
    ])
}

@Test func `T15: VGG's configurations, with the lost column D and the right E`() throws {
  let page = try page("T15")
  #expect(["A", "B", "C", "D", "E"].map { page.number("\($0): weight layers") } == [11, 13, 16, 16, 19])
  #expect(
    ["A", "B", "C", "D", "E"].map { page.number("\($0): parameters") } == [
      132_863_336, 133_047_848, 133_638_952, 138_357_544, 143_667_240,
    ])
  #expect(page.number("A-LRN: parameters") == 132_863_336)
  #expect(page.number("A-LRN: weight layers") == 11 && page.number("A-LRN: normalisations") == 1)
}

@Test func `T16: ResNet-18, with what the deck's total leaves out`() throws {
  let page = try page("T16")
  #expect(page.number("convolutions") == 10_994_880 && page.number("projections") == 172_032)
  #expect(page.number("normalisations") == 7808 && page.number("normalisations of the projections") == 1792)
  #expect(page.number("dense layer") == 513_000 && page.number("total") == 11_689_512)
  #expect(page.number("the deck's rows, with biases") == 11_511_784)
  #expect(page.number("227 with padding 1") == 112 && page.number("224 with padding 3") == 112)
  #expect(page.number("\"pad 0.5\": 0 before and 1 after") == 56)
  #expect(page.correction?.contains("3,904") == true)
}

@Test func `T17: ResNets of 34 to 152 layers`() throws {
  let page = try page("T17")
  #expect(
    ["34", "50", "101", "152"].map { page.number("ResNet-\($0)") } == [
      21_797_672, 25_557_032, 44_549_160, 60_192_808,
    ])
  #expect(page.cells.map(\.value) == [34, 50, 101, 152])
  #expect(
    page.cells.map(\.arithmetic) == [33, 49, 100, 151].map { "\($0) convolutions + 1 dense layer = \($0 + 1)" })
}

@Test func `T18: GoogLeNet`() throws {
  let page = try page("T18")
  #expect(page.number("weight layers") == 22 && page.number("inception modules") == 9)
  #expect(page.cells.map(\.arithmetic) == ["21 convolutions + 1 dense layer = 22"])
  #expect(page.number("with batch normalisation, as torchvision has it") == 6_624_904)
  #expect(page.number("as in the paper, with biases") == 6_998_552)
  #expect(page.text("head") == "GlobalAveragePool2D 1024, Dense 1000")
}

@Test func `T19: DenseNets`() throws {
  let page = try page("T19")
  #expect(["121", "169", "201"].map { page.number("DenseNet-\($0)") } == [7_978_856, 14_149_480, 20_013_928])
  #expect(page.cells.map(\.value) == [121, 169, 201])
  #expect(
    page.cells.map(\.arithmetic) == [120, 168, 200].map { "\($0) convolutions + 1 dense layer = \($0 + 1)" })
}

@Test func `T20: ResNeXt`() throws { #expect(try page("T20").number("ResNeXt-50 32×4d") == 25_028_904) }

@Test func `T21: Inception v3, Inception-ResNet v2, Xception`() throws {
  let page = try page("T21")
  let millions = ["Inception v3", "Inception-ResNet v2", "Xception"].map { name in
    page.number(name).map { ($0 / 100_000).rounded() / 10 }
  }
  #expect(millions == [23.9, 55.9, 22.9])
}

@Test func `T22: U-Net`() throws {
  let page = try page("T22")
  #expect(page.text("encoder") == "568, 280, 136, 64" && page.number("bottom") == 28)
  #expect(page.text("output") == "388×388×2" && page.number("parameters") == 31_030_658)
}

@Test func `T23: 28, 24, 12, 8, 4, 26`() throws {
  let shapes = try outputs("T23").map { String($0.split(separator: " ")[0]) }
  #expect(shapes == ["24×24×4", "12×12×4", "8×8×12", "4×4×12", "1×1×26", "26"])
}

@Test func `T24: 400×120, 120×84, 84×10`() throws {
  let page = try page("T24")
  #expect(["C5", "F6", "output"].map { page.text($0) } == ["400×120", "120×84", "84×10"])
  #expect(page.correction?.contains("LeNet-5") == true)
}

@Test func `T25: the tutorial's classifier`() throws { #expect(try page("T25").number("total") == 62_006) }

@Test func `T26: two ways from maps to a row`() throws {
  let rows = try outputs("T26")
  #expect(rows == ["26×26×32 896", "13×13×32 0", "5408 0", "32 0"])
}

@Test func `T27: words`() throws {
  let page = try page("T27")
  let layers = ["embedding", "conv", "pool", "global"]
  #expect(layers.map { page.text("\($0): output") } == ["21×128", "17×32", "5×32", "32"])
  #expect(layers.map { page.number("\($0): parameters") } == [1_280_000, 20_512, 0, 0])
  #expect(page.cells.map(\.arithmetic) == ["10,000·128 = 1,280,000", "5·128·32 + 32 = 20,512"])
  #expect(page.given.map(\.text) == ["21 words out of 10,000, each by its number"])
}

@Test func `T28: any size of input`() throws {
  let page = try page("T28")
  #expect(
    page.text("228: first map") == "226×226×8" && page.number("228: parameters") == page.number("224: parameters"))
}

@Test func `T29: multiply-adds`() throws {
  let page = try page("T29")
  #expect(page.number("LeNet-5") == 416_520 && page.number("AlexNet") == 1_135_256_096)
  #expect(page.number("AlexNet, grouped") == 724_406_816 && page.number("VGG16") == 15_470_264_320)
  #expect(page.number("ResNet-18") == 1_814_073_344)
}
