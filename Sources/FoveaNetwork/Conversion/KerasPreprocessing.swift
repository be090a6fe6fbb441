package import FoveaCore
package import FoveaData
package import FoveaFormats
package import FoveaZoo

extension Preprocessing {
  /// What a picture goes through before an application of Keras, or in its first layers.
  ///
  /// - Parameter input: the shape of an image, H×W×3.
  /// - Errors: a mean or deviation in the file that is none.
  package static func keras(_ names: KerasNames, _ file: KerasFile, input: Shape) throws -> Preprocessing {
    let crop: Shape = [input[0], input[1]]
    let imageNet = Preprocessing.imageNet
    switch names.preprocessing {
    case .tensorFlow: return try Preprocessing(crop: crop, scale: 1, mean: [127.5], deviation: [127.5])
    case .torch: return try Preprocessing(crop: crop, mean: imageNet.mean, deviation: imageNet.deviation)
    case .caffe: return try Preprocessing(crop: crop, order: .bgr, scale: 1, mean: [103.939, 116.779, 123.68])
    case .normalization:
      guard let layer = file.layers.first(where: { names.isInputNormalization($0.name) }),
        let mean = layer.weights.first(where: { $0.leaf == "mean" }),
        let variance = layer.weights.first(where: { $0.leaf == "variance" })
      else { return try Preprocessing(crop: crop, mean: imageNet.mean, deviation: imageNet.deviation) }
      let (means, variances) = (try file.tensor(mean.source).floats, try file.tensor(variance.source).floats)
      // The published weights have the deviations in place of the variances, and the model a layer that makes up for it.
      let isPublished =
        variances.count == imageNet.deviation.count
        && zip(variances, imageNet.deviation).allSatisfy { abs($0 - $1) < 1e-4 }
      let deviations = isPublished ? variances : variances.map { max(1e-7, $0.squareRoot()) }
      return try Preprocessing(crop: crop, mean: means, deviation: deviations)
    }
  }
}
