import FoveaFormats

/// The attributes that operators have in the versions that are read, by the operators' names.
///
/// - Source: for ONNX's operators what Python's `onnx.defs.get_all_schemas_with_history()` lists, but for attributes
///   that only versions before 6 have; for those of `com.microsoft` ONNX Runtime's "ContribOperators.md".
enum ONNXAttributes {
  /// Those of `node` that its operator does not have: they may ask for something else than what would be computed.
  static func unknown(of node: ONNXNode, opset: Int) -> [String] {
    guard ONNXOperators.isRead(node.operatorName), !node.attributes.isEmpty else { return [] }
    var known = Set(all[node.operatorName]?.split(separator: " ").map(String.init) ?? [])
    // How a smaller tensor stretched, before it did so as in NumPy.
    if opset < 7, stretching.contains(node.operatorName) { known.formUnion(["axis", "broadcast"]) }
    // Where older versions worked in place: nothing that changes numbers.
    known.insert("consumed_inputs")
    return node.attributes.keys.filter { !known.contains($0) }.sorted()
  }

  private static let stretching: Set = [
    "Add", "And", "Div", "Equal", "Greater", "Less", "Mul", "Or", "Pow", "Sub", "Xor", "Gemm",
  ]

  private static let all: [String: String] = [
    "AffineGrid": "align_corners",
    "ArgMax": "axis keepdims select_last_index",
    "ArgMin": "axis keepdims select_last_index",
    "AveragePool": "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides",
    "BatchNormalization": "epsilon is_test momentum spatial training_mode",
    "Cast": "round_mode saturate to",
    "CastLike": "round_mode saturate",
    "Celu": "alpha",
    "CenterCropPad": "axes",
    "Clip": "max min",
    "Col2Im": "dilations pads strides",
    "Compress": "axis",
    "Concat": "axis",
    "Constant": "sparse_value value value_float value_floats value_int value_ints value_string value_strings",
    "ConstantOfShape": "value",
    "Conv": "auto_pad dilations group kernel_shape pads strides",
    "ConvInteger": "auto_pad dilations group kernel_shape pads strides",
    "ConvTranspose": "auto_pad dilations group kernel_shape output_padding output_shape pads strides",
    "CumSum": "exclusive reverse",
    "DeformConv": "dilations group kernel_shape offset_group pads strides",
    "DepthToSpace": "blocksize mode",
    "DequantizeLinear": "axis block_size output_dtype",
    "Dropout": "is_test ratio seed",
    "Einsum": "equation",
    "Elu": "alpha",
    "EyeLike": "dtype k",
    "Flatten": "axis",
    "Gather": "axis",
    "GatherElements": "axis",
    "GatherND": "batch_dims",
    "Gelu": "approximate",
    "Gemm": "alpha beta transA transB",
    "GlobalLpPool": "p",
    "GridSample": "align_corners mode padding_mode",
    "GroupNormalization": "epsilon num_groups stash_type",
    "HardSigmoid": "alpha beta",
    "Hardmax": "axis",
    "If": "else_branch then_branch",
    "InstanceNormalization": "epsilon",
    "IsInf": "detect_negative detect_positive",
    "LRN": "alpha beta bias size",
    "LayerNormalization": "axis epsilon stash_type",
    "LeakyRelu": "alpha",
    "LogSoftmax": "axis",
    "LpNormalization": "axis p",
    "LpPool": "auto_pad ceil_mode dilations kernel_shape p pads strides",
    "MaxPool": "auto_pad ceil_mode dilations kernel_shape pads storage_order strides",
    "MaxUnpool": "kernel_shape pads strides",
    "MeanVarianceNormalization": "axes",
    "Mod": "fmod",
    "OneHot": "axis",
    "Pad": "mode pads value",
    "QLinearConv": "auto_pad dilations group kernel_shape pads strides",
    "QuantizeLinear": "axis block_size output_dtype precision saturate",
    "RMSNormalization": "axis epsilon stash_type",
    "Range": "stash_type",
    "ReduceL1": "axes keepdims noop_with_empty_axes",
    "ReduceL2": "axes keepdims noop_with_empty_axes",
    "ReduceLogSum": "axes keepdims noop_with_empty_axes",
    "ReduceLogSumExp": "axes keepdims noop_with_empty_axes",
    "ReduceMax": "axes keepdims noop_with_empty_axes",
    "ReduceMean": "axes keepdims noop_with_empty_axes",
    "ReduceMin": "axes keepdims noop_with_empty_axes",
    "ReduceProd": "axes keepdims noop_with_empty_axes",
    "ReduceSum": "axes keepdims noop_with_empty_axes",
    "ReduceSumSquare": "axes keepdims noop_with_empty_axes",
    "Reshape": "allowzero",
    "Resize": "antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside "
      + "extrapolation_value keep_aspect_ratio_policy mode nearest_mode",
    "RoiAlign": "coordinate_transformation_mode mode output_height output_width sampling_ratio spatial_scale",
    "ScatterElements": "axis reduction",
    "Scatter": "axis",
    "ScatterND": "reduction",
    "Selu": "alpha gamma",
    "Shape": "end start",
    "Shrink": "bias lambd",
    "Slice": "axes ends starts",
    "Softmax": "axis",
    "SpaceToDepth": "blocksize mode",
    "Split": "axis num_outputs split",
    "Squeeze": "axes",
    "Swish": "alpha",
    "ThresholdedRelu": "alpha",
    "TopK": "axis k largest sorted",
    "Transpose": "perm",
    "Trilu": "upper",
    "Unsqueeze": "axes",
    "Upsample": "mode scales",
    "com.microsoft.DequantizeLinear": "axis block_size",
    "com.microsoft.FusedConv": "activation activation_params auto_pad dilations group kernel_shape pads strides",
    "com.microsoft.FusedGemm": "activation activation_alpha activation_beta activation_gamma alpha beta transA transB",
    "com.microsoft.FusedMatMul": "alpha transA transB transBatchA transBatchB",
    "com.microsoft.QGemm": "alpha transA transB",
    "com.microsoft.QLinearAveragePool": "auto_pad ceil_mode channels_last count_include_pad kernel_shape pads strides",
    "com.microsoft.QLinearConcat": "axis",
    "com.microsoft.QLinearGlobalAveragePool": "channels_last",
    "com.microsoft.QLinearLeakyRelu": "alpha",
    "com.microsoft.QLinearSoftmax": "axis opset",
    "com.microsoft.QuantizeLinear": "axis block_size",
    "com.microsoft.QuickGelu": "alpha",
    "com.microsoft.SkipLayerNormalization": "epsilon",
  ]
}
