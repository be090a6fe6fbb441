import FoveaCore
import FoveaData
import FoveaFormats
import FoveaLayers
import FoveaNetwork
import FoveaTestSupport
import FoveaZoo
import Foundation
import Testing

private struct NamedLayer: Decodable {
  let name: String
  /// Of its first weights.
  let shape: [Int]

  init(from decoder: any Decoder) throws {
    var values = try decoder.unkeyedContainer()
    name = try values.decode(String.self)
    shape = try values.decode([Int].self)
  }
}

/// The layers of Keras's applications, by our name of the model: `Fixtures/make_keras_names.py`.
private let kerasLayers = try! JSONDecoder().decode(
  [String: [NamedLayer]].self, from: Data(contentsOf: URL(fileURLWithPath: fixturePath("keras_names.json"))))

/// What a layer of Keras's is called where each convolution has a name.
private func parts(of layer: NamedLayer) -> [String] {
  layer.name.contains("sepconv") && !layer.name.hasSuffix("_bn")
    ? [layer.name + "/depthwise", layer.name + "/pointwise"] : [layer.name]
}

@Test(arguments: kerasLayers.keys.sorted())
func `every layer of Keras's application has its place in the model, and every place its layer`(model: String) throws {
  let layers = kerasLayers[model]!
  let entry = try Catalogue.entry(for: model).fitting(kerasLayers: layers.flatMap(parts))
  let keras = try #require(entry.keras)
  #expect(entry.unlikeKeras.isEmpty)
  let places = keras.paths(of: layers.flatMap(parts))
  let parameters = try trace(entry.make(), input: entry.input!).graph.parameters.map(\.parameter)
  let ours = Dictionary(grouping: parameters) { String($0.path[..<($0.path.lastIndex(of: ".") ?? $0.path.startIndex)]) }
  #expect(places.values.sorted() == ours.keys.sorted())
  let unplaced = layers.filter { parts(of: $0).contains { places[$0] == nil } }.map(\.name)
  #expect(unplaced == (model == "efficientnet-b0" ? ["normalization"] : []))
  for layer in layers {
    // Depthwise kernels are arranged otherwise; 1×1 convolutions may be dense layers.
    guard let place = parts(of: layer).first.flatMap({ places[$0] }), let parameters = ours[place] else { continue }
    #expect(parameters.contains { $0.shape.count == layer.shape.reduce(1, *) }, "\(layer.name) as \(place)")
    if layer.shape.count == 4, layer.shape[0] * layer.shape[1] > 1, layer.shape[3] > 1 {
      #expect(parameters.contains { $0.shape.dimensions == layer.shape }, "\(layer.name) as \(place)")
    }
  }
}

@Test func `layers without a name are found by their order, from any number on, in any order of the file`() throws {
  let keras = try #require(try Catalogue.entry(for: "inception-v3").keras)
  let names = kerasLayers["inception-v3"]!.map(\.name)
  let places = keras.paths(of: names)
  func shifted(_ name: String, by offset: Int) -> String {
    guard let kind = ["batch_normalization", "conv2d"].first(where: name.hasPrefix) else { return name }
    return "\(kind)_\((Int(name.dropFirst(kind.count + 1)) ?? 0) + offset)"
  }
  let later = keras.paths(of: names.reversed().map { shifted($0, by: 94) })
  #expect(later == Dictionary(uniqueKeysWithValues: places.map { (shifted($0, by: 94), $1) }))
  #expect(places["conv2d"] == "Conv2d_1a_3x3.conv" && places["batch_normalization_93"] == "Mixed_7c.branch_pool.bn")
  let old = keras.paths(of: names.map { $0.replacing("conv2d", with: "convolution2d") })
  #expect(old.values.sorted() == places.values.sorted())
}

@Test func `of layers without a name none is found if one is missing, or one more is there`() throws {
  let keras = try #require(try Catalogue.entry(for: "inception-v3").keras)
  let names = kerasLayers["inception-v3"]!.map(\.name)
  for others in [
    names.filter { $0 != "conv2d_40" }, names + ["conv2d_94"], names.map { $0 == "conv2d_93" ? "conv2d_95" : $0 },
  ] {
    let places = keras.paths(of: others)
    #expect(!places.keys.contains { $0.hasPrefix("conv2d") } && places.count == 95)
  }
}

@Test func `what Keras has otherwise is chosen by its names; what was chosen otherwise is told`() throws {
  let error = #expect(throws: NetworkError.self) {
    try Network(named: "mobilenet-v2:padding=symmetric", weights: fixturePath("padded.h5"))
  }
  #expect(
    error?.description
      == "\(fixturePath("padded.h5")): Keras's model has padding=same; leave that out of the model's name, and it is chosen"
  )
  let entry = try Catalogue.entry(for: "mobilenet-v2:width=0.5").fitting(kerasLayers: ["expanded_conv_depthwise"])
  #expect(entry.name == "mobilenet-v2:padding=same,width=0.5")
  #expect(try Catalogue.entry(for: "mobilenet-v2").fitting(kerasLayers: ["dense"]).name == "mobilenet-v2")
}

@Test(arguments: kerasLayers.keys.sorted())
func `a few names of an application do not make a model one of its`(model: String) throws {
  let (entry, layers) = (try Catalogue.entry(for: model), kerasLayers[model]!.flatMap(parts))
  let keras = try #require(entry.keras)
  let others = (0..<layers.count).map { "layer\($0)" }
  for count in [1, 2, layers.count / 3] {
    let few = Array(layers.prefix(count / 2) + layers.suffix(count - count / 2))
    #expect(keras.paths(of: few + others).isEmpty)
    #expect(try entry.fitting(kerasLayers: few + others).name == entry.name)
  }
  // Without the application's head, and with another one.
  #expect(!keras.paths(of: layers.dropLast() + ["dense", "dense_1"]).isEmpty)
}

@Test(arguments: ["own.keras", "own-named.keras"])
func `a model of one's own is no application, though a layer of it has a name of one's`(file: String) throws {
  let name = "mobilenet-v1:classes=3,input=32,width=0.05"
  let network = try Network(named: name, weights: fixturePath(file))
  #expect(network.name == name)
  #expect(network.preprocessing == (try Preprocessing(crop: [32, 32])))
  let arrays = try NPZFile.read(fixturePath("own.npz"))
  let output = try network.predict(batch: arrays["input"]!)
  #expect(relativeError(of: output.floats.map(Double.init), to: arrays["output"]!.floats.map(Double.init)) < 1e-5)
}

@Test func `places among the layers of a class are not taken for names`() {
  let error = #expect(throws: NetworkError.self) {
    try Network(named: "xception", weights: fixturePath("unnamed.weights.h5"))
  }
  #expect(
    error?.description
      == "\(fixturePath("unnamed.weights.h5")): it does not say what its layers are called, and where branches part, order "
      + "alone does not tell which is which; save the model as .keras or .h5, which says the names")
}

@Test func `layers of a model within the model have their own names, though no two weights are called the same`() throws
{
  let file = try KerasFile(contentsOf: fixturePath("nested.h5"))
  #expect(file.layers.map(\.name) == ["inner", "norm", "outer"])
  #expect(file.layers.map { $0.weights.map(\.leaf) } == [["kernel", "bias"], ["gamma", "beta"], ["kernel", "bias"]])
}

@Test func `the two kernels of a separable convolution, by the names of Keras 1`() throws {
  let layers = try KerasFile(contentsOf: fixturePath("separable.h5")).layers
  #expect(layers.map(\.name) == ["sepconv"])
  #expect(layers.first?.weights.map(\.leaf) == ["depthwise_kernel", "pointwise_kernel"])
}

@Test func `pictures are prepared as Keras's application does it, or as its first layer`() throws {
  func preprocessing(_ model: String, _ file: String) throws -> Preprocessing {
    let (entry, file) = (try Catalogue.entry(for: model), try KerasFile(contentsOf: fixturePath(file)))
    return try .keras(#require(entry.keras), file, input: [96, 64, 3])
  }
  #expect(
    try preprocessing("xception", "adapted.h5")
      == Preprocessing(crop: [96, 64], scale: 1, mean: [127.5], deviation: [127.5]))
  #expect(
    try preprocessing("resnet50", "adapted.h5")
      == Preprocessing(crop: [96, 64], order: .bgr, scale: 1, mean: [103.939, 116.779, 123.68]))
  let imageNet = Preprocessing.imageNet
  #expect(
    try preprocessing("densenet121", "adapted.h5")
      == Preprocessing(crop: [96, 64], mean: imageNet.mean, deviation: imageNet.deviation))
  #expect(
    try preprocessing("efficientnet-b0", "adapted.h5")
      == Preprocessing(crop: [96, 64], mean: [0.5, 0.25, 0.125], deviation: [0.2, 0.3, 0.4]))
  #expect(
    try preprocessing("efficientnet-b0", "published.h5")
      == Preprocessing(crop: [96, 64], mean: [0.5, 0.25, 0.125], deviation: [0.229, 0.224, 0.225]))
}

@Test func `Keras's scores, with its padding, its widths, its ε and a picture of odd height`() throws {
  let network = try Network(
    named: "mobilenet-v3-small:width=0.05,classes=2,input=45x34", weights: fixturePath("mobilenet.keras"))
  #expect(network.name == "mobilenet-v3-small:classes=2,input=45x34,padding=same,scaling=keras,width=0.05")
  #expect(network.preprocessing?.mean == [127.5, 127.5, 127.5])
  let arrays = try NPZFile.read(fixturePath("mobilenet.npz"))
  let output = try network.predict(batch: arrays["input"]!)
  #expect(relativeError(of: output.floats.map(Double.init), to: arrays["output"]!.floats.map(Double.init)) < 1e-5)
}
