#!/usr/bin/env python3
"""Makes a small network and what ONNX Runtime's tools make of it in whole numbers, with what ONNX Runtime computes.

  python3 make_quantized.py

Needs the packages onnx, onnxruntime and numpy. Each whole-NAME.onnx has a whole-NAME.npz with the array `x` and the output.
Weights keep within 7 bits: on machines without VNNI, ONNX Runtime cuts sums of two products off at 16 bits.
Formats: `operators` (QLinearConv and the like), `pairs` (QuantizeLinear and DequantizeLinear around operators on floats),
`dynamic` (ConvInteger, scales that the data give), `optimized` (floats, operators fused by ONNX Runtime).
"""
import pathlib
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

folder = pathlib.Path(__file__).parent
random = np.random.default_rng(5)
node = helper.make_node


def normal(*shape, deviation=0.3):
    return (random.standard_normal(shape) * deviation).astype(np.float32)


def network():
    """Every layer that has an operator on whole numbers: a chain of convolutions with branches."""
    nodes = [
        node("Conv", ["x", "w1", "b1"], ["c1"], "stem", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
        node("Relu", ["c1"], ["r1"], "relu"),
        node("MaxPool", ["r1"], ["p1"], "pool", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1]),
        node("Conv", ["p1", "w2", "b2"], ["c2"], "depthwise", kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=8),
        node("LeakyRelu", ["c2"], ["r2"], "leaky", alpha=0.1),
        node("Add", ["r2", "p1"], ["sum"], "add"),
        node("Conv", ["sum", "w3"], ["c3"], "pointwise", kernel_shape=[1, 1]),
        node("Sigmoid", ["c3"], ["gate"], "sigmoid"),
        node("Mul", ["gate", "sum"], ["product"], "mul"),
        node("Concat", ["product", "p1"], ["both"], "concat", axis=1),
        node("AveragePool", ["both"], ["p2"], "average", kernel_shape=[2, 2], strides=[2, 2]),
        node("Clip", ["p2", "low", "high"], ["bounded"], "clip"),
        node("GlobalAveragePool", ["bounded"], ["mean"], "global"),
        node("Flatten", ["mean"], ["flat"], "flatten"),
        node("Gemm", ["flat", "w4", "b4"], ["scores"], "dense", transB=1),
        node("MatMul", ["scores", "w5"], ["mixed"], "matmul"),
        node("Softmax", ["mixed"], ["y"], "softmax", axis=1),
    ]
    constants = dict(
        w1=normal(8, 3, 3, 3), b1=normal(8), w2=normal(8, 1, 3, 3), b2=normal(8), w3=normal(8, 8, 1, 1),
        w4=normal(6, 16), b4=normal(6), w5=normal(6, 5), low=np.array(-1, np.float32),
        high=np.array(2, np.float32))
    graph = helper.make_graph(
        nodes, "network", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 12, 10])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 5])],
        [numpy_helper.from_array(array, key) for key, array in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


class Pictures(CalibrationDataReader):
    def __init__(self):
        self.rest = iter([{"x": normal(4, 3, 12, 10, deviation=1)} for _ in range(4)])

    def get_next(self):
        return next(self.rest, None)


def finish(source, name, x):
    model = onnx.load(str(source))
    model.producer_name = ""
    onnx.save(model, str(folder / f"whole-{name}.onnx"))
    options = onnxruntime.SessionOptions()
    if name == "pairs":  # what the file says, not what ONNX Runtime makes of it in whole numbers
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    y = onnxruntime.InferenceSession(model.SerializeToString(), options).run(None, {"x": x})[0]
    np.savez(folder / f"whole-{name}.npz", x=x, y=y)


with tempfile.TemporaryDirectory() as temporary:
    source, made = pathlib.Path(temporary) / "source.onnx", pathlib.Path(temporary) / "made.onnx"
    onnx.save(network(), str(source))
    x = normal(3, 3, 12, 10, deviation=1)
    for name, form, channels, activations in [
        ("operators", QuantFormat.QOperator, False, QuantType.QUInt8),
        ("channels", QuantFormat.QOperator, True, QuantType.QUInt8),
        ("signed", QuantFormat.QOperator, False, QuantType.QInt8),
        ("pairs", QuantFormat.QDQ, True, QuantType.QUInt8),
    ]:
        quantize_static(
            str(source), str(made), Pictures(), quant_format=form, per_channel=channels, activation_type=activations,
            weight_type=QuantType.QInt8, reduce_range=True)
        finish(made, name, x)
    quantize_dynamic(str(source), str(made), weight_type=QuantType.QUInt8)
    finish(made, "dynamic", x)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(made)
    onnxruntime.InferenceSession(str(source), options)
    finish(made, "optimized", x)
