import FoveaCore
import FoveaFormats
import FoveaTestSupport
import Testing

/// What `Fixtures/make_pytorch.py` saved, in PyTorch's order.
private let names = [
  "conv.weight", "conv.turned", "conv.part", "half", "double", "brain", "long", "int", "short", "char", "byte", "bool",
  "bn.num_batches_tracked", "empty", "parameter",
]

@Test(arguments: ["zip.pth", "stream.pth", "checkpoint.pth", "checkpoint-stream.th"])
func `a state dict is read from both forms, bare and in a checkpoint`(name: String) throws {
  let expected = try NPZFile.read(fixturePath("pytorch.npz"))
  let file = try PyTorchFile(contentsOf: fixturePath(name))
  #expect(file.names == names)
  for name in names {
    let (tensor, reference) = (try file.tensor(name), expected[name]!)
    #expect(tensor.shape == reference.shape, "\(name)")
    #expect(file.shape(of: name) == reference.shape)
    #expect(tensor.floats == reference.floats, "\(name)")
  }
  let types: [(String, ElementType)] = [
    ("half", .float32), ("double", .float32), ("brain", .bfloat16), ("long", .int32), ("char", .int8), ("bool", .uint8),
  ]
  for (name, type) in types { #expect(try file.tensor(name).elementType == type, "\(name)") }
  let missing = #expect(throws: FormatError.self) { try file.tensor("fc.weight") }
  #expect(missing?.reason == "there is no tensor 'fc.weight'; it has 15, such as 'conv.weight'")
}

@Test func `a checkpoint with nothing but the averaged weights is read`() throws {
  let file = try PyTorchFile(contentsOf: fixturePath("averaged.pth"))
  #expect(file.names == ["w"])
  #expect(try file.tensor("w").floats == [1, 1])
  #expect(file.otherStates == [])
}

@Test func `of a checkpoint with two states, the other is told`() throws {
  let file = try PyTorchFile(contentsOf: fixturePath("both.pth"))
  #expect(try file.tensor("w").floats == [0, 0])
  #expect(file.otherStates == ["teacher", "state_dict_ema"])
}

@Test(arguments: [
  ("command.pth", "it holds a 'posix.system', and only tensors, numbers, texts and containers are read here; "),
  ("whole-model.pth", "it holds a whole model, a 'torch.nn.modules.linear.Linear', and only tensors, "),
  ("script.pt", "it is a TorchScript archive, of torch.jit.save, which holds code; save the tensors alone, with "),
  ("numpy-scalar.pth", "it holds a 'numpy._core.multiarray.scalar', and only tensors, "),
  ("no-tensors.pth", "it holds no named tensors, neither at the top nor under state_dict, model_state_dict, "),
  (
    "expanded.pth",
    "a tensor of [1000, 1000] with strides [0, 0] reads its 1 numbers more than once; save it with .contiguous()"
  ),
  ("stored.npz", "a zip file without a data.pkl is no PyTorch file"),
  ("python.safetensors", "no PyTorch file: it is no zip file and lacks PyTorch's magic number"),
])
func `what is no file of tensors is refused, and none of its code runs`(name: String, reason: String) {
  let error = #expect(throws: FormatError.self) { try PyTorchFile(contentsOf: fixturePath(name)) }
  #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
  #expect(error?.path == fixturePath(name))
}

@Test(arguments: [
  ("complex", "complex", "save it as real numbers, with torch.view_as_real(tensor)"),
  ("complex-stream", "complex", "save it as real numbers, with torch.view_as_real(tensor)"),
  ("sparse", "sparse", "save it with .to_dense()"), ("rows", "sparse", "save it with .to_dense()"),
  ("quantized", "quantized", "save it with .dequantize()"),
  ("float8", "of a type without a storage of its own, such as float8 or uint16", "save it with .float()"),
  ("meta", "without numbers, on the device 'meta'", "give the model its weights before you save it"),
])
func `a tensor of a kind that is not read is named, with what to do`(name: String, kind: String, fix: String) {
  let error = #expect(throws: FormatError.self) { try PyTorchFile(contentsOf: fixturePath("unread-\(name).pth")) }
  #expect(
    error?.reason
      == "'conv.weight', the first of 2 such tensors, is \(kind); dense tensors of real numbers are read here: \(fix)")
}

@Test func `tensors of other kinds are an error where they are wanted, packed ones too`() throws {
  #expect(try PyTorchFile(contentsOf: fixturePath("sparse-elsewhere.pth")).names == ["weights"])
  let packed = #expect(throws: FormatError.self) { try PyTorchFile(contentsOf: fixturePath("unread-packed.pth")) }
  #expect(packed?.reason.hasPrefix("'0._packed_params._packed_params' is quantized; ") == true)
  let program = #expect(throws: FormatError.self) { try WeightFile(contentsOf: fixturePath("program.pt2")) }
  #expect(program?.reason.hasPrefix("it is a program, of torch.export.save; save the tensors alone, with ") == true)
}

@Test(arguments: ["zip.pth", "stream.pth", "checkpoint.pth", "checkpoint-stream.th"])
func `a damaged PyTorch file is read or refused, and never more than it holds`(name: String) throws {
  let folder = TemporaryFolder()
  let original = [UInt8](try fixture(name))
  let mutations = Mutations(of: original, seed: 7)
  var (read, refused) = (0, 0)
  for number in 0..<5000 {
    let path = folder.write(mutations[number], to: "damaged")
    do throws(FormatError) {
      let file = try PyTorchFile(contentsOf: path)
      for name in file.names {
        let count = try file.tensor(name).byteCount
        #expect(count <= 2 * original.count)
      }
      read += 1
    } catch {
      #expect(error.path == path)
      refused += 1
    }
  }
  #expect(read > 20)
  #expect(refused > 1000)
}
