public import FoveaCore
public import FoveaGraph

/// A way to run operations: which it can, in which physical layouts, and how.
public protocol Backend: Sendable {
  /// The name in listings: `onednn`, `reference`.
  var name: String { get }

  /// The kernel for a node, or `nil` if this backend has none; then the next backend is asked.
  func kernel(for request: KernelRequest) throws -> Kernel?

  /// The ways in which this backend could run a node, the usual one first: any of them may be the fastest here.
  ///
  /// A way that turns out not to be there has no kernel.
  func variants(for request: KernelRequest) -> [KernelVariant]

  /// The way that is likely to be the fastest, by sizes alone: for nodes whose way must be the same on every machine of a
  /// kind.
  func expectedVariant(for request: KernelRequest) -> KernelVariant

  /// What times of this backend's kernels hold for: its version, and that of what it is made of.
  var version: String { get }

  /// Says that a plan is made: kernels that were only tried for it are not needed any more.
  func finishPlanning()

  /// A kernel that copies a tensor from one layout to another, or `nil` if this backend does not know both.
  func reorder(_ shape: Shape, _ type: ElementType, from source: Layout, to target: Layout) throws -> Kernel?

  /// How many rows, parts of the first axis, of a tensor lie together in a layout, and how they lie there; `nil` if they do
  /// not. Then so many at a time can be copied into it.
  func rowsTogether(in layout: Layout, of shape: Shape, _ type: ElementType) -> RowsTogether?
}

/// Rows of a tensor that lie together in a layout.
public struct RowsTogether {
  public let count: Int
  /// The layout of so many of them, or of fewer, the last, on their own.
  public let layout: (Int) -> Layout

  public init(count: Int, layout: @escaping (Int) -> Layout) { (self.count, self.layout) = (count, layout) }
}

extension Backend {
  public func variants(for request: KernelRequest) -> [KernelVariant] { [.usual] }
  public func expectedVariant(for request: KernelRequest) -> KernelVariant { .usual }
  public var version: String { "1" }
  public func finishPlanning() {}
  public func rowsTogether(in layout: Layout, of shape: Shape, _ type: ElementType) -> RowsTogether? { nil }
}

/// A way to run a node.
public enum KernelVariant: String, Sendable {
  /// Right for most machines; activations in blocks of channels, where these save time.
  case usual
  /// Activations in row-major order.
  case rowMajor = "row-major"
  /// With fewer products than the definition has, by sums of inputs and of weights; rounds more.
  case winograd
  /// Likewise, tile by tile in whatever order the activations have.
  case tiles
  /// Likewise, fewer tiles at once: less memory to work in.
  case fewTiles = "few-tiles"
  /// From few channels, row-major, to blocks of channels.
  case rows
  /// Weights in blocks, which takes memory for a second copy of them.
  case packed
  /// Weights in the order in which a few rows read them.
  case panels
  /// In AMX's tiles, by kernels of our own.
  case amx

  /// Whether it goes by Winograd's algorithm in tiles of our own.
  package var isInTiles: Bool { self == .tiles || self == .fewTiles }

  /// Whether it computes the products that the definition has.
  public var isExact: Bool { self != .winograd && !isInTiles }

  /// How much faster it has to be to be worth what it costs elsewhere: memory, or rounding. Some may be slower: weights in
  /// panels, which measured alone lie in a cache, while in a network they come from memory, for which panels are made; and what
  /// takes a picture as it comes to blocks, for which the usual way has it rearranged first.
  var leastGain: Double { self == .panels || self == .rows ? 0.9 : self == .packed || !isExact ? 1.1 : 1 }

  /// Whether the result may lie where the input lay.
  var writesOverInput: Bool { isInTiles }

  /// Whether it leaves activations in the order in which they come.
  var keepsOrder: Bool { isInTiles }
}

/// A node for which the plan wants a kernel.
public struct KernelRequest: Sendable {
  public struct Operand: Sendable {
    public let shape: Shape
    public let elementType: ElementType
    /// As the producer left it; the kernel may ask for another.
    public let layout: Layout
    /// Whether it is the same on every run, so that reordering it costs nothing per run.
    public let isStatic: Bool

    package init(shape: Shape, elementType: ElementType, layout: Layout, isStatic: Bool) {
      (self.shape, self.elementType, self.layout, self.isStatic) = (shape, elementType, layout, isStatic)
    }
  }

  public let operation: any Operation
  public let inputs: [Operand]
  public let outputShape: Shape
  public let outputType: ElementType
  /// Whether the result only leaves the program, so that it has to end in row-major order.
  public let isOutput: Bool
  /// The way in which it is to run.
  public var variant = KernelVariant.usual

  package init(
    operation: any Operation, inputs: [Operand], outputShape: Shape, outputType: ElementType, isOutput: Bool
  ) {
    (self.operation, self.inputs) = (operation, inputs)
    (self.outputShape, self.outputType, self.isOutput) = (outputShape, outputType, isOutput)
  }
}

/// How one node will run: its layouts, its needs, and the code.
public struct Kernel: Sendable {
  /// Where a kernel reads and writes. The addresses stay the same for the life of the program.
  public struct Memory {
    public let inputs: [UnsafeRawPointer]
    public let output: UnsafeMutableRawPointer
    public let scratch: UnsafeMutableRawPointer?

    package init(inputs: [UnsafeRawPointer], output: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer?) {
      (self.inputs, self.output, self.scratch) = (inputs, output, scratch)
    }
  }

  /// The name in listings, e.g. `onednn convolution jit:avx512_core`.
  public var name: String
  public var inputLayouts: [Layout]
  public var outputLayout: Layout
  public var scratchBytes = 0
  /// The inputs that the output may overwrite, best first.
  public var overwritableInputs: [Int] = []
  /// Where each input lies in the output, if the result is nothing but its inputs: whoever makes them can write there at
  /// once.
  public var pieces: [Piece]?
  /// The same with its result in another layout, if it can leave it so.
  public var writing: (@Sendable (Layout) throws -> Kernel?)?
  /// Makes everything ready for `memory`, once; the result does the work, and allocates nothing.
  public var prepare: @Sendable (Memory) throws -> () -> Void

  /// The place of an input in a result.
  public struct Piece: Sendable {
    /// In bytes from the start.
    public let offset: Int
    /// As the input lies there.
    public let layout: Layout
    /// Copies the input there; `nil` where the bytes stay as they are.
    public let copy: Kernel?

    public init(offset: Int, layout: Layout, copy: Kernel? = nil) {
      (self.offset, self.layout, self.copy) = (offset, layout, copy)
    }
  }

  public init(
    name: String, inputLayouts: [Layout], outputLayout: Layout, scratchBytes: Int = 0, overwritableInputs: [Int] = [],
    prepare: @escaping @Sendable (Memory) throws -> () -> Void
  ) {
    (self.name, self.inputLayouts, self.outputLayout) = (name, inputLayouts, outputLayout)
    (self.scratchBytes, self.overwritableInputs, self.prepare) = (scratchBytes, overwritableInputs, prepare)
  }
}

extension Kernel {
  /// The same with its result in another layout; `nil` if it cannot, or would read or need something else.
  func written(in layout: Layout) -> Kernel? {
    guard let kernel = try? writing?(layout), kernel.inputLayouts == inputLayouts, kernel.scratchBytes == scratchBytes
    else { return nil }
    return kernel
  }
}
