#!/usr/bin/env python3
"""Makes the ONNX files beside it, and what ONNX Runtime computes with them.

  python3 make_onnx.py

Needs the packages onnx, onnxruntime and numpy. Each NAME.onnx has a NAME.npz with the arrays in (their own names) and
out (the graph's names of outputs).
"""
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

folder = pathlib.Path(__file__).parent
random = np.random.default_rng(4)


def weights(*shape, scale=None):
    fan = int(np.prod(shape[1:])) or 1
    return (random.standard_normal(shape) * (scale or fan**-0.5)).astype(np.float32)


def value(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def save(name, nodes, inputs, outputs, initializers, opset, **arrays):
    tensors = [numpy_helper.from_array(array, key) for key, array in initializers.items()]
    graph = helper.make_graph(nodes, name, inputs, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(folder / f"{name}.onnx"))
    session = onnxruntime.InferenceSession(str(folder / f"{name}.onnx"))
    results = session.run(None, arrays)
    np.savez(folder / f"{name}.npz", **arrays, **dict(zip([output.name for output in outputs], results)))


node = helper.make_node

# A small classifier as PyTorch exports it, any batch: convolutions, normalisation, residual sum, pooling, dense layers.
save(
    "classifier",
    [
        node("Conv", ["x", "conv1.weight", "conv1.bias"], ["a"], name="/conv1/Conv", kernel_shape=[3, 3], pads=[1] * 4),
        node("BatchNormalization", ["a", "bn.weight", "bn.bias", "bn.mean", "bn.var"], ["b"], name="/bn/BatchNormalization"),
        node("Relu", ["b"], ["c"], name="/Relu"),
        node("MaxPool", ["c"], ["d"], name="/pool/MaxPool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
        node("Conv", ["d", "block.conv.weight"], ["e"], name="/block/block.conv/Conv", kernel_shape=[3, 3], pads=[1] * 4, group=2),
        node("LeakyRelu", ["e"], ["f"], name="/block/LeakyRelu", alpha=0.2),
        node("Add", ["f", "d"], ["g"], name="/block/Add"),
        node("AveragePool", ["g"], ["h"], name="/AveragePool", kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten", ["h"], ["i"], name="/Flatten"),
        node("Gemm", ["i", "fc.weight", "fc.bias"], ["j"], name="/fc/Gemm", transB=1),
        node("Softmax", ["j"], ["scores"], name="/Softmax", axis=1),
    ],
    [value("x", ["batch", 3, 9, 12])],
    [value("scores", ["batch", 5])],
    {
        "conv1.weight": weights(8, 3, 3, 3), "conv1.bias": weights(8), "bn.weight": 1 + weights(8, scale=0.1),
        "bn.bias": weights(8), "bn.mean": weights(8), "bn.var": 1 + np.abs(weights(8)),
        "block.conv.weight": weights(8, 4, 3, 3), "fc.weight": weights(5, 48), "fc.bias": weights(5),
    },
    17,
    x=weights(3, 3, 9, 12, scale=1),
)

# Sizes computed from shapes, and what a dense prediction is made of.
save(
    "shapes",
    [
        node("ConvTranspose", ["x", "up.weight", "up.bias"], ["a"], strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1], kernel_shape=[3, 3]),
        node("PRelu", ["a", "slope"], ["b"]),
        node("Resize", ["b", "", "scales"], ["c"], mode="linear", coordinate_transformation_mode="pytorch_half_pixel"),
        node("Slice", ["c", "starts", "ends", "axes", "steps"], ["d"]),
        node("Pad", ["d", "pads"], ["e"], mode="reflect"),
        node("Shape", ["x"], ["s"]),
        node("Gather", ["s", "zero"], ["n"], axis=0),
        node("Unsqueeze", ["n", "zero_list"], ["n1"]),
        node("Concat", ["n1", "rest"], ["target"], axis=0),
        node("Reshape", ["e", "target"], ["f"]),
        node("Transpose", ["f"], ["g"], perm=[0, 2, 1]),
        node("MatMul", ["g", "mix"], ["h"]),
        node("ReduceMean", ["h"], ["mean"], axes=[1], keepdims=0),
        node("LogSoftmax", ["h"], ["logits"], axis=1),
        node("Split", ["e"], ["left", "right"], axis=1),
        node("Sub", ["left", "right"], ["difference"]),
        node("InstanceNormalization", ["difference", "one", "shift"], ["normal"]),
    ],
    [value("x", ["n", 3, 4, 5])],
    [value("mean", [None, 6]), value("logits", [None, None, 6]), value("normal", [None, 2, None, None])],
    {
        "up.weight": weights(3, 4, 3, 3), "up.bias": weights(4), "slope": np.abs(weights(4, 1, 1)),
        "scales": np.array([1, 1, 1.5, 2], np.float32), "starts": np.array([-2, 1]), "ends": np.array([-100, 1000]),
        "axes": np.array([3, 2]), "steps": np.array([-3, 2]), "pads": np.array([0, 0, 1, 2, 0, 0, 0, 1]),
        "zero": np.array(0), "zero_list": np.array([0]), "rest": np.array([4, -1]), "mix": weights(4, 6),
        "one": np.ones(2, np.float32), "shift": weights(2),
    },
    13,
    x=weights(2, 3, 4, 5, scale=1),
)

# A file for batches of exactly two, with the batch in the new shape; the softmax of old takes all axes together.
save(
    "fixed-batch",
    [
        node("Conv", ["x", "w"], ["a"], kernel_shape=[2, 2], auto_pad="SAME_LOWER", strides=[2, 2]),
        node("Add", ["a", "b"], ["c"]),
        node("GlobalMaxPool", ["c"], ["d"]),
        node("Reshape", ["d", "shape"], ["e"]),
        node("MatMul", ["e", "m"], ["f"]),
        node("Softmax", ["f"], ["y"]),
    ],
    [value("x", [2, 1, 5, 7])],
    [value("y", [2, 3])],
    {"w": weights(4, 1, 2, 2), "b": weights(4, 1, 1), "shape": np.array([2, 4]), "m": weights(4, 3)},
    9,
    x=weights(2, 1, 5, 7, scale=1),
)

# Positions of a max pooling by columns, powers by several exponents, a part of an image with what lies beyond it.
save(
    "corners",
    [
        node("MaxPool", ["x"], ["pooled", "positions"], kernel_shape=[2, 2], strides=[2, 2], storage_order=1),
        node("Pow", ["x", "exponents"], ["powers"]),
        node("Resize", ["x", "roi", "", "sizes"], ["part"], mode="linear", coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=7.0),
        node("Resize", ["x", "", "shrink"], ["small"], mode="cubic", antialias=1, exclude_outside=1),
        node("LRN", ["x"], ["local"], size=3, alpha=0.3),
    ],
    [value("x", [2, 3, 6, 4])],
    [
        value("pooled", [2, 3, 3, 2]), value("positions", [2, 3, 3, 2], TensorProto.INT64), value("powers", [2, 3, 6, 4]),
        value("part", [2, 3, 5, 3]), value("small", [2, 3, 3, 3]), value("local", [2, 3, 6, 4]),
    ],
    {
        "exponents": np.array([1, 2, 3, 0], np.float32), "roi": np.array([0, 0, 0.2, -0.4, 1, 1, 0.7, 1.3], np.float32),
        "sizes": np.array([2, 3, 5, 3]), "shrink": np.array([1, 1, 0.5, 0.75], np.float32),
    },
    18,
    x=weights(2, 3, 6, 4, scale=1),
)

# Operators that are not read, in one file.
graph = helper.make_graph(
    [
        node("Conv", ["x", "w"], ["a"], name="conv"),
        node("NonZero", ["a"], ["b"], name="first"),
        node("NonZero", ["a"], ["c"], name="second"),
        node("Fancy", ["a"], ["y"], domain="org.example"),
        node("Resize", ["a", "", "scales"], ["d"], name="third", mode="none"),
    ],
    "unsupported", [value("x", [1, 1, 4, 4])], [value("y", [None, None, None, None])], 
    [numpy_helper.from_array(weights(1, 1, 2, 2), "w"), numpy_helper.from_array(np.full(4, 2, np.float32), "scales")],
)
onnx.save(
    helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("org.example", 1)], ir_version=8),
    str(folder / "unsupported.onnx"))

# Nodes that do not fit together.
graph = helper.make_graph(
    [
        node("Conv", ["x", "w"], ["a"], name="first", kernel_shape=[3, 3]),
        node("Conv", ["x", "v"], ["b"], name="second"),
        node("Add", ["a", "b"], ["y"], name="sum"),
    ],
    "misfit", [value("x", [1, 2, 4, 4])], [value("y", [None, None, None, None])],
    [numpy_helper.from_array(weights(1, 2, 2, 2), "w"), numpy_helper.from_array(weights(1, 5, 2, 2), "v")],
)
onnx.save(
    helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(folder / "misfit.onnx"))


# Questions about shapes, as PyTorch asks them before it drops an axis; all branches call their results alike.
def squeezed(axis, result):
    def branch(*nodes):
        return helper.make_graph(nodes, "branch", [], [helper.make_empty_tensor_value_info("inside")])

    return [
        node("Gather", ["shape", axis], [f"{result}_size"], axis=0),
        node("Equal", [f"{result}_size", "one"], [f"{result}_is_one"]),
        node(
            "If", [f"{result}_is_one"], [result], name=f"/{result}/If",
            then_branch=branch(node("Squeeze", ["a", axis], ["inside"])),
            else_branch=branch(node("Neg", ["a"], ["b"]), node("Exp", ["b"], ["inside"]))),
    ]


# And zeros around an image, counted in floats as timm does for TensorFlow's padding.
save(
    "branches",
    [
        node("Conv", ["x", "w"], ["a"], name="/conv/Conv", kernel_shape=[3, 3]),
        node("Shape", ["a"], ["shape"]),
        *squeezed("first", "dropped"),
        *squeezed("second", "kept"),
        node("Constant", [], ["little"], value_floats=[-2.5]),
        node("Constant", [], ["much"], value_floats=[7.5]),
        node("Clip", ["little", "zero_float"], ["none"]),
        node("Clip", ["much", "", "two_float"], ["two"]),
        node("Cast", ["none"], ["none_whole"], to=TensorProto.INT64),
        node("Cast", ["two"], ["two_whole"], to=TensorProto.INT64),
        node("Concat", ["zeros", "none_whole", "two_whole"], ["pads"], axis=0),
        node("Pad", ["kept", "pads"], ["padded"]),
    ],
    [value("x", ["batch", 2, "rows", "columns"])], [value("dropped", [None] * 3), value("padded", [None] * 4)],
    {
        "w": weights(1, 2, 3, 3), "first": np.array([1]), "second": np.array([2]), "one": np.array([1]),
        "zero_float": np.zeros(1, np.float32), "two_float": np.full(1, 2, np.float32), "zeros": np.zeros(6, np.int64),
    },
    17,
    x=weights(2, 2, 5, 6, scale=1),
)

# A file for batches of two that says so where it says new sizes.
save(
    "fixed-resize",
    [
        node("Resize", ["x", "", "", "sizes"], ["a"], mode="linear"),
        node("ReduceMax", ["a"], ["b"], axes=[1, 2, 3]),
        node("Expand", ["b", "sizes"], ["c"]),
        node("Sub", ["a", "c"], ["y"]),
    ],
    [value("x", [2, 1, 3, 4])], [value("y", [2, 1, 6, 7])], {"sizes": np.array([2, 1, 6, 7])}, 17,
    x=weights(2, 1, 3, 4, scale=1),
)


# Files that the checker of ONNX refuses.
def invalid(name, nodes, outputs=("y",), opset=17):
    graph = helper.make_graph(nodes, name, [value("x", [1, 2])], [value(output, [1, 2]) for output in outputs])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8),
        str(folder / f"{name}.onnx"))


invalid("twice", [node("Relu", ["x"], ["y"], name="first"), node("Neg", ["x"], ["y"], name="second")])
invalid("no-output", [node("Relu", ["x"], ["y"])], outputs=())
invalid("too-new", [node("Relu", ["x"], ["y"])], opset=99)
invalid("attribute", [node("Softmax", ["x"], ["a"], axis=1), node("LeakyRelu", ["a"], ["y"], name="leaky", slope=0.5)])
