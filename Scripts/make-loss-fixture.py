#!/usr/bin/env python3
"""Writes what PyTorch makes of trainings that both sides can compute: Tests/FoveaTrainingTests/Fixtures/torch.json.

Usage: Scripts/make-loss-fixture.py (needs PyTorch 2 and numpy; made with PyTorch 2.13).

losses: LeNet-5 and ResNet-20 (He et al. 2015, §4.2, option-A shortcuts) on 50 batches with plain SGD. Initial weights and
batches come from the project's own random numbers (Philox4x32-10, `RandomStream`), written again here in numpy, so that
only results are kept: the loss of every step in float32 and in float64, and some parameters after the last step.
optimizers: a small least-squares problem, the weights after each of 20 steps, in float64.
"""

import json
import pathlib
import re

import numpy
import torch
import torch.nn as nn
import torch.nn.functional as F


# The project's random numbers.


def fnv1a(name):
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def bits(seed, name, count):
    """`RandomStream(seed:, stream: RandomStream.identifier(of: name))`, draws 0..<count."""
    low = numpy.uint64(0xFFFFFFFF)
    block = numpy.arange((count + 3) // 4, dtype=numpy.uint64)
    zero = numpy.zeros_like(block)
    x, y, z, w = block & low, block >> numpy.uint64(32), zero, zero + numpy.uint64(fnv1a(name))
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        product0, product1 = x * numpy.uint64(0xD2511F53), z * numpy.uint64(0xCD9E8D57)
        x, y, z, w = (
            (product1 >> numpy.uint64(32)) ^ y ^ numpy.uint64(key[0]), product1 & low,
            (product0 >> numpy.uint64(32)) ^ w ^ numpy.uint64(key[1]), product0 & low)
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return numpy.stack([x, y, z, w], 1).reshape(-1)[:count].astype(numpy.uint32)


def uniform(seed, name, count):
    return (bits(seed, name, count) >> 8).astype(numpy.float32) * numpy.float32(2**-24)


def integers(seed, name, count, bound):
    return (bits(seed, name, count).astype(numpy.uint64) * numpy.uint64(bound)) >> numpy.uint64(32)


def weights(path, *shape, seed=1):
    """`Initializer.heUniform` for the weights …×I×O."""
    fan_in = numpy.float32(numpy.prod(shape[:-1]))
    limit = numpy.sqrt(numpy.float32(6) / fan_in)
    values = limit * (numpy.float32(2) * uniform(seed, path, int(numpy.prod(shape))) - numpy.float32(1))
    return torch.from_numpy(values.reshape(shape))


def samples(count, height, width, channels, seed=1):
    """Bytes: three parts of a coarse picture of the class and one part noise; with labels. As `PictureClasses`."""
    classes, cell = 10, 4
    labels = integers(seed, "labels", count, classes).astype(numpy.int64)
    coarse = (classes, height // cell, width // cell, channels)
    pictures = (bits(seed, "pictures", int(numpy.prod(coarse))) >> 24).reshape(coarse).repeat(cell, 1).repeat(cell, 2)
    noise = (bits(seed, "noise", count * height * width * channels) >> 24).reshape(count, height, width, channels)
    pixels = (3 * pictures[labels] + noise) // 4
    return torch.from_numpy(pixels.astype(numpy.float32)), torch.from_numpy(labels)


# The models, with the names of the project's parameters.


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c3 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.c5, self.f6, self.output = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.c1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.c3(x)), 2)
        return self.output(torch.tanh(self.f6(torch.tanh(self.c5(x.flatten(1))))))


class Block(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.filters, self.stride = filters, stride

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if self.stride != 1:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.filters // 4, self.filters // 4))
        return torch.relu(x + y)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(*(Block(16, 16, 1) for _ in range(3)))
        self.layer2 = nn.Sequential(*(Block(16 if k == 0 else 32, 32, 2 if k == 0 else 1) for k in range(3)))
        self.layer3 = nn.Sequential(*(Block(32 if k == 0 else 64, 64, 2 if k == 0 else 1) for k in range(3)))
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean((2, 3)))


def set_weights(model):
    with torch.no_grad():
        for path, module in model.named_modules():
            if isinstance(module, nn.Conv2d):
                o, i, h, w = module.weight.shape
                module.weight.copy_(weights(path + ".weights", h, w, i, o).permute(3, 2, 0, 1))
            elif isinstance(module, nn.Linear):
                o, i = module.weight.shape
                values = weights(path + ".weights", i, o)
                if path == "c5":  # the project flattens rows, columns, channels
                    values = values.reshape(5, 5, 16, o).permute(2, 0, 1, 3).reshape(i, o)
                module.weight.copy_(values.T)
            if getattr(module, "bias", None) is not None and not isinstance(module, nn.BatchNorm2d):
                module.bias.zero_()
        # From scores near zero training is smooth; from large ones it is chaotic, and PyTorch in float32 itself leaves
        # PyTorch in float64 by more than 1e-3 within 50 steps.
        if isinstance(model, ResNet20):
            model.linear.weight.mul_(1 / 16)


def train(model, images, labels, batch_size, rate, dtype):
    model = model.to(dtype)
    images = ((images.to(dtype) / 256 - 0.5) / 0.25).permute(0, 3, 1, 2).contiguous()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    losses = []
    for start in range(0, len(labels), batch_size):
        part = slice(start, start + batch_size)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[part]), labels[part])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.detach().double().flatten().tolist()]


def snapshot(model):
    """Some parameters, in the project's order of axes."""
    parameters = {}
    for path, module in model.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            parameters[path + ".moving_mean"] = numbers(module.running_mean)
            parameters[path + ".moving_variance"] = numbers(module.running_var)
    for path, module in list(model.named_modules()):
        if path in ("c1", "conv1"):
            parameters[path + ".weights"] = numbers(module.weight.permute(2, 3, 1, 0))
        elif path in ("output", "linear"):
            parameters[path + ".bias"] = numbers(module.bias)
    return parameters


def loss_parity(make, shape, batch_size, rate, steps=50, early=5):
    images, labels = samples(steps * batch_size, *shape)

    def run(dtype, steps):
        model = make()
        set_weights(model)
        count = steps * batch_size
        losses = train(model, images[:count], labels[:count], batch_size, rate, dtype)
        return numpy.array(losses), snapshot(model)

    single, in_single = run(torch.float32, steps)
    double, in_double = run(torch.float64, steps)
    print(make.__name__, "from", double[0], "to", double[-1])
    print("float32 is off by", numpy.max(numpy.abs(single / double - 1)), "in the losses, by", max(
        numpy.max(numpy.abs(numpy.array(in_single[path]) - values)) / numpy.max(numpy.abs(values))
        for path, values in in_double.items()), "in the parameters")
    return {
        "batchSize": batch_size, "learningRate": rate, "losses": [float(f"{x:.9g}") for x in single],
        "lossesInDouble": [float(f"{x:.9g}") for x in double],
        "earlySteps": early, "earlyParameters": run(torch.float64, early)[1], "parameters": in_double}


# The optimizers: ½ Σ (A·w − b)² with integers in A and b, from w = 1. The rate halves after ten steps.


def trajectory(make):
    a = torch.tensor([[(3 * row + 5 * column) % 7 - 3 for column in range(5)] for row in range(7)]).double()
    b = torch.tensor([row % 4 - 1 for row in range(7)]).double()
    w = torch.ones(5, dtype=torch.float64, requires_grad=True)
    optimizer = make([w])
    result = []
    for step in range(20):
        if step == 10:
            optimizer.param_groups[0]["lr"] *= 0.5
        optimizer.zero_grad()
        (0.5 * ((a @ w - b) ** 2).sum()).backward()
        optimizer.step()
        result += numbers(w)
    return result


def optimizers():
    sgd, adam = torch.optim.SGD, torch.optim.Adam
    return {
        "sgd": trajectory(lambda w: sgd(w, lr=0.01)),
        "sgd, decay": trajectory(lambda w: sgd(w, lr=0.01, weight_decay=0.1)),
        "sgd, momentum": trajectory(lambda w: sgd(w, lr=0.01, momentum=0.9)),
        "sgd, momentum, decay": trajectory(lambda w: sgd(w, lr=0.01, momentum=0.9, weight_decay=0.1)),
        "sgd, nesterov, decay": trajectory(
            lambda w: sgd(w, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1)),
        "adam": trajectory(lambda w: adam(w, lr=0.05)),
        "adam, decay": trajectory(lambda w: adam(w, lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1)),
        "adamw": trajectory(lambda w: torch.optim.AdamW(w, lr=0.05, weight_decay=0.1)),
    }


def main():
    torch.set_num_threads(1)
    fixture = {
        "losses": {
            "lenet5": loss_parity(LeNet5, (28, 28, 1), batch_size=64, rate=0.05),
            "resnet20": loss_parity(ResNet20, (32, 32, 3), batch_size=32, rate=0.03),
        },
        "optimizers": optimizers(),
    }
    path = pathlib.Path(__file__).parent.parent / "Tests/FoveaTrainingTests/Fixtures/torch.json"
    path.parent.mkdir(exist_ok=True)
    lines = re.sub(r"\[[^][]*\]", lambda array: " ".join(array.group().split()), json.dumps(fixture, indent=1))
    path.write_text(lines + "\n")


main()
