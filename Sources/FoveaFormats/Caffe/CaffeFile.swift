public import FoveaCore
import FoveaFiles

/// Named tensors of a Caffe model, `.caffemodel`, called as PyTorch would call them: `conv1.weight`, `conv1.bias`.
///
/// Their arrangement is PyTorch's, too: O×I×H×W and O×I.
/// - Source: Caffe, `src/caffe/proto/caffe.proto`.
public struct CaffeFile: Sendable {
  public let path: String
  /// In the order of the file.
  public let names: [String]
  private let tensors: [String: Tensor]

  /// - Errors: no such file; no Caffe model; a damaged one; blobs of which the numbers do not fill their shape.
  public init(contentsOf path: String) throws(FormatError) {
    let file = try asFormatError { () throws(FileError) in try MappedFile(path) }
    let layers = try file.withBytes { bytes throws(FormatError) in
      do throws(Protobuf.Failure) { return try CaffeLayer.layers(ofModel: Protobuf(bytes)) } catch {
        throw FormatError(.damaged, path, "no Caffe model, or a damaged one: \(error.reason)")
      }
    }
    var (names, tensors) = ([String](), [String: Tensor]())
    for layer in layers {
      for (leaf, tensor) in layer.named {
        let name = "\(layer.name).\(leaf)"
        guard tensors.updateValue(tensor, forKey: name) == nil else {
          throw FormatError(.damaged, path, "the layer '\(layer.name)' appears twice")
        }
        names.append(name)
      }
    }
    guard !names.isEmpty else {
      throw FormatError(.unsupported, path, "no Caffe model: it holds no layers with weights")
    }
    (self.path, self.names, self.tensors) = (path, names, tensors)
  }

  /// The shape of a tensor; `nil` if there is none of this name.
  public func shape(of name: String) -> Shape? { tensors[name]?.shape }

  /// - Errors: no tensor of this name.
  public func tensor(_ name: String) throws(FormatError) -> Tensor {
    guard let tensor = tensors[name] else {
      throw FormatError(.missing, path, "there is no tensor '\(name)'; it has \(names.count), such as '\(names[0])'")
    }
    return tensor
  }
}
