import FoveaCore
import FoveaFormats
import FoveaTestSupport
import Testing

private let counting = (0..<24).map { Float($0) }

@Test(arguments: [
  "little-f2", "little-f4", "big-f4", "little-f8", "big-f8", "little-i1", "little-u1", "little-i2", "big-i2",
  "little-i4", "big-i4", "little-i8", "big-i8", "little-u2", "little-u4", "fortran", "version2", "version3",
])
func `an array that NumPy wrote is read`(name: String) throws {
  let tensor = try NPYFile.read(fixturePath(name + ".npy"))
  #expect(tensor.shape == [2, 3, 4])
  #expect(tensor.floats == counting)
}

@Test func `NumPy's element types become those of tensors`() throws {
  func type(_ name: String) throws -> ElementType { try NPYFile.read(fixturePath(name + ".npy")).elementType }
  #expect(try ["little-f2", "big-f8"].map(type) == [.float32, .float32])
  #expect(try ["little-i1", "little-u1", "bool"].map(type) == [.int8, .uint8, .uint8])
  #expect(try ["big-i2", "little-i8", "little-u4"].map(type) == [.int32, .int32, .int32])
  #expect(try NPYFile.read(fixturePath("bool.npy")).floats == counting.map { Float(Int($0) % 2) })
  #expect(try NPYFile.read(fixturePath("scalar.npy")) == Tensor(5))
  #expect(try NPYFile.read(fixturePath("vector.npy")) == Tensor([0, 1, 2, 3, 4] as [Float], shape: [5]))
  #expect(try NPYFile.read(fixturePath("empty.npy")).shape == [0, 4])
  let matrix = try NPYFile.read(fixturePath("fortran-big-i2.npy"))
  #expect(matrix == Tensor((0..<12).map { Int32($0) }, shape: [3, 4]))
}

@Test(arguments: [
  ("objects", "its elements are '|O', only truth values, integers and floats are read"),
  ("complex", "its elements are '<c8', only truth values, integers and floats are read"),
  ("records", "its elements are records, which are not read here"),
  ("too-large", "the array holds -1099511627776 at index 1, which does not fit into 32 bits"),
])
func `arrays of other things are refused with the reason`(name: String, reason: String) {
  let path = fixturePath(name + ".npy")
  #expect(throws: FormatError(.unsupported, path, reason)) { try NPYFile.read(path) }
}

private let arrays: [String: Tensor] = [
  "a": Tensor(counting, shape: [2, 3, 4]), "deep/b": Tensor([-1, 2] as [Int32], shape: [2]), "größe": Tensor(5),
  "bytes": Tensor([1, 255] as [UInt8], shape: [2, 1]), "signed": Tensor([-128] as [Int8], shape: [1, 1, 1]),
  "none": Tensor(shape: [3, 0]),
]

@Test func `arrays that are written are read back`() throws {
  let folder = TemporaryFolder()
  for (name, tensor) in arrays {
    try NPYFile.write(tensor, to: folder.path("x.npy"))
    #expect(try NPYFile.read(folder.path("x.npy")) == tensor, "\(name)")
    #expect(try folder.read("x.npy").count % 64 == tensor.byteCount % 64)
  }
  try NPYFile.write(Tensor([BFloat16(1.5)], shape: [1]), to: folder.path("x.npy"))
  #expect(try NPYFile.read(folder.path("x.npy")) == Tensor([1.5] as [Float], shape: [1]))
  try NPZFile.write(arrays, to: folder.path("x.npz"))
  #expect(try NPZFile.read(folder.path("x.npz")) == arrays)
  // The flag that tells Python that a name is UTF-8: bit 11 of the flags, 24 bytes before the name.
  let archive = try folder.read("x.npz")
  let name = try #require(archive.indices.first { archive[$0...].starts(with: "größe".utf8) })
  #expect(archive[name - 23] & 8 == 8)
  try NPZFile.write(arrays, to: folder.path("y.npz"))
  #expect(try folder.read("x.npz") == folder.read("y.npz"))
}

@Test(arguments: ["stored", "deflated"]) func `an archive that NumPy wrote is read`(name: String) throws {
  let arrays = try NPZFile.read(fixturePath(name + ".npz"))
  #expect(
    arrays == [
      "a": Tensor(counting, shape: [2, 3, 4]), "c": Tensor(5),
      "deep/b": Tensor((0..<24).map { Int32($0) }, shape: [2, 3, 4]),
    ])
}

@Test func `errors in an archive name the entry`() throws {
  let folder = TemporaryFolder()
  var bytes = try Array(fixture("stored.npz"))
  // The header of the first entry: local header (30 bytes), name, extra field; the array's data are its last 96 bytes.
  let version = try #require(bytes.firstIndex(of: 0x93)) + 6
  bytes[version] = 9
  let path = folder.write(bytes, to: "a.npz")
  let error = #expect(throws: FormatError.self) { try NPZFile.read(path) }
  #expect(error?.description == "\(path): a.npy: it has version 9.0 of NumPy's format, 1 to 3 are read")
  bytes[version] = 1
  bytes[version + 150] ^= 1  // in the data: the checksum of the entry no longer fits
  folder.write(bytes, to: "a.npz")
  let damaged = #expect(throws: FormatError.self) { try NPZFile.read(path) }
  #expect(damaged?.reason.contains("ZIP bad CRC") == true)
  let text = folder.write("hello".utf8, to: "text.npz")
  #expect(#expect(throws: FormatError.self) { try NPZFile.read(text) }?.path == text)
}

@Test func `an entry that would unpack to far more than the file has is refused by its header`() throws {
  let (folder, large) = (TemporaryFolder(), "(900000, 400), }")
  var bytes = try Array(fixture("stored.npz"))
  let start = try #require(bytes.indices.first { bytes[$0...].starts(with: "(2, 3, 4), }".utf8) })
  bytes.replaceSubrange(start..<(start + large.utf8.count), with: large.utf8)
  let path = folder.write(bytes, to: "bomb.npz")
  let error = #expect(throws: FormatError.self) { try NPZFile.read(path) }
  #expect(
    error?.reason
      == "a.npy: it is said to have 1.4 GB, packed more than a hundred to one; if that is right, write it with "
      + "numpy.savez, which does not pack")
}

@Test(
  arguments: [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 8, nil),
    ("{\"shape\":(2,),'descr':'f4','fortran_order':True}", 8, nil),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 8,
      "it is cut off: 3 elements need 12 bytes, 8 are there"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 8,
      "more bytes follow than its shape 1 needs (4)"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9), }", 8,
      "its shape 9223372036854775807×9 is impossible"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 9), }", 8,
      "it is cut off: 99999999999×9 elements need 3599999999964 bytes, 8 are there"
    ),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", 8, "its header is malformed at byte 51"),
    ("{'descr': '<f4', 'shape': (2,)}", 8, "its header lacks descr, fortran_order or shape"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 'y'}", 8, "its header has an unknown entry 'x'"),
    ("{'descr': '<f4', 'descr': '<f4'}", 8, "its header is malformed at byte 31"),
    ("", 0, "its header is malformed at byte 0"),
  ] as [(String, Int, String?)])
func `the header of an array is checked`(header: String, dataSize: Int, reason: String?) throws {
  let folder = TemporaryFolder()
  let start: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(header.utf8.count), 0]
  let path = folder.write(start + header.utf8 + [UInt8](repeating: 0, count: dataSize), to: "a.npy")
  guard let reason else {
    #expect(try NPYFile.read(path) == Tensor(shape: [2]))
    return
  }
  #expect(#expect(throws: FormatError.self) { try NPYFile.read(path) }?.reason == reason)
}

@Test func `damaged arrays and archives are read or refused, never fatal`() throws {
  let folder = TemporaryFolder()
  var (read, refused) = (0, 0)
  func count(_ body: () throws(FormatError) -> Void) {
    do throws(FormatError) {
      try body()
      read += 1
    } catch {
      #expect(error.path == folder.path("damaged"))
      refused += 1
    }
  }
  for (seed, name) in ["fortran", "big-i2", "version2"].enumerated() {
    let mutations = Mutations(of: try Array(fixture(name + ".npy")), seed: UInt64(seed))
    for number in 0..<1000 {
      let path = folder.write(mutations[number], to: "damaged")
      count { () throws(FormatError) in #expect(try NPYFile.read(path).byteCount < 1000) }
    }
  }
  for (seed, name) in ["stored", "deflated"].enumerated() {
    let mutations = Mutations(of: try Array(fixture(name + ".npz")), seed: UInt64(seed))
    for number in 0..<1500 {
      let path = folder.write(mutations[number], to: "damaged")
      count { () throws(FormatError) in #expect(try NPZFile.read(path).count <= 3) }
    }
  }
  #expect(read > 100)
  #expect(refused > 100)
}
