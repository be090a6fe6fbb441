import FoveaCore
import FoveaFormats
import FoveaLayers
import FoveaNetwork
import FoveaONNX
import FoveaTestSupport
import Testing

/// Of each file.
private let copies = 6000

@Test(arguments: [
  "classifier", "shapes", "fixed-batch", "misfit", "questions", "picks", "equations", "sampled", "quantized",
  "moved", "foreign", "fused", "whole-operators", "whole-dynamic",
])
func `a damaged file is read or refused, whatever its nodes have become`(name: String) throws {
  let folder = TemporaryFolder()
  let original = [UInt8](try fixture("\(name).onnx"))
  let mutations = Mutations(of: original, seed: 11)
  let arrays = name == "misfit" ? ["x": Tensor(shape: [1, 2, 4, 4])] : try NPZFile.read(fixturePath("\(name).npz"))
  var (read, refused) = (0, 0)
  for number in 0..<copies {
    let path = folder.write(mutations[number], to: "damaged.onnx")
    do {
      let source = try ONNXFile.read(path)
      for tensor in source.initializers.values {
        if case .floats(let floats) = tensor.content { #expect(floats.byteCount <= 4 * original.count + 4096) }
      }
      _ = try ONNXCall(source, arrays: arrays, path: path)
      read += 1
    } catch is FormatError { refused += 1 } catch is ModelError { refused += 1 }
  }
  #expect(name == "misfit" || read > 20)
  #expect(refused > 500)
}

@Test func `a file of countless parts is refused before they are made`() throws {
  // A graph (field 7) of empty nodes (field 1), two bytes each.
  let count = 1 << 22
  let nodes = (0..<count).flatMap { _ in [0x0A, 0x00] as [UInt8] }
  let length: [UInt8] = (0..<4).map { UInt8(truncatingIfNeeded: (2 * count) >> (7 * $0)) & 0x7F | ($0 < 3 ? 0x80 : 0) }
  let path = TemporaryFolder()
  let file = path.write([0x3A] + length + nodes, to: "many.onnx")
  let error = #expect(throws: FormatError.self) { try ONNXFile.read(file) }
  #expect(error?.reason.hasPrefix("it has more parts than a network has nodes") == true)
}

@Test func `what is no ONNX file is refused`() throws {
  let folder = TemporaryFolder()
  for (name, bytes) in [("empty", []), ("text", Array("a model".utf8)), ("zeros", [UInt8](repeating: 0, count: 64))] {
    let path = folder.write(bytes as [UInt8], to: "\(name).onnx")
    #expect(throws: FormatError.self, "\(name)") { try ONNXFile.read(path) }
  }
}
