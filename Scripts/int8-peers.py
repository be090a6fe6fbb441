#!/usr/bin/env python3
"""What a user would pick instead for whole numbers of 8 bits: ONNX Runtime and OpenVINO.

int8-peers.py MODEL BATCH ENGINE

MODEL: a torchvision name; ENGINE: ort or ov. The model is exported, and quantised by onnxruntime.quantization (QDQ, uint8
activations, int8 weights with a scale for each channel, ranges from random images), once; both engines read that file.
Two threads. Prints a line as peers.py does: images/s (median) and the peak resident memory of the engine's process.
"""
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

THREADS = int(os.environ.setdefault("OMP_NUM_THREADS", "2"))
SHAPE = (3, 224, 224)


def prepare(name, batch, path):
    import numpy as np
    import onnx
    import torch
    import torchvision
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    torch.manual_seed(0)
    model = torchvision.models.get_model(name, weights=None).eval()
    with tempfile.TemporaryDirectory() as folder:
        plain, simple = f"{folder}/plain.onnx", f"{folder}/simple.onnx"
        torch.onnx.export(model, torch.randn(batch, *SHAPE), plain, opset_version=17, dynamo=False)
        quant_pre_process(plain, simple)

        class Images(CalibrationDataReader):
            def __init__(self):
                images = np.random.default_rng(0).standard_normal((batch, *SHAPE), dtype=np.float32)
                self.rest = iter([{onnx.load(simple).graph.input[0].name: images}])

            def get_next(self):
                return next(self.rest, None)

        quantize_static(simple, path, Images(), quant_format=QuantFormat.QDQ, per_channel=True,
                        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)


def with_onnx_runtime(path, images):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: images})


def with_openvino(path, images):
    import openvino

    core = openvino.Core()
    core.set_property("CPU", {"INFERENCE_NUM_THREADS": THREADS})
    request = core.compile_model(path, "CPU", {"PERFORMANCE_HINT": "LATENCY"}).create_infer_request()
    return lambda: request.infer([images])


def median_time(run, seconds=6.0, least=3):
    run()
    run()
    times, start = [], time.perf_counter()
    while len(times) < least or time.perf_counter() - start < seconds:
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main():
    if len(sys.argv) == 5 and sys.argv[1] == "prepare":
        return prepare(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    name, batch, engine = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    path = os.path.join(tempfile.gettempdir(), f"int8_{name}_{batch}.onnx")
    if not os.path.exists(path):
        subprocess.run([sys.executable, __file__, "prepare", name, str(batch), path], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    import numpy as np

    images = np.random.default_rng(1).standard_normal((batch, *SHAPE), dtype=np.float32)
    run = {"ort": with_onnx_runtime, "ov": with_openvino}[engine](path, images)
    speed = batch / median_time(run)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"int8 {name} batch {batch} {engine:14} {speed:10.2f} images/s  peak {peak:.0f} MiB")


main()
