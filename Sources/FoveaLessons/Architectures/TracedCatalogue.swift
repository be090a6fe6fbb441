import FoveaLayers
import FoveaZoo

extension Catalogue {
  /// The model of a name or a line, on its own input.
  static func traced(_ name: String) throws -> TracedModel {
    let entry = try entry(for: name)
    guard let input = entry.input else { preconditionFailure("\(name) has no input") }
    return try trace(entry.make(), input: input, elementType: entry.elementType)
  }
}
