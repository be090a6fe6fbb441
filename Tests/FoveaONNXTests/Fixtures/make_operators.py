#!/usr/bin/env python3
"""Makes ONNX files of operators on data, on odd shapes, and what ONNX Runtime computes with them.

  python3 make_operators.py

Needs the packages onnx, onnxruntime and numpy. Each NAME.onnx has a NAME.npz with the array `x` and the outputs.
"""
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

folder = pathlib.Path(__file__).parent
random = np.random.default_rng(11)
node = helper.make_node
FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def save(name, x, nodes, outputs, opset=20, domains=(), computed=None, **constants):
    """`outputs` are names, or pairs of a name and its type if that is not float; `domains` whose operators there are
    too; `computed` are nodes with the same outputs, where ONNX Runtime does not compute `nodes`."""
    tensors = [numpy_helper.from_array(array, key) for key, array in constants.items()]
    pairs = [output if isinstance(output, tuple) else (output, FLOAT) for output in outputs]
    shapes = [None] * len(pairs)
    for made in (computed or nodes, nodes):  # the sizes of the results are known when they have been computed once
        graph = helper.make_graph(
            made, name, [helper.make_tensor_value_info("x", FLOAT, x.shape)],
            [helper.make_tensor_value_info(output, kind, shape) for (output, kind), shape in zip(pairs, shapes)], tensors)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)] + [helper.make_opsetid(domain, 1) for domain in domains],
            ir_version=9)
        if made is nodes and computed:
            break
        results = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": x})
        shapes = [result.shape for result in results]
    onnx.checker.check_model(model)
    onnx.save(model, str(folder / f"{name}.onnx"))
    np.savez(folder / f"{name}.npz", x=x, **{output: result for (output, _), result in zip(pairs, results)})


def normal(*shape):
    return random.standard_normal(shape).astype(np.float32)


# Comparisons and what is made of them, roundings, functions of angles. The image goes through a convolution first, so that
# its channels lie last.
save(
    "questions", normal(2, 3, 5, 7),
    [
        node("Conv", ["x", "w"], ["a"], kernel_shape=[1, 1]),
        node("Greater", ["a", "row"], ["greater"]),
        node("LessOrEqual", ["x", "a"], ["less"]),
        node("And", ["greater", "less"], ["both"]),
        node("Xor", ["greater", "less"], ["either"]),
        node("Not", ["both"], ["opposite"]),
        node("Where", ["greater", "a", "number"], ["chosen"]),
        node("Where", ["less", "infinite", "a"], ["masked"]),
        node("IsInf", ["masked"], ["infinities"], detect_positive=0),
        node("Cast", ["greater"], ["counted"], to=FLOAT),
        node("ReduceSum", ["counted", "axes"], ["count"], keepdims=0),
        node("Mul", ["a", "five"], ["wide"]),
        node("Floor", ["wide"], ["down"]), node("Ceil", ["wide"], ["up"]), node("Round", ["wide"], ["nearest"]),
        node("Cast", ["wide"], ["whole"], to=INT64),
        node("Div", ["whole", "three"], ["third"]),
        node("Mod", ["whole", "three"], ["rest"]),
        node("Mod", ["wide", "five"], ["fraction"], fmod=1),
        node("Cast", ["x"], ["half"], to=TensorProto.FLOAT16), node("Cast", ["half"], ["narrow"], to=FLOAT),
        node("Sin", ["wide"], ["sine"]), node("Cos", ["wide"], ["cosine"]), node("Tan", ["a"], ["tangent"]),
        node("Atan", ["wide"], ["angle"]), node("Clip", ["a", "minus", "plus"], ["part"]),
        node("Asin", ["part"], ["asin"]), node("Acos", ["part"], ["acos"]), node("Asinh", ["wide"], ["asinh"]),
        node("Atanh", ["part"], ["atanh"]), node("Trilu", ["a", "diagonal"], ["upper"]),
        node("Trilu", ["x"], ["lower"], upper=0),
        node("CumSum", ["a", "two"], ["sums"], reverse=1), node("CumSum", ["a", "one"], ["before"], exclusive=1),
        node("ReduceProd", ["a", "axes"], ["product"]), node("Hardmax", ["a"], ["hard"], axis=1),
    ],
    [
        ("both", BOOL), ("either", BOOL), ("opposite", BOOL), "chosen", ("infinities", BOOL), "count", "down", "up", "nearest",
        ("whole", INT64), ("third", INT64), ("rest", INT64), "fraction", "narrow", "sine", "cosine", "tangent", "angle",
        "asin", "acos", "asinh", "atanh", "upper", "lower", "sums", "before", "product", "hard",
    ],
    w=normal(3, 3, 1, 1), row=normal(7), number=np.array(-3, np.float32), infinite=np.array(-np.inf, np.float32),
    axes=np.array([1, 3]), five=np.array(5, np.float32), three=np.array(3), minus=np.array(-0.95, np.float32),
    plus=np.array(0.95, np.float32), diagonal=np.array(1), two=np.array(2), one=np.array(1),
)

# What is picked and put by numbers that the data give.
save(
    "picks", normal(3, 4, 5),
    [
        node("TopK", ["x", "three"], ["best", "places"], axis=1),
        node("TopK", ["x", "three"], ["least", "least_places"], largest=0),
        node("GatherElements", ["x", "places"], ["again"], axis=1),
        node("ArgMax", ["x"], ["largest"], axis=2, keepdims=0),
        node("Sub", ["largest", "five"], ["from_end"]),
        node("Gather", ["x", "largest"], ["gathered"], axis=2),
        node("Gather", ["x", "from_end"], ["gathered_from_end"], axis=2),
        node("Unsqueeze", ["largest", "last"], ["column"]),
        node("GatherND", ["x", "column"], ["parts"], batch_dims=2),
        node("GatherND", ["table", "column"], ["rows"]),
        node("OneHot", ["from_end", "depth", "values"], ["hot"], axis=1),
        node("Cast", ["hot"], ["hot_floats"], to=FLOAT),
        node("ScatterElements", ["x", "places", "best"], ["elements"], axis=1),
        node("Mul", ["best", "best"], ["squares"]),
        node("ScatterElements", ["x", "least_places", "least"], ["added"], axis=2, reduction="add"),
        node("ArgMin", ["x"], ["smallest"], axis=0, keepdims=0),
        node("Slice", ["smallest", "zero_list", "one_list"], ["some"]),
        node("Unsqueeze", ["some", "last"], ["some_column"]),
        node("Slice", ["x", "zero_list", "one_list"], ["first"]),
        node("Transpose", ["first"], ["turned"], perm=[0, 2, 1]),
        node("ScatterND", ["x", "pairs", "news"], ["put"]),
        node("ScatterND", ["table", "some_column", "turned"], ["summed"], reduction="add"),
        node("Compress", ["x", "condition"], ["kept"], axis=2),
    ],
    [
        "best", ("places", INT64), "least", ("least_places", INT64), "again", ("largest", INT64), "gathered",
        "gathered_from_end", "parts", "rows", "hot_floats", "elements", "added", "put", "summed", "kept",
    ],
    three=np.array([3]), five=np.array(5), last=np.array([-1]), table=normal(5, 4), depth=np.array(5),
    values=np.array([-1, 2]), zero_list=np.array([0]), one_list=np.array([1]), pairs=np.array([[0, 1], [2, -1]]),
    news=normal(2, 5), condition=np.array([True, False, True, True]),
)

# Sums of products by their equations.
save(
    "equations", normal(2, 3, 4),
    [
        node("Einsum", ["x", "a"], ["batched"], equation="bij, bjk -> bik"),
        node("Einsum", ["x", "a"], ["outer"], equation="bij,bkl->bikl"),
        node("Einsum", ["x"], ["turned"], equation="...ij->...ji"),
        node("Einsum", ["x"], ["sum"], equation="bij->i"),
        node("Einsum", ["x", "c"], ["open"], equation="...j,jk"),
        node("Einsum", ["x", "a", "c"], ["three"], equation="bij,bjk,jl->bkl"),
        node("Einsum", ["x", "x"], ["inner"], equation="bij,bij->b"),
    ],
    ["batched", "outer", "turned", "sum", "open", "three", "inner"], a=normal(2, 4, 5), c=normal(4, 3),
)

# An image read at positions, inside and beyond it.
samplings = [
    (mode, beyond, aligned)
    for mode in ("linear", "nearest", "cubic") for beyond in ("zeros", "border", "reflection") for aligned in (0, 1)
]
save(
    "sampled", normal(2, 3, 5, 7),
    [
        node(
            "GridSample", ["x", "grid"], [f"{mode}_{beyond}_{aligned}"], mode=mode, padding_mode=beyond,
            align_corners=aligned)
        for mode, beyond, aligned in samplings
    ],
    [f"{mode}_{beyond}_{aligned}" for mode, beyond, aligned in samplings],
    grid=(1.6 * random.random((2, 4, 3, 2)) - 0.8 + random.choice([0, 0.9], (2, 4, 3, 2))).astype(np.float32),
)


# A network as quantisers write it: every tensor rounded to 8 bits and back.
def rounded(name, scale, zero):
    return [
        node("QuantizeLinear", [name, scale, zero], [f"{name}_q"]),
        node("DequantizeLinear", [f"{name}_q", scale, zero], [f"{name}_r"]),
    ]


save(
    "quantized", normal(2, 3, 9, 8),
    [
        *rounded("x", "x_scale", "x_zero"),
        node("DequantizeLinear", ["w", "w_scale", "w_zero"], ["w_r"], axis=0),
        node("DequantizeLinear", ["b", "b_scale"], ["b_r"], axis=0),
        node("Conv", ["x_r", "w_r", "b_r"], ["a"], kernel_shape=[3, 3], strides=[2, 2]),
        node("Relu", ["a"], ["c"]),
        *rounded("c", "c_scale", "c_zero"),
        node("GlobalAveragePool", ["c_r"], ["d"]), node("Flatten", ["d"], ["e"]),
        node("DequantizeLinear", ["v", "v_scale"], ["v_r"]),
        node("Gemm", ["e", "v_r"], ["y"]),
        node("QuantizeLinear", ["y", "y_scale", "y_zero"], ["bytes"]),
    ],
    ["y", ("bytes", TensorProto.INT8)],
    x_scale=np.array(0.03, np.float32), x_zero=np.array(120, np.uint8),
    w=random.integers(-128, 128, (4, 3, 3, 3)).astype(np.int8), w_scale=(0.001 + 0.002 * random.random(4)).astype(np.float32),
    w_zero=np.zeros(4, np.int8), b=random.integers(-900, 900, 4).astype(np.int32), b_scale=np.full(4, 1e-3, np.float32),
    c_scale=np.array(0.02, np.float32), c_zero=np.array(0, np.uint8),
    v=random.integers(-128, 128, (4, 5)).astype(np.int8), v_scale=np.array(0.01, np.float32),
    y_scale=np.array(0.02, np.float32), y_zero=np.array(-3, np.int8),
)

# Positions that the data move: grids of affine maps, deformed convolutions, regions; windows put back.
save(
    "moved", normal(2, 4, 6, 7),
    [
        node("Conv", ["x", "w"], ["a"], kernel_shape=[1, 1]),
        node("AffineGrid", ["theta", "size"], ["grid"], align_corners=1),
        node("AffineGrid", ["theta", "size"], ["cells"]),
        node("GridSample", ["a", "grid"], ["turned"], align_corners=1),
        node("Conv", ["x", "offset_w"], ["offsets"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 1]),
        node("Conv", ["x", "mask_w"], ["logits"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 1]),
        node("Sigmoid", ["logits"], ["mask"]),
        node("DeformConv", ["a", "v", "offsets", "b", "mask"], ["deformed"], kernel_shape=[2, 3], pads=[0, 1, 1, 1],
             strides=[2, 1], group=2, offset_group=2),
        node("RoiAlign", ["a", "regions", "images"], ["aligned"], output_height=3, output_width=2, sampling_ratio=2,
             spatial_scale=0.5),
        node("RoiAlign", ["x", "regions", "images"], ["older"], output_height=2, output_width=2, sampling_ratio=3,
             coordinate_transformation_mode="output_half_pixel"),
        node("Reshape", ["a", "columns"], ["parts"]),
        node("Col2Im", ["parts", "image", "block"], ["folded"], pads=[1, 0, 1, 0], strides=[2, 1]),
        node("CenterCropPad", ["a", "odd"], ["centered"], axes=[2, 3]),
    ],
    ["grid", "cells", "turned", "deformed", "aligned", "older", "folded", "centered"],
    w=normal(4, 4, 1, 1), theta=normal(2, 2, 3), size=np.array([2, 4, 5, 3]), offset_w=normal(24, 4, 3, 3) * np.float32(0.2),
    mask_w=normal(12, 4, 3, 3), v=normal(6, 2, 2, 3), b=normal(6),
    regions=np.array([[0, 0, 9, 9], [1.3, 2.2, 12.7, 5.1], [-4, 3, 8, 14]], np.float32), images=np.array([0, 1, 1]),
    columns=np.array([2, 8, 21]), image=np.array([4, 8]), block=np.array([2, 2]), odd=np.array([9, 4]),
)

# Operators of ONNX Runtime's own.
save(
    "foreign", normal(2, 3, 8),
    [
        node("BiasGelu", ["x", "bias"], ["exact"], domain="com.microsoft"),
        node("FastGelu", ["x", "bias"], ["fast"], domain="com.microsoft"),
        node("QuickGelu", ["x"], ["quick"], domain="com.microsoft", alpha=1.5),
        node("Gelu", ["x"], ["gelu"], domain="com.microsoft"),
        node("SkipLayerNormalization", ["x", "exact", "scale", "bias", "shift"], ["normal", "", "", "sum"],
             domain="com.microsoft", epsilon=0.01),
        node("FusedMatMul", ["x", "exact"], ["products"], domain="com.microsoft", transB=1, alpha=0.5),
        node("Flatten", ["x"], ["rows"]),
        node("FusedGemm", ["rows", "m", "row"], ["cut"], domain="com.microsoft", activation="Relu", transB=1, alpha=0.5),
        node("DynamicQuantizeLinear", ["x"], ["bytes", "step", "zero"]),
        node("QLinearWhere", ["truth", "bytes", "fixed_step", "fixed_zero", "bytes", "other_step", "other_zero",
                              "fixed_step", "fixed_zero"], ["chosen"], domain="com.microsoft"),
    ],
    ["exact", "fast", "quick", "gelu", "normal", "sum", "products", "cut", ("bytes", TensorProto.UINT8), "step",
     ("zero", TensorProto.UINT8), ("chosen", TensorProto.UINT8)],
    domains=["com.microsoft"], bias=normal(8), scale=normal(8), shift=normal(8), m=normal(4, 24), row=normal(4),
    other_step=np.array(0.01, np.float32), other_zero=np.array(120, np.uint8), fixed_step=np.array(0.03, np.float32),
    fixed_zero=np.array(90, np.uint8), truth=np.array([True, False] * 4),
)

# Activations behind a product of matrices whose alpha and beta are none of theirs, with all of their own numbers, and
# with fewer: these ONNX Runtime does not fuse, and computes the product and the activation one after the other.
activations = [
    (kind, dict(list(numbers.items())[:count]), count == len(numbers))
    for kind, numbers in {
        "Relu": {}, "Softplus": {}, "LeakyRelu": {"alpha": 0.3}, "Elu": {"alpha": 0.7}, "Celu": {"alpha": 0.6},
        "ThresholdedRelu": {"alpha": 0.4}, "Selu": {"alpha": 1.3, "gamma": 0.9},
        "HardSigmoid": {"alpha": 0.3, "beta": 0.4},
    }.items()
    for count in range(len(numbers) + 1)
]
product = {"transB": 1, "alpha": 0.5, "beta": 2.0}
fused = [
    node("FusedGemm", ["x", "m", "row"], [f"{kind}_{len(numbers)}"], domain="com.microsoft", activation=kind, **product,
         **{f"activation_{key}": number for key, number in numbers.items()})
    for kind, numbers, _ in activations
]
save(
    "fused", normal(5, 6), fused, [one.output[0] for one in fused], domains=["com.microsoft"],
    computed=[node("Gemm", ["x", "m", "row"], ["product"], **product)] + [
        one if is_whole else node(kind, ["product"], list(one.output), **numbers)
        for one, (kind, numbers, is_whole) in zip(fused, activations)],
    m=normal(4, 6), row=np.array([-1, -0.25, 0, 0.5], np.float32),  # so that every activation has both signs
)
