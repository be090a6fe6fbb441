import FoveaCompiler
import FoveaCore
import FoveaGraph
import FoveaOneDNN
import FoveaReference
import FoveaTestSupport
import Testing

// Images in blocks of channels stay so where they are enlarged, put side by side, cut and joined.

private func window(_ size: Int, _ strides: Int = 1) -> Window {
  Window(size: [size, size], strides: [strides, strides], padding: strides == 1 ? .same : .valid)
}

/// A level of U-Net: on the way down an image is kept, on the way up another is enlarged and put beside it.
private func level(images: Int, channels: Int, joinsNarrow: Bool = false) throws -> Graph {
  let builder = GraphBuilder(isTraining: false)
  let x = builder.input("x", shape: [images, 8, 6, 16])
  func convolved(_ x: Value, _ name: String, _ filters: Int, _ window: Window = window(3)) -> Value {
    let w = x.parameter(name, shape: Shape(window.size + [x.channels, filters]), .zeros)
    return x.applying(Op.Convolution(window), w)
  }
  let kept = convolved(x, "kept", channels).applying(Op.ReLU())
  let deep = convolved(kept, "deep", 48, window(2, 2))
  let up = window(2, 2)
  let w = x.parameter("up", shape: [2, 2, channels, 48], .zeros)
  let bias = x.parameter("bias", shape: [channels], .zeros)
  let large = deep.applying(Op.ConvolutionInputGradient(of: .init(up), inputShape: kept.shape), w) + bias
  var both = [kept, large]
  if joinsNarrow { both.append(x.applying(Op.Slice(from: [0, 0, 0, 3], size: [images, 8, 6, 5]))) }
  builder.output("y", convolved(concatenate(both), "last", 16))
  return try builder.finish()
}

private func feed(_ graph: Graph) -> [String: ReferenceTensor<Double>] {
  var result: [String: ReferenceTensor<Double>] = [:]
  for (id, node) in graph.nodes.enumerated() {
    switch node.operation {
    case let input as Op.Input: result[input.name] = .distinct(node.shape, seed: UInt64(id))
    case let parameter as Op.Parameter: result[parameter.path] = .distinct(node.shape, seed: UInt64(id))
    default: break
    }
  }
  return result
}

/// What a plan on oneDNN gives, beside the reference backend.
private func check(_ graph: Graph, lowered: Bool = false, tolerance: Double = 1e-5) throws -> Plan {
  let feed = feed(graph)
  let expected = try ProgramRun(graph, on: [ReferenceBackend()], feed: feed)(feed)
  let fast: [any Backend] = [OneDNNBackend(), ReferenceBackend()]
  var passes = Pipeline.standard(backends: fast)
  if lowered { passes.passes.append(LowerPrecision(backend: fast[0])) }
  let run = try ProgramRun(graph, on: fast, passes: passes, feed: feed)
  for _ in 0..<2 {
    let worst = largestError(of: try run(feed), to: expected.mapValues { $0.floats.map(Double.init) })
    #expect(worst.error < tolerance, "\(worst.name)")
  }
  return run.plan
}

@Suite struct BlockedImagesTests {
  @Test(arguments: [1, 2, 5], [16, 32, 64]) func `an enlarged image comes to its place at once`(
    images: Int, channels: Int
  ) throws {
    let plan = try check(level(images: images, channels: channels))
    let concatenations = plan.steps.filter { $0.operation == "concatenate" }
    // The kept image has another reader: with more images than one it is copied.
    #expect(concatenations.map(\.kernel.name) == (images == 1 ? [] : ["c copy"]))
    let assembled = try #require(plan.steps.first { $0.kernel.name == "c tiles" })
    let last = try #require(plan.steps.last { $0.operation.hasPrefix("convolution") })
    #expect(last.inputs[0].buffer == assembled.output.buffer)
    // The products of the transposed convolution want rows.
    let inner = plan.steps.filter { $0.operation == "reorder" && $0.inputs[0].shape.rank == 4 }
    #expect(inner.count <= 3)
  }

  @Test(arguments: [1, 3]) func `channels that fill no block are put side by side row by row`(images: Int) throws {
    for (channels, joinsNarrow) in [(24, true), (32, true), (24, false), (7, false)] {
      let plan = try check(level(images: images, channels: channels, joinsNarrow: joinsNarrow))
      // Both images are written there, one as it is reordered; the program's own input is copied.
      let copies = plan.steps.filter { $0.operation == "concatenate" }
      #expect(copies.map(\.kernel.name) == (joinsNarrow ? ["c copy"] : []), "\(channels) channels")
    }
  }

  @Test(.enabled(if: OneDNNBackend.computesBFloat16), arguments: [1, 3], [32, 24])
  func `of bfloat16 too`(images: Int, channels: Int) throws {
    let plan = try check(level(images: images, channels: channels), lowered: true, tolerance: 0.02)
    #expect(plan.steps.contains { $0.kernel.name == "c tiles" && $0.output.elementType == .bfloat16 })
    #expect(!plan.steps.contains { $0.operation == "concatenate" && $0.inputs.count > 1 })
  }

  @Test(arguments: [8, 16], [1, 3]) func `pieces of a concatenation fill it, and nothing else`(
    width: Int, images: Int
  ) throws {
    let backend = OneDNNBackend()
    let (kept, tiles): (Shape, Shape) = ([images, 6, 4, 32], [images, 3, 2, 2, 2, 32])
    let (enlarged, all): (Shape, Shape) = ([images, 6, 4, 32], [images, 6, 4, 64])
    func operand(_ shape: Shape, _ layout: Layout) -> KernelRequest.Operand {
      .init(shape: shape, elementType: .float32, layout: layout, isStatic: false)
    }
    let keptLayout = try Layout.blocked(kept, width, .float32)
    let concatenate = try #require(
      try backend.kernel(
        for: KernelRequest(
          operation: Op.Concatenate(axis: 3),
          inputs: [operand(kept, keptLayout), operand(enlarged, .rowMajor(enlarged))], outputShape: all,
          outputType: .float32, isOutput: false)))
    let pieces = try #require(concatenate.pieces)
    #expect(concatenate.outputLayout == (try Layout.blocked(all, width, .float32)))
    #expect((pieces[0].copy == nil) == (images == 1) && pieces[1].offset == 32 * 6 * 4 * 4)
    let assemble = try backend.kernel(
      for: KernelRequest(
        operation: AssembleTiles(), inputs: [operand(tiles, .rowMajor(tiles))], outputShape: enlarged,
        outputType: .float32, isOutput: false))
    let writing = try #require(try assemble?.writing?(pieces[1].layout))

    let a = ReferenceTensor<Double>.distinct(kept, seed: 1).tensor
    let b = ReferenceTensor<Double>.distinct(tiles, seed: 2).tensor
    let large = try #require(try KernelRun(AssembleTiles(), on: [b], backend: ReferenceBackend())())
    let expected = try #require(try KernelRun(Op.Concatenate(axis: 3), on: [a, large], backend: ReferenceBackend())())
    let result = AlignedBuffer(byteCount: all.count * 4, zeroed: true)
    func run(_ kernel: Kernel?, _ x: UnsafeRawPointer, at offset: Int) throws {
      try #require(kernel).prepare(.init(inputs: [x], output: result.address + offset, scratch: nil))()
    }
    let blocks = AlignedBuffer(byteCount: kept.count * 4, zeroed: false)
    try a.withUnsafeBytes {
      let reorder = try backend.reorder(kept, .float32, from: .rowMajor(kept), to: keptLayout)
      try #require(reorder).prepare(.init(inputs: [$0.baseAddress!], output: blocks.address, scratch: nil))()
    }
    // One after the other, so that each is seen to leave the other's places alone.
    try b.withUnsafeBytes { try run(writing, $0.baseAddress!, at: pieces[1].offset) }
    if let copy = pieces[0].copy {
      try run(copy, blocks.address, at: 0)
    } else {
      result.address.copyMemory(from: blocks.address, byteCount: kept.count * 4)
    }
    let found = try Tensor(shape: all, elementType: .float32) { target in
      let reorder = try backend.reorder(all, .float32, from: concatenate.outputLayout, to: .rowMajor(all))
      try #require(reorder).prepare(.init(inputs: [result.address], output: target.baseAddress!, scratch: nil))()
    }
    #expect(found == expected)
  }

  @Test(arguments: [1, 3], [(0, 16), (16, 32), (32, 16), (8, 16), (5, 20)])
  func `channels are cut out of blocks`(images: Int, channels: (start: Int, count: Int)) throws {
    let builder = GraphBuilder(isTraining: false)
    let x = builder.input("x", shape: [images, 9, 7, 16])
    func convolved(_ x: Value, _ name: String, _ filters: Int) -> Value {
      x.applying(Op.Convolution(window(3)), x.parameter(name, shape: [3, 3, x.channels, filters], .zeros))
    }
    let all = convolved(x, "first", 48)
    let part = all.applying(Op.Slice(from: [0, 0, 0, channels.start], size: [images, 9, 7, channels.count]))
    builder.output("part", part)
    builder.output("y", convolved(part, "second", 32))
    let plan = try check(builder.finish())
    let isWhole = channels.start.isMultiple(of: 16) && channels.count.isMultiple(of: 16)
    #expect(plan.steps.contains { $0.operation == "slice" } == isWhole)
  }
}
