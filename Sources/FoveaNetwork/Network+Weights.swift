import FoveaFiles
import FoveaFormats
package import FoveaCore
package import FoveaData
package import FoveaLayers
package import FoveaZoo

extension Network {
  /// Takes the parameters of a model file, of the output folder of a training, or of a file that other software wrote:
  /// safetensors, PyTorch, NumPy, Keras or Caffe.
  ///
  /// - Errors: a file that is missing or damaged, or holds a number that is not finite; every missing, surplus and
  ///   mis-shaped tensor at once.
  public func loadWeights(from path: String) throws {
    parameters = try Self.weights(from: path, for: traced(), of: try? Catalogue.entry(for: name)).parameters
  }

  /// The parameters for a model out of a file, and the preprocessing that they were trained with if it says so.
  package static func weights(
    from path: String, for model: TracedModel, of entry: CatalogueEntry? = nil
  ) throws -> (parameters: [String: Tensor], preprocessing: Preprocessing?) {
    guard FileStatus(path)?.isDirectory == true else {
      return (try converted(WeightFile(contentsOf: path), for: model, of: entry), nil)
    }
    let (folder, manifest) = try manifest(of: path)
    let file = folder + "/" + Manifest.weightsName
    try manifest.weights.check(file)
    return (
      try model.parameters(from: SafetensorsFile(contentsOf: file).tensors(), of: file),
      manifest.input == model.inputShape ? manifest.preprocessing : nil
    )
  }
}
