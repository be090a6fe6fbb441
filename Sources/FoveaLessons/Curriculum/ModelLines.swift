/// The models of the lectures' tables as model lines, where the catalogue has none.
enum Lines {
  static let alexNetFeatures =
    "input 227x227x3 - conv 96 11x11 /4 valid - relu - pool 3x3 /2 - conv 256 5x5 - relu - pool 3x3 /2 - "
    + "[conv 384 3x3 - relu]*2 - conv 256 3x3 - relu - pool 3x3 /2"
  static let denseHead = "fc 4096 - relu - fc 4096 - relu - fc 1000"
  /// Ungrouped.
  static let alexNet = alexNetFeatures + " - " + denseHead
  /// As on two GPUs: the second, fourth and fifth convolution see half of the channels each.
  static let groupedAlexNet =
    "input 227x227x3 - conv 96 11x11 /4 valid - relu - pool 3x3 /2 - conv 256 5x5 groups 2 - relu - pool 3x3 /2 - "
    + "conv 384 3x3 - relu - conv 384 3x3 groups 2 - relu - conv 256 3x3 groups 2 - relu - pool 3x3 /2 - " + denseHead
  /// As in torchvision: fewer filters than the paper's.
  static let slimAlexNet =
    "input 227x227x3 - conv 64 11x11 /4 valid - relu - pool 3x3 /2 - conv 192 5x5 - relu - pool 3x3 /2 - "
    + "conv 384 3x3 - relu - [conv 256 3x3 - relu]*2 - pool 3x3 /2 - " + denseHead
  static let letters =
    "input 28x28x1 - conv 4 5x5 valid - tanh - avgpool - conv 12 5x5 valid - tanh - avgpool - conv 26 4x4 valid"
  static let cifarTutorial =
    "input 32x32x3 - conv 6 5x5 valid - relu - pool - conv 16 5x5 valid - relu - pool - fc 120 - relu - fc 84 - relu - "
    + "fc 10"

  /// VGG with so many 3×3 convolutions in each of its five stages; configuration A-LRN is `isNormalized` after the first.
  static func vgg(_ depths: [Int], head: String = denseHead, isNormalized: Bool = false) -> String {
    var stages = zip(depths, [64, 128, 256, 512, 512]).map { "[conv \($1) 3x3 - relu]*\($0) - pool" }
    if isNormalized { stages[0] = "[conv 64 3x3 - relu]*\(depths[0]) - lrn - pool" }
    return (["input 224x224x3"] + stages + (head.isEmpty ? [] : [head])).joined(separator: " - ")
  }
}
