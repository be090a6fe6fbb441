// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], linking libraries: [LinkerSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings, linkerSettings: libraries)
}

/// - Parameter fixtures: whether the tests read files beside them, by path.
func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["FoveaTestSupport"], exclude: fixtures ? ["Fixtures"] : [],
    swiftSettings: settings)
}

/// Debian packages that hold the libraries; `Scripts/setup.sh` installs them.
let systemLibraries: [Target] = [
  .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
  .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
]

/// Of these, only what is used is linked: the shared ones bring libcurl, Kerberos, ICU and 40 more into every process.
func archives(_ names: [String]) -> [LinkerSetting] { names.map { .linkedLibrary(":lib\($0).a") } }
let archive = archives(["archive", "bz2", "lzma", "zstd", "nettle"])
let hdf5 = archives(["hdf5_serial", "sz", "aec"])

/// C of our own: kernels, and what Swift cannot call safely, such as libraries that leave by `longjmp` or an exception.
let c: [Target] = [
  .target(name: "CFoveaKernels", linkerSettings: [.linkedLibrary("gomp"), .linkedLibrary("m")]),
  .target(name: "CImageCodecs", linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png16")]),
  .target(name: "CFileSystem"),
  .target(name: "CONNX", linkerSettings: [.linkedLibrary("onnx_proto"), .linkedLibrary("protobuf")]),
  .target(name: "CHDF5", linkerSettings: hdf5),
]

/// Swift's libraries as archives, of which the command takes what it calls: it runs where no Swift is installed, in less
/// memory. The addresses that the loader adjusts are packed, which takes glibc 2.36 (Debian 12).
let ownRuntime: [LinkerSetting] = [
  .unsafeFlags([
    "-static-stdlib", "-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xlinker", "-z", "-Xlinker",
    "pack-relative-relocs",
  ]),
  .linkedLibrary("_FoundationCShims"), .linkedLibrary("_FoundationCollections"),
]

let modules: [Target] = [
  module("FoveaCore"),
  module("FoveaGraph", ["FoveaCore"]),
  module("FoveaCompiler", ["FoveaGraph"]),
  module("FoveaReference", ["FoveaCompiler"]),
  module("FoveaOneDNN", ["FoveaCompiler", "COneDNN", "CFoveaKernels"]),
  module("FoveaLayers", ["FoveaGraph"]),
  module("FoveaZoo", ["FoveaLayers"]),
  module("FoveaFiles", ["CFileSystem", "CZlib", "CArchive"], linking: archive),
  module("FoveaData", ["FoveaCore", "FoveaFiles", "CImageCodecs"]),
  module("FoveaFormats", ["FoveaCore", "FoveaFiles", "CONNX", "CHDF5"]),
  module("FoveaONNX", ["FoveaLayers", "FoveaFormats"]),
  module(
    "FoveaNetwork",
    [
      "FoveaZoo", "FoveaONNX", "FoveaCompiler", "FoveaOneDNN", "FoveaReference", "FoveaData", "FoveaFormats",
      "FoveaFiles",
    ]),
  module("FoveaTraining", ["FoveaNetwork"]),
  module("FoveaExplain", ["FoveaNetwork"]),
  module("FoveaLessons", ["FoveaExplain"]),
  // All of it, for those who write `import Fovea`.
  module("Fovea", ["FoveaTraining", "FoveaExplain"]),
  .executableTarget(
    name: "FoveaCLI", dependencies: ["FoveaTraining", "FoveaLessons"], swiftSettings: settings,
    linkerSettings: ownRuntime),
  // Our side of `make bench-ops`.
  .executableTarget(
    name: "OperationBench", dependencies: ["FoveaTraining"], path: "Benchmarks/OperationBench",
    exclude: ["torch_operations.py", "compare_operations.py"], swiftSettings: settings),
  // What `Scripts/fuzz.sh` builds with sanitizers.
  .executableTarget(
    name: "FormatFuzz", dependencies: ["FoveaNetwork", "FoveaTestSupport"], path: "Tests/FormatFuzz",
    swiftSettings: settings),
]

let testTargets: [Target] = [
  // ONNX's own checker.
  .target(name: "CONNXChecker", path: "Tests/CONNXChecker", linkerSettings: [.linkedLibrary("onnx")]),
  // What several test targets use.
  .target(
    name: "FoveaTestSupport", dependencies: ["FoveaNetwork", "CZlib"], path: "Tests/FoveaTestSupport",
    swiftSettings: settings),
  tests("FoveaCoreTests", ["FoveaCore"]),
  tests("FoveaGraphTests", ["FoveaGraph"]),
  tests("FoveaCompilerTests", ["FoveaNetwork"]),
  tests("FoveaReferenceTests", ["FoveaReference"], fixtures: true),
  // The suite that every operation and every backend has to pass.
  tests("FoveaConformanceTests", ["FoveaReference", "FoveaOneDNN"]),
  tests("FoveaLayersTests", ["FoveaLayers"]),
  tests("FoveaZooTests", ["FoveaZoo"]),
  tests("FoveaFilesTests", ["FoveaFiles"]),
  tests("FoveaDataTests", ["FoveaData", "FoveaFiles"], fixtures: true),
  tests("FoveaFormatsTests", ["FoveaFormats", "FoveaFiles"], fixtures: true),
  tests("FoveaONNXTests", ["FoveaONNX", "FoveaNetwork", "FoveaTraining", "CONNXChecker"], fixtures: true),
  // Layers with their gradients, beside PyTorch's.
  tests("FoveaTorchTests", ["FoveaNetwork", "FoveaTraining"], fixtures: true),
  tests("FoveaNetworkTests", ["FoveaNetwork"], fixtures: true),
  tests("FoveaTrainingTests", ["FoveaTraining"], fixtures: true),
  tests("FoveaExplainTests", ["FoveaExplain"]),
  tests("FoveaLessonsTests", ["FoveaLessons", "FoveaData"]),
  tests("FoveaTests", ["Fovea"]),
  // The command, run as a process.
  tests("FoveaCLITests", ["FoveaData", "FoveaFormats"]),
]

let package = Package(
  name: "Fovea",
  products: [
    .library(name: "Fovea", targets: ["Fovea"]),
    .executable(name: "fovea", targets: ["FoveaCLI"]),
  ],
  targets: systemLibraries + c + modules + testTargets,
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
