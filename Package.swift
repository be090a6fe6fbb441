// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

/// Files, images, data sets and weight formats. System libraries by Debian package: zlib1g-dev, libarchive-dev,
/// libjpeg62-turbo-dev, libpng-dev.
let dataTargets: [Target] = [
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
  .target(name: "CImageCodecs", linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png16")]),
  .target(name: "CFileSystem"),
  module("FoveaFiles", ["CFileSystem", "CZlib", "CArchive"]),
  module("FoveaData", ["FoveaCore", "FoveaFiles", "CImageCodecs"]),
  tests("FoveaFilesTests", ["FoveaFiles", "FoveaTestSupport"]),
  .testTarget(
    name: "FoveaDataTests", dependencies: ["FoveaData", "FoveaFiles", "FoveaTestSupport"],
    exclude: ["Fixtures"],
    swiftSettings: settings),
]

let package = Package(
  name: "Fovea",
  products: [],
  targets: [
    module("FoveaCore"),
    tests("FoveaCoreTests", ["FoveaCore"]),
    module("FoveaGraph", ["FoveaCore"]),
    tests("FoveaGraphTests", ["FoveaGraph", "FoveaTestSupport"]),
    module("FoveaCompiler", ["FoveaGraph"]),
    module("FoveaReference", ["FoveaCompiler"]),
    .systemLibrary(name: "COneDNN"),
    .target(name: "CFoveaKernels", linkerSettings: [.linkedLibrary("gomp"), .linkedLibrary("m")]),
    module("FoveaOneDNN", ["FoveaCompiler", "COneDNN", "CFoveaKernels"]),
    tests("FoveaCompilerTests", ["FoveaNetwork", "FoveaTestSupport"]),
    tests("FoveaReferenceTests", ["FoveaReference", "FoveaTestSupport"], resources: [.copy("Fixtures")]),
    // What several test targets use, and the suite that every operation and every backend has to pass.
    .target(
      name: "FoveaTestSupport", dependencies: ["FoveaReference", "CZlib"], path: "Tests/FoveaTestSupport",
      swiftSettings: settings),
    tests("FoveaConformanceTests", ["FoveaReference", "FoveaOneDNN", "FoveaTestSupport"]),
    module("FoveaLayers", ["FoveaGraph"]),
    tests("FoveaLayersTests", ["FoveaLayers"]),
    module("FoveaZoo", ["FoveaLayers"]),
    tests("FoveaZooTests", ["FoveaZoo"]),
    module("FoveaFormats", ["FoveaCore", "FoveaFiles"]),
    module(
      "FoveaNetwork",
      ["FoveaZoo", "FoveaCompiler", "FoveaOneDNN", "FoveaReference", "FoveaData", "FoveaFormats", "FoveaFiles"]),
    module("FoveaTraining", ["FoveaNetwork"]),
    .testTarget(
      name: "FoveaTrainingTests", dependencies: ["FoveaTraining", "FoveaTestSupport"], exclude: ["Fixtures"],
      swiftSettings: settings),
  ] + dataTargets,
  swiftLanguageModes: [.v6]
)
