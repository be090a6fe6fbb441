extension Image {
  /// The picture at another size: each new pixel is the average of the old ones it covers, weighted by a triangle that
  /// widens with the reduction, so that fine patterns do not turn into false ones.
  ///
  /// Within one grey level of Pillow's `resize((width, height), Image.Resampling.BILINEAR)`; equal where Pillow filters
  /// rows before columns, which its older versions always do.
  public func resized(height: Int, width: Int) -> Image {
    resized(height: height, width: width, rows: 0..<height, columns: 0..<width)
  }

  /// The given rows and columns of the resized picture; the others are never computed.
  func resized(height: Int, width: Int, rows: Range<Int>, columns: Range<Int>) -> Image {
    precondition(height > 0 && width > 0, "an image of \(height)×\(width) pixels")
    let vertical = TriangleFilter(from: self.height, to: height, outputs: rows)
    let horizontal = TriangleFilter(from: self.width, to: width, outputs: columns)
    guard !vertical.isIdentity || !horizontal.isIdentity else { return self }

    let needed = vertical.inputs  // rows of the source that matter
    let narrowed = Image(height: needed.count, width: columns.count, color: color) { target in
      pixels.withUnsafeBufferPointer { source in
        for row in needed {
          let from = source.baseAddress! + row * self.width * channels
          let to = target.baseAddress! + (row - needed.lowerBound) * columns.count * channels
          switch color {
          case .gray: horizontal.applyGray(from, into: to)
          case .rgb: horizontal.applyRGB(from, into: to)
          }
        }
      }
    }
    return Image(height: rows.count, width: columns.count, color: color) { target in
      narrowed.pixels.withUnsafeBufferPointer {
        vertical.applyRows($0.baseAddress!, stride: columns.count * channels, into: target.baseAddress!)
      }
    }
  }

  /// The middle of the picture; where it is smaller than asked for, black is added around it.
  public func centerCropped(height: Int, width: Int) -> Image {
    let (rows, columns) = (centered(height, in: self.height), centered(width, in: self.width))
    return pasted(height: height, width: width, top: -rows.lowerBound, left: -columns.lowerBound)
  }

  /// Resizes to `height × width` and crops the middle out of that, computing no more than is left.
  func resized(
    height: Int, width: Int, croppedTo crop: (height: Int, width: Int), rounding: Preprocessing.CropRounding = .even
  ) -> Image {
    let rows = centered(crop.height, in: height, rounding)
    let columns = centered(crop.width, in: width, rounding)
    let inside = resized(
      height: height, width: width,
      rows: rows.clamped(to: 0..<height), columns: columns.clamped(to: 0..<width))
    return inside.pasted(
      height: crop.height, width: crop.width, top: max(0, -rows.lowerBound), left: max(0, -columns.lowerBound))
  }

  /// Scales until the picture just covers `height × width`, and takes the middle of that.
  func covering(height: Int, width: Int) -> Image {
    // Compares height / self.height with width / self.width without dividing.
    let heightDecides = height * self.width >= width * self.height
    let covering =
      heightDecides
      ? (height, max(width, self.width * height / self.height))
      : (max(height, self.height * width / self.width), width)
    return resized(height: covering.0, width: covering.1, croppedTo: (height, width))
  }

  /// The size with the picture's proportions whose short side is `side`; the long side is rounded down.
  func size(shortSide side: Int) -> (height: Int, width: Int) {
    height <= width ? (side, max(side, side * width / height)) : (max(side, side * height / width), side)
  }

  /// A black picture with this one at the given place, cut off where it goes over the edge.
  private func pasted(height: Int, width: Int, top: Int, left: Int) -> Image {
    if (height, width, top, left) == (self.height, self.width, 0, 0) { return self }
    let rows = max(0, top)..<max(0, top, min(height, top + self.height))
    let columns = max(0, left)..<max(0, left, min(width, left + self.width))
    return pixels.withUnsafeBufferPointer { source in
      Image(height: height, width: width, color: color) { target in
        target.initialize(repeating: 0)
        for row in rows where !columns.isEmpty {
          let from = ((row - top) * self.width + columns.lowerBound - left) * channels
          (target.baseAddress! + (row * width + columns.lowerBound) * channels)
            .update(from: source.baseAddress! + from, count: columns.count * channels)
        }
      }
    }
  }
}

/// The `count` positions in the middle of `0..<total`; begins below zero if there are not so many.
private func centered(
  _ count: Int, in total: Int, _ rounding: Preprocessing.CropRounding = .even
) -> Range<Int> {
  let start = Int((Double(total - count) / 2).rounded(rounding == .even ? .toNearestOrEven : .down))
  return start..<(start + count)
}
