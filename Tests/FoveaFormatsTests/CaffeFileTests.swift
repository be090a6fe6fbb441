import FoveaCore
import FoveaFormats
import FoveaTestSupport
import Testing

@Test(arguments: [100, 2])
func `the blobs of layers in both forms become weight and bias`(field: Int) throws {
  let path = TemporaryFolder()
  let file = path.write(CaffeBytes.model(field: field), to: "net.caffemodel")
  let weights = try WeightFile(contentsOf: file)
  #expect(weights.names == ["conv1.weight", "conv1.bias", "ip.weight"])
  #expect(try weights.tensor("conv1.weight") == Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2, 1, 1]))
  #expect(try weights.tensor("conv1.bias") == Tensor([0.5, -0.5, 1] as [Float], shape: [3]))
  #expect(try weights.tensor("ip.weight") == Tensor([7, 8] as [Float], shape: [1, 2]))
}

@Test func `a normalisation's sums are divided by their weight`() throws {
  let folder = TemporaryFolder()
  let blobs = [([2], [Float(4), 8]), ([2], [2, 6]), ([1], [2])].map { CaffeBytes.blob(shape: $0, $1) }
  let layer = CaffeBytes.layer("bn", type: "BatchNorm", blobs: blobs, field: 100)
  let weights = try WeightFile(contentsOf: folder.write(layer, to: "net.caffemodel"))
  #expect(try weights.tensor("bn.running_mean").floats == [2, 4])
  #expect(try weights.tensor("bn.running_var").floats == [1, 3])
}

@Test func `what is no Caffe model is refused`() {
  let folder = TemporaryFolder()
  let misfit = CaffeBytes.layer("a", type: "", blobs: [CaffeBytes.blob(shape: [3], [1, 2])], field: 100)
  let cases: [([UInt8], String)] = [
    ([], "no Caffe model: it holds no layers with weights"),
    (Array("hello".utf8), "no Caffe model, or a damaged one: a field of an unknown kind at byte 3"),
    (misfit, "no Caffe model, or a damaged one: 2 numbers do not fill the shape [3]"),
    (
      [0x0A, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
      "no Caffe model, or a damaged one: a number at byte 11 has no end"
    ),
  ]
  for (bytes, reason) in cases {
    let path = folder.write(bytes, to: "net.caffemodel")
    #expect(#expect(throws: FormatError.self) { try CaffeFile(contentsOf: path) }?.reason == reason)
  }
}

@Test func `a damaged Caffe model is read or refused, and never more than it holds`() throws {
  let folder = TemporaryFolder()
  var (read, refused) = (0, 0)
  for field in [100, 2] {
    let original = CaffeBytes.model(field: field)
    let mutations = Mutations(of: original, seed: 13)
    for number in 0..<5000 {
      let path = folder.write(mutations[number], to: "damaged.caffemodel")
      do throws(FormatError) {
        let file = try CaffeFile(contentsOf: path)
        for name in file.names { #expect(try file.tensor(name).byteCount <= 2 * original.count) }
        read += 1
      } catch { refused += 1 }
    }
  }
  #expect(read > 500)
  #expect(refused > 2000)
}
