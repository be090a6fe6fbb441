import FoveaLayers
import FoveaTestSupport
import FoveaZoo
import Foundation
import Testing

/// timm's names of tensors, by our name of the model: `Fixtures/make_timm_names.py`.
private let timmNames = try! JSONDecoder().decode(
  [String: [String]].self, from: Data(contentsOf: URL(fileURLWithPath: fixturePath("timm_names.json"))))

@Test(arguments: timmNames.keys.sorted())
func `every tensor of timm's has its place in the model, and every place its tensor`(model: String) throws {
  let names = timmNames[model]!
  let entry = try Catalogue.entry(for: model).fitting(names)
  let leaves = [
    "weights": "weight", "scale": "weight", "moving_mean": "running_mean", "moving_variance": "running_var",
  ]
  let wanted = try trace(entry.make(), input: entry.input!).graph.parameters.map { _, parameter -> String in
    let dot = parameter.path.lastIndex(of: ".")!
    let leaf = String(parameter.path[parameter.path.index(after: dot)...])
    return String(parameter.path[...dot]) + (leaves[leaf] ?? leaf)
  }
  let found = entry.otherNames.map { translate in names.map(translate).sorted() }
  #expect(found == [wanted.sorted()])
}

@Test func `timm's MobileNets v3 add less to variances than torchvision's`() throws {
  let entry = try Catalogue.entry(for: "mobilenet-v3-small")
  #expect(try (entry.fitting(["conv_stem.weight"]).make() as? MobileNetV3)?.epsilon == 1e-5)
  #expect(try (entry.fitting(["features.0.0.weight"]).make() as? MobileNetV3)?.epsilon == 1e-3)
}

/// The numbers of parameters of timm's `mobilenetv3_large_075`, `mobilenetv3_small_075` and `mobilenetv3_small_050`, of
/// torchvision's models with the same `width_mult`, and of Keras's with the same `alpha`.
@Test(arguments: [
  ("mobilenet-v3:width=0.75,scaling=timm", 3_993_528), ("mobilenet-v3-small:width=0.75,scaling=timm", 2_041_872),
  ("mobilenet-v3-small:width=0.5,scaling=timm", 1_593_224), ("mobilenet-v3:width=0.75", 3_377_576),
  ("mobilenet-v3-small:width=0.75", 1_653_920), ("mobilenet-v3-small:width=0.5", 917_264),
  ("mobilenet-v3:width=0.75,scaling=keras", 3_993_528), ("mobilenet-v3-small:width=0.5,scaling=keras", 1_593_224),
  ("mobilenet-v3:width=1.5,scaling=keras", 11_327_816),
])
func `MobileNets v3 of other widths have as many weights as theirs`(model: String, parameters: Int) throws {
  let traced = try trace(Catalogue.entry(for: model).make(), input: [224, 224, 3])
  #expect(
    traced.graph.parameters.filter(\.parameter.isTrainable).reduce(0) { $0 + $1.parameter.shape.count } == parameters)
}
