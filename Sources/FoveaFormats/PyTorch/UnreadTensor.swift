/// Kinds of PyTorch's tensors that are not read here, and what to do about each.
enum UnreadTensor: String {
  case complex
  case sparse
  case quantized
  /// Floats of 8 bits, and unsigned integers of 16 to 64.
  case unusual
  case nested
  case meta

  var what: String {
    switch self {
    case .complex, .sparse, .quantized, .nested: rawValue
    case .unusual: "of a type without a storage of its own, such as float8 or uint16"
    case .meta: "without numbers, on the device 'meta'"
    }
  }

  /// What gives a tensor that is read here.
  var fix: String {
    switch self {
    case .complex: "save it as real numbers, with torch.view_as_real(tensor)"
    case .sparse: "save it with .to_dense()"
    case .quantized: "save it with .dequantize()"
    case .unusual: "save it with .float()"
    case .nested: "save it with .to_padded_tensor(0)"
    case .meta: "give the model its weights before you save it"
    }
  }

  /// The functions that make such tensors, by module and name.
  static let functions: [String: UnreadTensor] = [
    "torch._utils._rebuild_tensor_v3": .unusual, "torch._utils._rebuild_sparse_tensor": .sparse,
    "torch._utils._rebuild_sparse_csr_tensor": .sparse, "torch._utils._rebuild_qtensor": .quantized,
    "torch._utils._rebuild_nested_tensor": .nested, "torch._utils._rebuild_meta_tensor_no_storage": .meta,
  ]

  /// The storages of such tensors, with the bytes of an element.
  static let storages: [String: (kind: UnreadTensor, width: Int)] = [
    "torch.ComplexFloatStorage": (.complex, 8), "torch.ComplexDoubleStorage": (.complex, 16),
    "torch.QInt8Storage": (.quantized, 1), "torch.QUInt8Storage": (.quantized, 1),
    "torch.QInt32Storage": (.quantized, 4), "torch.QUInt4x2Storage": (.quantized, 1),
    "torch.QUInt2x4Storage": (.quantized, 1), "torch.storage.UntypedStorage": (.unusual, 1),
  ]

  /// Words for types and layouts, which say nothing alone.
  static let words: Set = [
    "float16", "float32", "float64", "bfloat16", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz",
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool", "complex32", "complex64",
    "complex128", "qint8", "quint8", "qint32", "quint4x2", "quint2x4", "per_tensor_affine", "per_channel_affine",
    "per_tensor_symmetric", "per_channel_symmetric", "per_channel_affine_float_qparams",
  ]
}
