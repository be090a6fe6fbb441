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

/// Files, images, data sets and weight formats. System libraries by Debian package: zlib1g-dev, libarchive-dev,
/// libjpeg62-turbo-dev, libpng-dev.
let dataTargets: [Target] = [
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
  .target(name: "CImageCodecs", linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png16")]),
  .target(name: "CFileSystem"),
  module("FoveaFiles", ["CFileSystem", "CZlib", "CArchive"]),
  module("FoveaData", ["FoveaCore", "FoveaFiles", "CImageCodecs"]),
  module("FoveaFormats", ["FoveaCore", "FoveaFiles"]),
  .target(
    name: "FoveaTestSupport", dependencies: ["FoveaCore", "CZlib"], path: "Tests/FoveaTestSupport",
    swiftSettings: settings),
  tests("FoveaFilesTests", ["FoveaFiles", "FoveaTestSupport"]),
  .testTarget(
    name: "FoveaDataTests", dependencies: ["FoveaData", "FoveaFiles", "FoveaTestSupport"],
    exclude: ["Fixtures"],
    swiftSettings: settings),
  .testTarget(
    name: "FoveaFormatsTests", dependencies: ["FoveaFormats", "FoveaFiles", "FoveaTestSupport"],
    exclude: ["Fixtures"],
    swiftSettings: settings),
]

let package = Package(
  name: "Fovea",
  products: [],
  targets: [
    module("FoveaCore"),
    tests("FoveaCoreTests", ["FoveaCore"]),
  ] + dataTargets,
  swiftLanguageModes: [.v6]
)
