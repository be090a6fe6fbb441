import FoveaData
import FoveaFiles
import FoveaLayers

/// `fovea export-samples`: pictures out of a data set, to look at and to predict.
enum ExportSamples: Command {
  static let name = "export-samples"
  static let summary = "writes examples of a data set as PNG files"
  static let discussion = " A file is called NUMBER-CLASS.png, after the example's place in the data set and its label."
  static let positionals = [Positional("DATA", listed(DataReference.forms))]
  static let output = Option(required: "output", "DIR", "the folder to write to", .path("a folder"))
  static let count = Option("count", "N", "how many", .integer(1...1_000_000), default: 10)
  static let input = Option(
    "input", "HxWxC", "the size that the pictures of a folder are brought to", .imageShape, default: [224, 224, 3])
  static let options: [any OptionDeclaration] = [output, count, DataPart.option, input]

  static func run(_ arguments: Arguments) throws {
    let samples = try DataReference(parsing: arguments[positionals[0]][0])
      .dataset(arguments[DataPart.option], sampleShape: arguments[input])
    let folder = arguments[output]
    try makeFolders(folder)
    let count = min(arguments[count], samples.count)
    let digits = String(samples.count - 1).count
    for index in 0..<count {
      let number = String(index)
      let name = samples.classNames[samples.label(at: index)].map { $0.isLetter || $0.isNumber ? $0 : "-" }
      let path = folder + "/" + String(repeating: "0", count: digits - number.count) + number + "-" + String(name)
      try samples.image(at: index).writePNG(to: path + ".png")
    }
    Console.note("\(groupedCount(count, "picture")) in \(folder)")
  }
}
