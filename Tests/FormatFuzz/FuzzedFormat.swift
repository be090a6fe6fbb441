import FoveaCore
import FoveaFiles
import FoveaFormats
import FoveaLayers
import FoveaNetwork
import FoveaONNX
import FoveaTestSupport
import FoveaZoo

/// A format with small files of its own, and how they are read whole.
struct FuzzedFormat: Sendable {
  /// What is damaged, and how the damaged copy is laid down; the result is the path to read.
  struct Seed {
    let bytes: [UInt8]
    let place: (TemporaryFolder, [UInt8]) throws -> String

    init(_ bytes: [UInt8], _ place: @escaping (TemporaryFolder, [UInt8]) throws -> String) {
      (self.bytes, self.place) = (bytes, place)
    }

    /// A file by itself.
    init(_ bytes: [UInt8], as name: String) { self.init(bytes) { $0.write($1, to: name) } }
  }

  let seeds: @Sendable (TemporaryFolder) throws -> [Seed]
  /// Reads everything; gives the size of the largest tensor in bytes.
  let read: @Sendable (String) throws -> Int
  /// How large a tensor of a file of so many bytes may be.
  var bound: @Sendable (Int) -> Int = { 8 * $0 + 4096 }

  static let all: [String: FuzzedFormat] = [
    "safetensors": FuzzedFormat(
      seeds: { folder in
        let tensors = [
          "a": Tensor([1, 2, 3] as [Float], shape: [3]), "b": Tensor([4, 5] as [Int32], shape: [2]),
          "c": Tensor(shape: [0, 3]),
        ]
        try SafetensorsFile.write(tensors, metadata: ["format": "pt"], to: folder.path("sound"))
        return [Seed(try folder.read("sound"), as: "damaged.safetensors")]
      }, read: largest),
    "pytorch": weights(
      ["zip.pth", "checkpoint.pth", "unread-sparse.pth", "unread-packed.pth"].map {
        "FoveaFormatsTests/Fixtures/" + $0
      }, "damaged.pth"),
    "pytorch-old": weights(
      ["stream.pth", "checkpoint-stream.th", "unread-complex-stream.pth"].map { "FoveaFormatsTests/Fixtures/" + $0 },
      "damaged.th"),
    "npz": weights(
      ["stored.npz", "deflated.npz"].map { "FoveaFormatsTests/Fixtures/" + $0 }, "damaged.npz", factor: 1100),
    "npy": FuzzedFormat(
      seeds: { _ in
        try ["fortran", "big-i2", "version2", "little-f2"].map {
          Seed(try bytes("FoveaFormatsTests/Fixtures/\($0).npy"), as: "damaged.npy")
        }
      }, read: { try NPYFile.read($0).byteCount }),
    "onnx": onnx,
    "hdf5": weights(
      ["chain.weights.h5", "chain-model.h5", "chain-packed.h5", "chain-latest.h5", "words.weights.h5"].map {
        "FoveaNetworkTests/Fixtures/" + $0
      }, "damaged.h5", factor: 64),
    "keras": keras,
    "caffemodel": FuzzedFormat(
      seeds: { _ in [100, 2].map { Seed(CaffeBytes.model(field: $0), as: "damaged.caffemodel") } }, read: largest),
    "model": model,
  ]

  /// A file below the folder of the tests.
  private static func bytes(_ name: String) throws -> [UInt8] {
    let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    return try readFile("/\(tests)/\(name)", limit: 1 << 24)
  }

  private static func weights(_ names: [String], _ damaged: String, factor: Int = 8) -> FuzzedFormat {
    FuzzedFormat(
      seeds: { _ in try names.map { Seed(try bytes($0), as: damaged) } }, read: largest,
      bound: { factor * $0 + 4096 })
  }

  @Sendable private static func largest(_ path: String) throws -> Int {
    let file = try WeightFile(contentsOf: path)
    return try file.names.map { try file.tensor($0).byteCount }.max() ?? 0
  }

  private static let onnx = FuzzedFormat(
    seeds: { _ in
      try [
        "classifier", "shapes", "fixed-batch", "misfit", "corners", "branches", "questions", "picks", "equations",
        "sampled", "quantized", "moved", "foreign", "whole-operators", "whole-channels", "whole-pairs", "whole-dynamic",
        "whole-optimized",
      ].map {
        Seed(try bytes("FoveaONNXTests/Fixtures/\($0).onnx"), as: "damaged.onnx")
      }
    },
    read: { path in
      let source = try ONNXFile.read(path)
      let sizes = source.initializers.values.map { tensor in
        if case .floats(let floats) = tensor.content { floats.byteCount } else { 0 }
      }
      _ = try ONNXModel(contentsOf: path)
      return sizes.max() ?? 0
    })

  /// Whole files, of which a checksum finds most damage, and files with a damaged configuration or damaged weights.
  private static let keras = FuzzedFormat(
    seeds: { _ in
      let whole = try bytes("FoveaNetworkTests/Fixtures/chain.keras")
      let archive = try ArchiveReader(zip: Self.path("FoveaNetworkTests/Fixtures/chain.keras"))
      var entries: [String: [UInt8]] = [:]
      while let entry = try archive.next() { entries[entry.name] = try archive.readAll(limit: 1 << 24) }
      let original = entries
      let parts = original.keys.filter { $0 != "metadata.json" }.sorted().map { name in
        Seed(original[name]!) { folder, damaged in
          var changed = original
          changed[name] = damaged
          try AtomicFile.write(to: folder.path("damaged.keras")) { file throws(FileError) in
            let writer = try ZipWriter(file)
            for (name, bytes) in changed.sorted(by: { $0.key < $1.key }) {
              let result = bytes.withUnsafeBytes { bytes in
                Result { () throws(FileError) in try writer.add(name, [bytes]) }
              }
              try result.get()
            }
            try writer.finish()
          }
          return folder.path("damaged.keras")
        }
      }
      return [Seed(whole, as: "damaged.keras")] + parts
    }, read: largest, bound: { 64 * 64 * $0 + 1 << 24 })

  private static func path(_ name: String) -> String {
    "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/" + name
  }

  /// Our own files: the manifest or the weights are damaged.
  private static let model = FuzzedFormat(
    seeds: { folder in
      let entry = try Catalogue.entry(for: "lenet5:classes=2,input=12")
      let network = try Network(entry.make(), input: entry.input!, seed: 1, name: entry.name)
      try network.save(to: folder.path("model"))
      return try folder.names(in: folder.path("model")).map { name in
        let original = try folder.read("model/" + name)
        return Seed(original) { folder, damaged in
          folder.write(damaged, to: "damaged/" + name)
          for other in folder.names(in: folder.path("model")) where other != name {
            folder.write(try folder.read("model/" + other), to: "damaged/" + other)
          }
          return folder.path("damaged")
        }
      }
    }, read: { try Network(contentsOf: $0).parameters.values.map(\.byteCount).max() ?? 0 },
    // The manifest is small, the weights beside it are not.
    bound: { _ in 1 << 20 })
}
