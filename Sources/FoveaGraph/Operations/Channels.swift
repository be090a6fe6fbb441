public import FoveaCore

extension Op {
  /// Some of the channels, in the order of `places`: `y[…, j] = x[…, places[j]]`.
  ///
  /// - Shapes: `…×C` → `…×places.count`.
  public struct PickChannels: Operation {
    public static let name = "pick_channels"
    public let places: [Int]
    public init(_ places: [Int]) { self.places = places }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      var shape = try requireRank(1, of: inputs[0])
      guard !places.isEmpty, places.allSatisfy((0..<shape.channels).contains) else {
        throw ShapeError(
          "channels \(places) of \(shape.channels)", fix: "pick at least one of 0..<\(shape.channels)")
      }
      shape[shape.rank - 1] = places.count
      return shape
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(PlaceChannels(places, of: inputs[0].channels))]
    }
  }

  /// Every channel at its place among `count`, added up where places coincide; zeros elsewhere:
  /// `y[…, places[j]] += x[…, j]`.
  ///
  /// - Shapes: `…×places.count` → `…×count`.
  public struct PlaceChannels: Operation {
    public static let name = "place_channels"
    public let places: [Int]
    public let count: Int
    public init(_ places: [Int], of count: Int) { (self.places, self.count) = (places, count) }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
      var shape = try requireRank(1, of: inputs[0])
      guard shape.channels == places.count, places.allSatisfy((0..<max(count, 0)).contains) else {
        throw ShapeError(
          "\(shape.channels) channels for the places \(places) of \(count)",
          fix: "give one place of 0..<\(count) for each channel")
      }
      shape[shape.rank - 1] = count
      return shape
    }

    public func gradient(_ upstream: Value, inputs: [Value], output: Value) -> [Value?] {
      [upstream.applying(PickChannels(places))]
    }
  }
}
