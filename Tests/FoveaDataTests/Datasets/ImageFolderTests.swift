import FoveaData
import FoveaTestSupport
import Testing

private func png(_ height: Int, _ width: Int, _ gray: UInt8) -> [UInt8] {
  Image(height: height, width: width, color: .gray, pixels: [UInt8](repeating: gray, count: height * width))
    .encodedPNG()
}

@Test func `class folders become classes in the order of their names`() throws {
  let folder = TemporaryFolder()
  folder.write(png(4, 4, 10), to: "dog/b.png")
  folder.write(png(8, 6, 20), to: "cat/z.PNG")
  folder.write(png(4, 9, 30), to: "cat/a.png")
  folder.write([1], to: "cat/.hidden")
  folder.write([1], to: "README.txt")
  let data = try ImageFolder(directory: folder.path, sampleShape: [4, 4, 3])
  #expect(data.test == nil)
  #expect(data.train.classNames == ["cat", "dog"])
  #expect((0..<3).map { data.train.label(at: $0) } == [0, 0, 1])
  #expect(data.train.path(at: 0) == folder.path("cat/a.png"))
  #expect(
    try (0..<3).map { try data.train.image(at: $0) }
      == [30, 20, 10].map {
        Image(height: 4, width: 4, color: .rgb, pixels: [UInt8](repeating: $0, count: 48))
      })
}

@Test func `a picture is scaled until it covers the size and cropped in the middle`() throws {
  let folder = TemporaryFolder()
  // Columns of 0, 100, 200 and 50: twice as wide as high; a square keeps the two in the middle.
  let wide = Image(height: 2, width: 4, color: .gray, pixels: [0, 100, 200, 50, 0, 100, 200, 50])
  folder.write(wide.encodedPNG(), to: "a/wide.png")
  let data = try ImageFolder(directory: folder.path, sampleShape: [2, 2, 1])
  #expect(try data.train.image(at: 0).pixels == [100, 200, 100, 200])
}

@Test func `a network's preprocessing brings pictures to their size as a prediction does`() throws {
  let folder = TemporaryFolder()
  let picture = Image(height: 8, width: 12, color: .gray, pixels: (0..<96).map { UInt8($0 * 2) })
  folder.write(picture.encodedPNG(), to: "a/picture.png")
  let preprocessing = try Preprocessing(shortSide: 6, crop: [4, 4], color: .gray, scale: 1)
  let data = try ImageFolder(directory: folder.path, sampleShape: [4, 4, 1], preprocessing: preprocessing)
  let pixels = try data.train.image(at: 0).pixels
  #expect(pixels.map(Float.init) == preprocessing.apply(picture).floats)
  #expect(try ImageFolder(directory: folder.path, sampleShape: [4, 4, 1]).train.image(at: 0).pixels != pixels)
}

@Test(arguments: ["test", "val", "validation"]) func `train and test folders are told apart`(name: String) throws {
  let folder = TemporaryFolder()
  for file in ["train/cat/a.png", "train/dog/a.png", "\(name)/dog/b.png"] { folder.write(png(2, 2, 5), to: file) }
  let data = try ImageFolder(directory: folder.path, sampleShape: [2, 2, 1])
  #expect(data.train.count == 2)
  let test = try #require(data.test)
  #expect(test.classNames == ["cat", "dog"])
  #expect(test.label(at: 0) == 1)
  folder.write(png(2, 2, 5), to: "\(name)/bird/b.png")
  let error = #expect(throws: DataError.self) { try ImageFolder(directory: folder.path, sampleShape: [2, 2, 1]) }
  #expect(error?.description == folder.path(name) + "/bird: 'bird' is none of the classes cat, dog")
}

@Test func `folders that are no image folders are explained`() {
  let folder = TemporaryFolder()
  func error() -> String? {
    #expect(throws: DataError.self) { try ImageFolder(directory: folder.path, sampleShape: [2, 2, 1]) }?.description
  }
  #expect(error() == "\(folder.path): there are no folders in it; the pictures of each class need one of their own")
  folder.write(png(2, 2, 1), to: "cat/a.png")
  folder.write([1], to: "cat/notes.txt")
  #expect(
    error()
      == "\(folder.path)/cat/notes.txt: only .jpg, .jpeg and .png files belong into a class folder; move this elsewhere"
  )
  let empty = TemporaryFolder()
  empty.write([1], to: "cat/.hidden")
  #expect(throws: DataError(.missing, empty.path("cat"), "there are no pictures in this class folder")) {
    try ImageFolder(directory: empty.path, sampleShape: [2, 2, 1])
  }
  #expect(throws: DataError(.missing, "/no/photos", "there is no such folder")) {
    try ImageFolder(directory: "/no/photos", sampleShape: [2, 2, 1])
  }
}

@Test func `a damaged picture is named when it is read`() throws {
  let folder = TemporaryFolder()
  folder.write(png(4, 4, 10).dropLast(20), to: "cat/a.png")
  let data = try ImageFolder(directory: folder.path, sampleShape: [2, 2, 1])
  let error = #expect(throws: DataError.self) { try data.train.image(at: 0) }
  #expect(error?.description == folder.path("cat/a.png") + ": this PNG image cannot be decoded: the file is cut off")
}
