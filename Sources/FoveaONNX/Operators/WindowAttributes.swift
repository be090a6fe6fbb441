import FoveaCore
import FoveaGraph

extension NodeContext {
  /// The window that the attributes describe.
  ///
  /// - Parameters:
  ///   - size: along each spatial axis.
  ///   - lengths: of the input along each spatial axis.
  func window(_ size: [Int], over lengths: [Int]) throws(ImportError) -> Window {
    guard size.count == lengths.count, !size.isEmpty else {
      throw ImportError("a window of \(size) over \(lengths.count) spatial axes", fix: "give a size for each")
    }
    var window = Window(
      size: size, strides: try perAxis("strides", size.count), dilations: try perAxis("dilations", size.count),
      roundsUp: try integer("ceil_mode", 0) != 0)
    do throws(ShapeError) { try window.checkAttributes() } catch { throw .mistake(error) }
    let automatic = try text("auto_pad", "NOTSET")
    switch automatic {
    case "VALID": break
    case "SAME_UPPER": window.padding = .same
    case "SAME_LOWER":
      window.padding = .same
      let edges = lengths.indices.map { window.edges($0, length: lengths[$0]) }
      window.padding = .edges(edges.map { Padding.Edges(before: $0.after, after: $0.before) })
    case "NOTSET", "":
      if let pads = try integers("pads"), pads.contains(where: { $0 != 0 }) {
        window.padding = .edges(try edges(pads, axes: size.count))
      }
    default: throw ImportError("auto_pad is '\(automatic)'", fix: "use NOTSET, VALID, SAME_UPPER or SAME_LOWER")
    }
    do throws(ShapeError) { try window.checkAttributes() } catch { throw .mistake(error) }
    return window
  }

  /// ONNX lists what comes before each axis, and then what comes after each.
  func edges(_ pads: [Int], axes: Int) throws(ImportError) -> [Padding.Edges] {
    guard pads.count == 2 * axes else {
      throw ImportError("\(pads.count) pads for \(axes) axes", fix: "give one before and one after each")
    }
    return (0..<axes).map { Padding.Edges(before: pads[$0], after: pads[axes + $0]) }
  }

  /// An attribute with a number for each spatial axis, 1 by default.
  func perAxis(_ name: String, _ axes: Int, _ standard: Int = 1) throws(ImportError) -> [Int] {
    let values = try integers(name) ?? []
    guard values.isEmpty || values.count == axes else {
      throw ImportError("\(values.count) \(name) for \(axes) spatial axes", fix: "give one for each")
    }
    return values.isEmpty ? [Int](repeating: standard, count: axes) : values
  }

  /// An input with spatial axes, as the kernels have it.
  func image(_ index: Int) throws(ImportError) -> Value { try image(try input(index)) }

  /// A value with spatial axes, as the kernels have it.
  func image(_ x: LaidOut) throws(ImportError) -> Value {
    guard (3...5).contains(x.rank) else {
      throw ImportError(
        "\(node.type) of the shape \(x.shape)", fix: "give it N×C and one to three spatial axes")
    }
    return try checked(x.channelsLast)
  }

  /// The sizes between batch and channels of what `image` gives.
  func lengths(_ x: Value) -> [Int] { Array(x.shape.dimensions[1..<(x.rank - 1)]) }
}
