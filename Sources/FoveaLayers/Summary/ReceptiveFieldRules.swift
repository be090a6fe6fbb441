/// An operation of which a result depends on more than the same position of its inputs, or that moves positions.
/// Every other operation leaves receptive fields as they are.
protocol ReceptiveFieldRule: Operation {
  /// What a position of the result sees, if a position of an input of `shape` sees `field`.
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField
}

extension Op.Convolution: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField { field.slid(window, over: shape) }
}

extension Op.ConvolutionInputGradient: ReceptiveFieldRule {
  /// As a layer: the transposed convolution.
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.spread(forward.window, over: shape, to: inputShape)
  }
}

extension Op.Patches: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField { field.slid(window, over: shape) }
}

extension Op.MaxPool: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField { field.slid(window, over: shape) }
}

extension Op.AveragePool: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField { field.slid(window, over: shape) }
}

extension Op.LpPool: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField { field.slid(window, over: shape) }
}

extension Op.MaxPoolSwitches: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField { field.slid(window, over: shape) }
}

extension Op.MaxUnpool: ReceptiveFieldRule {
  /// Where a value goes depends on the image: within the window over which it was pooled.
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.mapAxes { axis in
      guard let tensorAxis = axis.tensorAxis, (1...spatial.count).contains(tensorAxis) else { return }
      axis.stretch(to: spatial[tensorAxis - 1])
    }
  }
}

extension Op.SparseMap: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.mapAxes { axis in
      guard let tensorAxis = axis.tensorAxis, (self.axis..<(self.axis + matrices.count)).contains(tensorAxis)
      else { return }
      let matrix = matrices[tensorAxis - self.axis]
      if let before = matrix.placeOfWhole {
        axis.move(by: -before)
        axis.positions = matrix.rows
        return
      }
      axis.widen(by: max(matrix.span, 1) - 1)
      axis.stretch(to: matrix.rows)
    }
  }
}

extension Op.MatrixProduct: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.collapsed(along: [shape.rank - 1])
  }
}

extension Op.Softmax: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.collapsed(along: [shape.rank - 1])
  }
}

extension Op.LogSoftmax: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.collapsed(along: [shape.rank - 1])
  }
}

extension Reduction {
  /// Reduced axes are gone from the result: what is left of their positions is one.
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.collapsed(along: axes).mapAxes { axis in
      guard let tensorAxis = axis.tensorAxis, !keepsAxes else { return }
      axis.tensorAxis = axes.contains(tensorAxis) ? nil : tensorAxis - axes.count { $0 < tensorAxis }
    }
  }
}

extension Op.Sum: ReceptiveFieldRule {}
extension Op.Mean: ReceptiveFieldRule {}
extension Op.Maximum: ReceptiveFieldRule {}

extension Op.Reshape: ReceptiveFieldRule {
  /// Positions stay where they are as long as the leading axes do.
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.mapAxes { axis in
      guard let tensorAxis = axis.tensorAxis else { return }
      let stays =
        self.shape.rank > tensorAxis + 1
        && shape.dimensions.prefix(tensorAxis + 1) == self.shape.dimensions.prefix(tensorAxis + 1)
      if !stays { axis.tensorAxis = nil }
    }
  }
}

extension Op.Transpose: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.mapAxes { $0.tensorAxis = $0.tensorAxis.flatMap(order.firstIndex(of:)) }
  }
}

extension Op.Pad: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.padded(before: before, after: after)
  }
}

extension Op.Slice: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.mapAxes { axis in
      guard let tensorAxis = axis.tensorAxis else { return }
      axis.move(by: start[tensorAxis])
      axis.positions = size[tensorAxis]
    }
  }
}

extension Op.BatchMoments: ReceptiveFieldRule {
  func field(from field: ReceptiveField, of shape: Shape) -> ReceptiveField {
    field.mapAxes { axis in
      axis.collapse()
      axis.tensorAxis = nil
    }
  }
}
