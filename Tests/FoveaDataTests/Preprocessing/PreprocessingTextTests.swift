import FoveaCore
import FoveaData
import FoveaTestSupport
import Testing

@Test func `a preprocessing is a name, or parts, or a name with parts that change it`() throws {
  #expect(try Preprocessing(parsing: "imagenet", for: [224, 224, 3]) == .imageNet)
  let mobile = try Preprocessing(parsing: "imagenet-tensorflow,short=183", for: [160, 160, 3])
  #expect(mobile.shortSide == 183 && mobile.crop == [160, 160] && mobile.scale == 1)
  #expect(mobile.cropRounding == .down)
  #expect(mobile.mean == [128, 128, 128] && mobile.deviation == [128, 128, 128])
  // 256 for 224 is 342 for 299, as torchvision has it for Inception v3.
  #expect(try Preprocessing(parsing: "imagenet", for: [299, 299, 3]).shortSide == 342)
  #expect(try Preprocessing(parsing: "imagenet,short=299", for: [299, 299, 3]).shortSide == 299)
  // 256 for 224 is 183 for 160, as MobileNet's authors have it; small networks are just filled.
  #expect(try Preprocessing(parsing: "imagenet", for: [160, 160, 3]).shortSide == 183)
  for small: Shape in [[32, 32, 3], [32, 64, 3]] {
    let preprocessing = try Preprocessing(parsing: "imagenet", for: small)
    #expect(preprocessing.shortSide == nil && preprocessing.crop == [small[0], small[1]])
  }
  // Nearly the same size is the same: 224 of 227.
  #expect(try Preprocessing(parsing: "imagenet-caffe", for: [224, 224, 3]).shortSide == 256)
  let parts = try Preprocessing(
    parsing: "short=256,crop=224x200,scale=1,mean=104/117/123,deviation=2,order=bgr", for: [224, 200, 3])
  #expect(parts.order == .bgr && parts.crop == [224, 200] && parts.mean == [104, 117, 123])
  #expect(parts.deviation == [2, 2, 2])
  #expect(try Preprocessing(parsing: "mnist", for: [28, 28, 1]).color == .gray)
}

@Test(arguments: [
  ("imagenot", "there is no 'imagenot'; there are cifar10, imagenet, imagenet-caffe, "),
  ("imagenet,shrt=3", "'shrt=3' is not understood: it may be short, crop, scale, mean, deviation and order"),
  ("mean=1/x", "'mean=1/x' is not understood: give a number, or one for each channel, such as 104/117/123"),
  ("order=grb", "'order=grb' is not understood: give rgb or bgr"), ("imagenet,", "'' is not understood: "),
  ("crop=axb", "a crop has the shape height×width, each in 1...65535, not 0×0"),
  (
    "imagenet,crop=227",
    "'crop=227', but the network takes 224×224: leave it out, or choose the input in the network's name, as in "
      + "alexnet:input=227"
  ),
])
func `a preprocessing that is not understood says what it may be`(text: String, reason: String) {
  let error = #expect(throws: DataError.self) { try Preprocessing(parsing: text, for: [224, 224, 3]) }
  #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
}

@Test func `class names come one a line, with WordNet's numbers, or as a dictionary`() throws {
  let folder = TemporaryFolder()
  func read(_ text: String, count: Int) throws -> [String] {
    try ClassNames.read(folder.write(Array(text.utf8), to: "names"), count: count)
  }
  #expect(try read("cat\ndog \r\n", count: 2) == ["cat", "dog"])
  #expect(try read("n01440764 tench, Tinca tinca\nn01443537 goldfish", count: 2) == ["tench, Tinca tinca", "goldfish"])
  #expect(try read("{0: 'tench',\n 1: \"Granny's\", 2: 'a\\'b'}", count: 3) == ["tench", "Granny's", "a'b"])
  for json in [
    #"["tench", "Granny's"]"#, #"{"0": "tench", "1": "Granny's"}"#, #"{"1": ["n0", "Granny's"], "0": ["n1", "tench"]}"#,
  ] {
    #expect(try read(json, count: 2) == ["tench", "Granny's"])
  }
  #expect(throws: DataError.self) { try read(#"{"0": "a", "x": "b"}"#, count: 2) }
  let thousand = (0..<1000).map { "class \($0)" }
  #expect(try read(thousand.joined(separator: "\n"), count: 1001) == ["background"] + thousand)
  #expect(
    #expect(throws: DataError.self) { try read("cat\ndog", count: 3) }?.reason == "it has 2 names, the model 3 outputs")
  let control = #expect(throws: DataError.self) { try read("cat\n\u{1B}[31mdog", count: 2) }
  #expect(control?.reason == "the name of class 1 has control characters")
  let error = #expect(throws: DataError.self) { try read("cat\ndog", count: 5) }
  #expect(error?.reason == "it has 2 names, the model 5 outputs")
  #expect(throws: DataError.self) { try read("{0: 'a', 2: 'b'}", count: 2) }
}
