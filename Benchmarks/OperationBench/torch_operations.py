#!/usr/bin/env python3
"""PyTorch's side of `make bench-ops`: prints `NAME forward|both SECONDS` as OperationBench does, the median of runs.

torch_operations.py [NAME ...]    Images are tried in both memory formats; the faster one counts.
"""
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(2)
IMAGE, LATE = (16, 64, 56, 56), (16, 256, 14, 14)


def numbers_loss(function):
    target = torch.rand(IMAGE)
    targets = {True: target.to(memory_format=torch.channels_last), False: target}
    return lambda x: function(x, targets[x.is_contiguous(memory_format=torch.channels_last)])


def dice(x, t):
    p = torch.sigmoid(x)
    both, ps, ts = (p * t).sum((0, 2, 3)), p.sum((0, 2, 3)), t.sum((0, 2, 3))
    return (1 - (2 * both + 1) / (ps + ts + 1)).mean()


def focal(x, t):
    p = torch.sigmoid(x)
    loss = F.binary_cross_entropy_with_logits(x, t, reduction="none") * (1 - (p * t + (1 - p) * (1 - t))) ** 2
    return (loss * (0.25 * t + 0.75 * (1 - t))).mean()


def unpool(x):
    y, switches = F.max_pool2d(x, 2, return_indices=True)
    return F.max_unpool2d(y, switches, 2)


labels = torch.randint(0, 10, (256,))
ctc_labels = 1 + torch.arange(640).reshape(16, 40) % 28
ctc_lengths, ctc_counts = torch.full((16,), 200), torch.full((16,), 40)


def ctc(x):
    return F.ctc_loss(F.log_softmax(x, -1).transpose(0, 1), ctc_labels, ctc_lengths, ctc_counts, reduction="none").mean()


CASES = {
    "conv3x3": (IMAGE, nn.Conv2d(64, 64, 3, padding=1)), "conv1x1": (LATE, nn.Conv2d(256, 512, 1)),
    "depthwise": (IMAGE, nn.Conv2d(64, 64, 3, padding=1, groups=64)),
    "depthwise-late": (LATE, nn.Conv2d(256, 256, 5, padding=2, groups=256)),
    "transposed": (LATE, nn.ConvTranspose2d(256, 128, 2, 2)),
    "conv1d": ((16, 128, 400), nn.Conv1d(128, 128, 7, padding=3)),
    "conv3d": ((2, 32, 8, 28, 28), nn.Conv3d(32, 32, 3, padding=1)), "dense": ((64, 2048), nn.Linear(2048, 1000)),
    "max-pool": ((16, 64, 112, 112), lambda x: F.max_pool2d(x, 3, 2, 1)),
    "average-pool": (IMAGE, lambda x: F.avg_pool2d(x, 2)),
    "global-average-pool": ((16, 512, 14, 14), lambda x: x.mean((2, 3))),
    "adaptive-average-pool": (LATE, lambda x: F.adaptive_avg_pool2d(x, 6)), "unpool": (IMAGE, unpool),
    "upsample-nearest": ((16, 64, 28, 28), lambda x: F.interpolate(x, scale_factor=2)),
    "upsample-bilinear": ((16, 64, 28, 28), lambda x: F.interpolate(x, scale_factor=2, mode="bilinear")),
    "upsample-bicubic": ((16, 64, 28, 28), lambda x: F.interpolate(x, scale_factor=2, mode="bicubic")),
    "pixel-shuffle": ((16, 256, 28, 28), lambda x: F.pixel_shuffle(x, 2)),
    "batch-norm": (IMAGE, nn.BatchNorm2d(64)), "group-norm": (IMAGE, nn.GroupNorm(32, 64)),
    "instance-norm": (IMAGE, nn.InstanceNorm2d(64, affine=True)), "layer-norm": ((16, 49, 768), nn.LayerNorm(768)),
    "response-norm": ((16, 256, 27, 27), lambda x: F.local_response_norm(x, 5, 5e-4, 0.75, 2)),
    "softmax": ((256, 1000), lambda x: F.softmax(x, -1)), "log-softmax": ((256, 1000), lambda x: F.log_softmax(x, -1)),
    "relu": (IMAGE, F.relu), "relu6": (IMAGE, F.relu6), "leaky-relu": (IMAGE, F.leaky_relu),
    "prelu": (IMAGE, nn.PReLU(64)), "elu": (IMAGE, F.elu), "gelu": (IMAGE, F.gelu),
    "gelu-tanh": (IMAGE, lambda x: F.gelu(x, approximate="tanh")), "silu": (IMAGE, F.silu),
    "hard-swish": (IMAGE, F.hardswish), "mish": (IMAGE, F.mish), "softplus": (IMAGE, F.softplus),
    "tanh": (IMAGE, torch.tanh), "sigmoid": (IMAGE, torch.sigmoid),
    "residual-add-relu": (IMAGE, lambda x: F.relu(x + 2 * x)),
    "cross-entropy": ((256, 1000), lambda x: F.cross_entropy(x, labels)),
    "cross-entropy-smoothed": ((256, 1000), lambda x: F.cross_entropy(x, labels, label_smoothing=0.1)),
    "binary-cross-entropy": (IMAGE, numbers_loss(F.binary_cross_entropy_with_logits)),
    "mse": (IMAGE, numbers_loss(F.mse_loss)), "huber": (IMAGE, numbers_loss(F.huber_loss)),
    "dice": (IMAGE, numbers_loss(dice)), "focal": (IMAGE, numbers_loss(focal)), "ctc": ((16, 200, 29), ctc),
}


def median(body):
    for _ in range(2):
        body()
    times, start = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - start < 0.25:
        before = time.perf_counter()
        body()
        times.append(time.perf_counter() - before)
    return statistics.median(times)


def measure(shape, function, memory_format):
    x = (2 * torch.rand(shape) - 1).contiguous(memory_format=memory_format)
    if isinstance(function, nn.Module) and len(shape) == 4:
        function = function.to(memory_format=memory_format)
    with torch.no_grad():
        forward = median(lambda: function(x))
        upstream = torch.rand_like(function(x))
    x.requires_grad_()
    variables = [x] + (list(function.parameters()) if isinstance(function, nn.Module) else [])

    def both():
        for variable in variables:
            variable.grad = None
        function(x).backward(upstream)

    return forward, median(both)


for name, (shape, function) in CASES.items():
    if len(sys.argv) > 1 and name not in sys.argv[1:]:
        continue
    formats = [torch.contiguous_format] + ([torch.channels_last] if len(shape) == 4 else [])
    results = [measure(shape, function, memory_format) for memory_format in formats]
    print(f"{name} forward {min(r[0] for r in results)}")
    print(f"{name} both {min(r[1] for r in results)}", flush=True)
