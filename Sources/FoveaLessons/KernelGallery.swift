/// Kernels that image processing has names for.
///
/// - Source: Sobel & Feldman 1968, "A 3×3 isotropic gradient operator"; Gonzalez & Woods, "Digital Image Processing",
///   ch. 3.
public struct NamedKernel: Hashable, Sendable {
  public let name: String
  public let rows: [[Double]]
  /// What it answers to.
  public let purpose: String

  public static let gallery: [NamedKernel] = [
    NamedKernel(name: "vertical edge", rows: [[1, 0, -1], [1, 0, -1], [1, 0, -1]], purpose: "brighter on the left"),
    NamedKernel(name: "horizontal edge", rows: [[1, 1, 1], [0, 0, 0], [-1, -1, -1]], purpose: "brighter above"),
    NamedKernel(
      name: "Sobel", rows: [[1, 0, -1], [2, 0, -2], [1, 0, -1]], purpose: "brighter on the left, the middle row most"),
    NamedKernel(name: "sharpen", rows: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]], purpose: "unlike its neighbours"),
    NamedKernel(
      name: "blur", rows: Array(repeating: Array(repeating: 1.0 / 9, count: 3), count: 3), purpose: "the mean"),
    NamedKernel(name: "emboss", rows: [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], purpose: "lit from the upper left"),
  ]
}
