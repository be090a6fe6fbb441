import FoveaCore
import FoveaFormats
import FoveaTestSupport
import Testing

@Test func `a file of the Python library is read, whatever its types`() throws {
  let file = try SafetensorsFile(contentsOf: fixturePath("python.safetensors"))
  #expect(file.metadata == ["format": "pt", "note": "zwölf\n"])
  #expect(file.names.count == 14)
  let counting = (0..<6).map { Float($0) }
  let types: [(name: String, type: ElementType)] = [
    ("f16", .float32), ("bf16", .bfloat16), ("f32", .float32), ("f64", .float32), ("i8", .int8), ("i16", .int32),
    ("i32", .int32), ("i64", .int32), ("u8", .uint8),
  ]
  for (name, type) in types {
    let tensor = try file.tensor(name)
    #expect(tensor.shape == [2, 3], "\(name)")
    #expect(tensor.elementType == type, "\(name)")
    #expect(tensor.floats == counting, "\(name)")
  }
  #expect(try file.tensor("bool").array(of: UInt8.self) == [0, 1])
  #expect(try file.tensor("scalar") == Tensor(5))
  #expect(try file.tensor("empty").shape == [0, 4])
  #expect(try file.tensor(#"größe "a""#).array() == [0, 1])
  #expect(file.shape(of: "f32") == [2, 3])
  let tooLarge = #expect(throws: FormatError.self) { try file.tensor("too large") }
  #expect(
    tooLarge?.reason == "tensor 'too large' holds 1099511627776 at index 1, which does not fit into 32 bits")
  let missing = #expect(throws: FormatError.self) { try file.tensor("f33") }
  #expect(missing?.reason.hasPrefix("there is no tensor 'f33'; it has 14, such as ") == true)
}

private let tensors: [String: Tensor] = [
  "conv1.weights": Tensor((0..<24).map { Float($0) / 7 }, shape: [2, 3, 4]),
  "half": Tensor([BFloat16(1.5), BFloat16(-2)], shape: [2]),
  "bytes": Tensor([1, 2, 255] as [UInt8], shape: [3]),
  "signed": Tensor([-1, 127] as [Int8], shape: [1, 2]),
  "step \"12\"\n": Tensor([7] as [Int32], shape: []),
  "nothing": Tensor(shape: [0, 3]),
]

@Test func `what is written is read back, and equal content makes equal files`() throws {
  let folder = TemporaryFolder()
  try SafetensorsFile.write(tensors, metadata: ["epoch": "3", "a\\b": "ü\u{1}"], to: folder.path("a"))
  try SafetensorsFile.write(tensors, metadata: ["a\\b": "ü\u{1}", "epoch": "3"], to: folder.path("b"))
  let file = try SafetensorsFile(contentsOf: folder.path("a"))
  #expect(try file.tensors() == tensors)
  #expect(file.metadata == ["epoch": "3", "a\\b": "ü\u{1}"])
  #expect(try folder.read("a") == folder.read("b"))
  try SafetensorsFile.write([:], to: folder.path("none"))
  #expect(try SafetensorsFile(contentsOf: folder.path("none")).names == [])
  #expect(throws: FormatError.self) {
    try SafetensorsFile.write(["__metadata__": Tensor(1)], to: folder.path("c"))
  }
}

@Test func `writing replaces a file whole or leaves it`() throws {
  let folder = TemporaryFolder()
  try SafetensorsFile.write(["a": Tensor(1)], to: folder.path("a"))
  try SafetensorsFile.write(["b": Tensor(2)], to: folder.path("a"))
  #expect(try SafetensorsFile(contentsOf: folder.path("a")).names == ["b"])
  #expect(folder.names() == ["a"])
  let error = #expect(throws: FormatError.self) { try SafetensorsFile.write(tensors, to: "/dev/full") }
  #expect(error?.description == "/dev/full: could not be written: No space left on device")
}

@Test(
  arguments: [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8, nil),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}   "#, 8, nil),
    (#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#, 0, nil),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7,
      "the file is cut off: its tensors need 8 bytes, 7 are there"
    ),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, "1 bytes follow the last tensor"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "tensor 'a' has 8 bytes, which do not fill F32 3"),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0,
      "tensor 'a' has 0 bytes, which do not fill F32 4611686018427387904×4"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}"#, 8, "tensor 'a' has 8 bytes, which do not fill F32 -1"
    ),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "tensor 'a' lies at 8..<0"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, 8,
      "tensor 'a' needs a dtype, a shape and two data_offsets"
    ),
    (
      #"{"a":{"dtype":"F9","shape":[2],"data_offsets":[0,8]}}"#, 8, "tensor 'a' has the type F9, which is not read here"
    ),
    (
      #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}"#, 7,
      "tensor 'b' at byte 3 overlaps the one before it"
    ),
    (
      #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}"#, 9,
      "tensor 'b' at byte 5 leaves a gap before it"
    ),
    (
      #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#, 0,
      "the header is malformed at byte 64: the name 'a' appears twice"
    ),
    (#"{"__metadata__":{"a":1}}"#, 0, "'a' in __metadata__ is no text"),
    (#"["a"]"#, 0, "the header is no list of tensors"),
    (#"{"a":1.5}"#, 0, "the header is malformed at byte 14: a whole number is needed"),
    (#"{"a":99999999999999999999}"#, 0, "the header is malformed at byte 31: the number has more than 63 bits"),
    (#"{"a\ud800":1}"#, 0, "the header is malformed at byte 17: half a character"),
    (#"{"a":1}x"#, 0, "the header is malformed at byte 15: nothing may follow"),
    (#"{"a":[[[[[[[[[[[[[[[[[[[[[[1"#, 0, "the header is malformed at byte 28: it is nested more than 16 deep"),
  ] as [(String, Int, String?)])
func `a header is checked against itself and the file`(header: String, dataSize: Int, reason: String?) throws {
  let folder = TemporaryFolder()
  let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
  let path = folder.write(length + header.utf8 + [UInt8](repeating: 0, count: dataSize), to: "a.safetensors")
  guard let reason else {
    _ = try SafetensorsFile(contentsOf: path).tensors()
    return
  }
  let error = #expect(throws: FormatError.self) { try SafetensorsFile(contentsOf: path) }
  #expect(error?.reason == reason)
  #expect(error?.path == path)
}

@Test func `a header longer than the file is refused before memory is taken`() {
  let folder = TemporaryFolder()
  let huge = folder.write([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x7B, 0x7D], to: "huge")
  let error = #expect(throws: FormatError.self) { try SafetensorsFile(contentsOf: huge) }
  #expect(error?.reason == "it promises a header of 9223372036854775807 bytes and has 10 bytes in all")
  #expect(throws: FormatError(.damaged, folder.write([1, 2], to: "tiny"), "2 bytes are no safetensors file")) {
    try SafetensorsFile(contentsOf: folder.path("tiny"))
  }
  #expect(throws: FormatError(.missing, "/no/weights", "there is no such file; check the path")) {
    try SafetensorsFile(contentsOf: "/no/weights")
  }
}

@Test func `damaged safetensors files are read or refused, never fatal`() throws {
  let folder = TemporaryFolder()
  try SafetensorsFile.write(tensors, metadata: ["a": "b"], to: folder.path("own"))
  var (read, refused) = (0, 0)
  for (seed, bytes) in try [folder.read("own"), Array(fixture("python.safetensors"))].enumerated() {
    let mutations = Mutations(of: bytes, seed: UInt64(seed))
    for number in 0..<2000 {
      let path = folder.write(mutations[number], to: "damaged")
      do throws(FormatError) {
        let file = try SafetensorsFile(contentsOf: path)
        for name in file.names where name != "too large" { #expect(try file.tensor(name).byteCount < 1000) }
        read += 1
      } catch {
        #expect(error.path == path)
        refused += 1
      }
    }
  }
  #expect(read > 100)
  #expect(refused > 100)
}

@Test func `a tensor lies in the file until it is written to, and anywhere else if the file has it at an odd place`()
  throws
{
  let folder = TemporaryFolder()
  let path = folder.path("a.safetensors")
  try SafetensorsFile.write(["x": Tensor([1, 2, 3] as [Float], shape: [3])], to: path)
  let before = try folder.read("a.safetensors")
  var x = try SafetensorsFile(contentsOf: path).tensor("x")
  #expect(!x.sharedMemory.isWritable)
  x.sharedMemory.putAside()
  #expect(x.floats == [1, 2, 3])
  for part in [0..<4, 4..<12] {
    x.sharedMemory.putAside(part)
    #expect(x.floats == [1, 2, 3])
  }
  x.withUnsafeMutableBytes { $0.storeBytes(of: 5, as: Float.self) }
  #expect(x.floats == [5, 2, 3])
  #expect(try folder.read("a.safetensors") == before)

  let header =
    #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}"#
  let text = Array(header.utf8)
  let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
  let odd = folder.write(length + text + [7] + withUnsafeBytes(of: Float(1.5)) { Array($0) }, to: "odd.safetensors")
  let b = try SafetensorsFile(contentsOf: odd).tensor("b")
  #expect(b.sharedMemory.isWritable, "at 115")
  #expect(b.floats == [1.5])
}
