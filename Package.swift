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
    tests("FoveaCompilerTests", ["FoveaCompiler", "FoveaReference", "FoveaTestSupport"]),
    .systemLibrary(name: "COneDNN"),
    .target(name: "CFoveaKernels", linkerSettings: [.linkedLibrary("gomp"), .linkedLibrary("m")]),
    module("FoveaOneDNN", ["FoveaCompiler", "COneDNN", "CFoveaKernels"]),
    tests("FoveaReferenceTests", ["FoveaReference", "FoveaTestSupport"], resources: [.copy("Fixtures")]),
    // What several test targets use, and the suite that every operation and every backend has to pass.
    .target(
      name: "FoveaTestSupport", dependencies: ["FoveaReference"], path: "Tests/FoveaTestSupport",
      swiftSettings: settings),
    tests("FoveaConformanceTests", ["FoveaReference", "FoveaOneDNN", "FoveaTestSupport"]),
    module("FoveaLayers", ["FoveaGraph"]),
    tests("FoveaLayersTests", ["FoveaLayers"]),
  ],
  swiftLanguageModes: [.v6]
)
