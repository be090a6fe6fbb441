#!/usr/bin/env python3
"""Runs the backend tests of the `onnx` package through `fovea run`, and counts.

  python3 Scripts/onnx-node-tests.py [--fovea .build/release/fovea] [--kind node] [--only REGEX] [--verbose]

Kinds: node (one operator each), simple (small graphs), converted and operator (exported by PyTorch), light (whole
networks with made-up weights). Needs Python with the packages onnx and numpy; it is not part of `make test`.

A case counts as unsupported if the tool says so and names what it does not read; anything else that is not the expected
numbers has failed. Cases of operators that no convolutional network has are left out unless --all is given.
"""
import argparse
import collections
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnx.numpy_helper
import onnx.backend.test.loader
from onnx.backend.test.loader import load_model_tests
from onnx.backend.test.runner import Runner

# What a network for images or sequences is made of; the names are those of the nodes.
OPERATORS = set(
    """Conv ConvTranspose BatchNormalization Relu LeakyRelu PRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh
    Softplus Softsign Mish Gelu Erf ThresholdedRelu Shrink Swish Clip Exp Log Sqrt Abs Neg Pow Reciprocal Sign Add Sub Mul
    Div Sum Max Min Mean MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool MaxUnpool LRN
    InstanceNormalization GroupNormalization LayerNormalization MeanVarianceNormalization LpNormalization Gemm MatMul
    Flatten Reshape Transpose Squeeze Unsqueeze Concat Split Slice Pad Gather Softmax LogSoftmax Dropout Identity Resize
    Upsample DepthToSpace SpaceToDepth ReduceMean ReduceSum ReduceMax ReduceMin ReduceL1 ReduceL2 ReduceSumSquare
    ReduceLogSum ReduceLogSumExp ReduceProd ArgMax ArgMin Constant ConstantOfShape Shape Size Cast CastLike Expand Tile Range
    Where Greater Less GreaterOrEqual LessOrEqual Equal And Or Xor Not IsNaN IsInf Round Floor Ceil Mod Sin Cos Tan Asin
    Acos Atan Sinh Cosh Asinh Acosh Atanh CumSum OneHot Hardmax Trilu Compress TopK GatherElements GatherND ScatterND
    ScatterElements Einsum GridSample RMSNormalization QuantizeLinear DequantizeLinear DynamicQuantizeLinear QLinearConv
    QLinearMatMul ConvInteger MatMulInteger AffineGrid Col2Im CenterCropPad DeformConv RoiAlign""".split()
)


def stored(folder, kind, values):
    """The arrays of one stored data set, by the graph's names."""
    result = {}
    for index, value in enumerate(values):
        file = folder / f"{kind}_{index}.pb"
        if file.exists() and value.type.HasField("tensor_type"):
            result[value.name] = onnx.numpy_helper.to_array(onnx.load_tensor(str(file)))
    return result


def read_inputs(model):
    inside = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in inside]


class Case:
    """A model with arrays to give it and arrays that shall come out, in one or more sets."""

    def __init__(self, name, model, sets, rtol=1e-3, atol=1e-7):
        self.name, self.model, self.sets, self.rtol, self.atol = name, model, sets, rtol, atol
        self.operators = sorted({node.op_type for node in model.graph.node if node.domain in ("", "ai.onnx")})
        self.is_foreign = any(node.domain not in ("", "ai.onnx") for node in model.graph.node)
        versions = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
        self.opset = max(versions, default=0)


def named(names, values):
    """Arrays by name; lone numbers are arrays of rank 0."""
    return {name: np.asarray(value) if isinstance(value, np.generic) else value for name, value in zip(names, values)}


def node_cases():
    for test in load_model_tests(kind="node"):
        inputs = [value.name for value in read_inputs(test.model)]
        outputs = [value.name for value in test.model.graph.output]
        sets = [(named(inputs, given), named(outputs, wanted)) for given, wanted in test.data_sets]
        yield Case(test.name, test.model, sets, test.rtol, test.atol)


def stored_cases(kind):
    for test in load_model_tests(kind=kind):
        folder = pathlib.Path(test.model_dir)
        model = onnx.load(str(folder / "model.onnx"))
        sets = [
            (stored(data, "input", read_inputs(model)), stored(data, "output", model.graph.output))
            for data in sorted(folder.glob("test_data_set_*"))
        ]
        yield Case(test.name, model, sets, test.rtol, test.atol)


def light_cases():
    folder = pathlib.Path(onnx.backend.test.loader.__file__).parent.parent / "data" / "light"
    for path in sorted(folder.glob("light_*.onnx")):
        model = onnx.load(str(path))
        name = path.stem.removeprefix("light_")
        given = {
            value.name: Runner.generate_dummy_data(value, seed=0, name=name, random=False)
            for value in read_inputs(model)
        }
        wanted = {
            value.name: onnx.numpy_helper.to_array(onnx.load_tensor(str(folder / f"{path.stem}_output_{index}.pb")))
            for index, value in enumerate(model.graph.output)
        }
        yield Case(name, model, [(given, wanted)], 2e-3, 1e-7)


# What the tool says of a file that asks for something it does not do.
REFUSALS = ("not read here", "are read", "takes floating-point", "which does not fit into 32 bits", "must be known before")


def run(case, fovea):
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        onnx.save(case.model, str(temporary / "model.onnx"))
        if not case.sets:
            return "unsupported", "no data"
        for given, wanted in case.sets:
            values = [*given.values(), *wanted.values()]
            if any(not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub" for value in values):
                return "unsupported", "sequences, optional values, texts, or types that NumPy does not have"
            # An archive has an array at least, also for a graph without inputs.
            np.savez(temporary / "in.npz", **(given or {"none": np.zeros(1, np.float32)}))
            process = subprocess.run(
                [fovea, "run", temporary / "model.onnx", "--inputs", temporary / "in.npz", "--outputs",
                 temporary / "out.npz"], capture_output=True, text=True, timeout=300)
            if process.returncode != 0:
                text = process.stderr.strip()
                return ("unsupported" if any(part in text for part in REFUSALS) else "failed"), text
            results = np.load(temporary / "out.npz")
            for name, array in wanted.items():
                if name not in results:
                    return "failed", f"no output {name}"
                got = results[name]
                if got.shape != array.shape:
                    return "failed", f"{name} is {got.shape}, not {array.shape}"
                if got.dtype.kind != array.dtype.kind or (got.dtype.kind in "iu" and got.dtype != array.dtype):
                    return "failed", f"{name} is of {got.dtype}, not {array.dtype}"
                try:
                    np.testing.assert_allclose(
                        got.astype(np.float64), array.astype(np.float64), rtol=case.rtol, atol=case.atol)
                except AssertionError as error:
                    lines = [line for line in str(error).splitlines() if line.strip()]
                    return "failed", " ".join(lines[1:5])
    return "passed", ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fovea", default=".build/release/fovea")
    parser.add_argument("--kind", default="node", choices=["node", "simple", "converted", "operator", "light"])
    parser.add_argument("--only", default="")
    parser.add_argument("--all", action="store_true", help="every operator, not those of convolutional networks alone")
    parser.add_argument("--verbose", action="store_true", help="each case that did not pass, with the reason")
    arguments = parser.parse_args()
    kinds = {
        "node": node_cases, "light": light_cases, "simple": lambda: stored_cases("simple"),
        "converted": lambda: stored_cases("pytorch-converted"), "operator": lambda: stored_cases("pytorch-operator"),
    }
    cases = [
        case for case in kinds[arguments.kind]()
        if re.search(arguments.only, case.name) and case.opset >= 6
        and (arguments.all or (not case.is_foreign and case.operators and set(case.operators) <= OPERATORS))
    ]

    counts = collections.defaultdict(collections.Counter)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for case, (outcome, reason) in zip(cases, pool.map(lambda case: run(case, arguments.fovea), cases)):
            name = case.operators[0] if len(case.operators) == 1 else "several operators"
            counts[name][outcome] += 1
            if arguments.verbose and outcome != "passed":
                print(f"{outcome:12} {case.name}: {' '.join(reason.split())[:300]}", flush=True)
    columns = ["passed", "failed", "unsupported"]
    print(f"{'operator':28}" + "".join(f"{column:>13}" for column in columns))
    for name in sorted(counts):
        print(f"{name:28}" + "".join(f"{counts[name][column]:13}" for column in columns))
    total = sum(counts.values(), collections.Counter())
    print(f"{'all':28}" + "".join(f"{total[column]:13}" for column in columns))
    sys.exit(1 if total["failed"] else 0)


if __name__ == "__main__":
    main()
