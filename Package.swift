// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "Fovea",
  products: [],
  targets: [
    module("FoveaCore"),
    tests("FoveaCoreTests", ["FoveaCore"]),
    module("FoveaGraph", ["FoveaCore"]),
    module("FoveaCompiler", ["FoveaGraph"]),
    module("FoveaReference", ["FoveaCompiler"]),
    .systemLibrary(name: "COneDNN"),
    .target(name: "CFoveaKernels", linkerSettings: [.linkedLibrary("gomp"), .linkedLibrary("m")]),
    module("FoveaOneDNN", ["FoveaCompiler", "COneDNN", "CFoveaKernels"]),
  ],
  swiftLanguageModes: [.v6]
)
