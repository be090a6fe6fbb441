import FoveaLayers

/// A convolution without a bias, batch normalisation, and a rectifier: the brick of the later models.
struct ConvNorm: Model {
  var filters: Int
  var kernel: Size2D
  var strides: Size2D = 1
  var groups = 1
  var padding = Padding.same
  var isRectified = true

  init(
    _ filters: Int, _ kernel: Size2D, strides: Size2D = 1, groups: Int = 1, padding: Padding = .same,
    isRectified: Bool = true
  ) {
    (self.filters, self.kernel, self.strides) = (filters, kernel, strides)
    (self.groups, self.padding, self.isRectified) = (groups, padding, isRectified)
  }

  var body: Sequential {
    Conv2D(filters: filters, kernel: kernel, strides: strides, groups: groups, padding: padding, bias: false)
    BatchNorm()
    if isRectified { ReLU() }
  }
}
