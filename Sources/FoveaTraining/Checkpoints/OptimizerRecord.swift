/// An optimizer in a manifest: its name and its settings.
struct OptimizerRecord: Codable, Sendable {
  let optimizer: any Optimizer

  private enum Keys: String, CodingKey { case name, settings }

  init(_ optimizer: any Optimizer) { self.optimizer = optimizer }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    let name = try values.decode(String.self, forKey: .name)
    guard let type = Optimizers.type(named: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .name, in: values, debugDescription: "there is no optimizer '\(name)'")
    }
    optimizer = try type.init(from: values.superDecoder(forKey: .settings))
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    try values.encode(type(of: optimizer).name, forKey: .name)
    try optimizer.encode(to: values.superEncoder(forKey: .settings))
  }
}
