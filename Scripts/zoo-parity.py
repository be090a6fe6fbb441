#!/usr/bin/env python3
"""Compares models of the zoo with PyTorch's: the same weights must give the same scores.

zoo-parity.py [NAME ...]                        all names of the table below if none is given
zoo-parity.py --gradients FOLDER NAME ...       writes what ZooGradientTests reads, by FOVEA_ZOO_GRADIENTS=FOLDER

For each name: PyTorch's model with random weights and running moments, saved by torch.save -> fovea convert -> fovea run
on random images -> the largest difference of the scores, relative to the largest score. Exit status 1 if one is
above 1e-4. Needs torch, torchvision and timm. FOVEA says which command is tested (.build/release/fovea by default).
"""

import os
import subprocess
import sys
import tempfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import timm
import torch
import torchvision
from torch import nn

FOVEA = os.environ.get("FOVEA", str(Path(__file__).resolve().parent.parent / ".build/release/fovea"))
TOLERANCE = 1e-4


# --- models that neither torchvision nor timm has, as their papers describe them ---


def local_response_norm():
    # PyTorch divides alpha by the size of the window, the paper of AlexNet does not.
    return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)


def vgg(depths, normalized=False, pointwise_third=False):
    layers, channels = [], 3
    for stage, depth in enumerate(depths):
        for index in range(depth):
            filters, kernel = min(64 << stage, 512), 1 if pointwise_third and index == 2 else 3
            layers += [nn.Conv2d(channels, filters, kernel, padding=kernel // 2), nn.ReLU()]
            if normalized and len(layers) == 2:
                layers.append(local_response_norm())
            channels = filters
        layers.append(nn.MaxPool2d(2))
    return torchvision.models.VGG(nn.Sequential(*layers))


def named(**layers):
    return nn.Sequential(OrderedDict(layers))


def dense_head():
    return dict(
        flatten=nn.Flatten(), fc6=nn.Linear(9216, 4096), relu6=nn.ReLU(), fc7=nn.Linear(4096, 4096), relu7=nn.ReLU(),
        fc8=nn.Linear(4096, 1000))


def alexnet_2012(groups):
    return named(
        conv1=nn.Conv2d(3, 96, 11, 4), relu1=nn.ReLU(), norm1=local_response_norm(), pool1=nn.MaxPool2d(3, 2),
        conv2=nn.Conv2d(96, 256, 5, padding=2, groups=groups), relu2=nn.ReLU(), norm2=local_response_norm(),
        pool2=nn.MaxPool2d(3, 2), conv3=nn.Conv2d(256, 384, 3, padding=1), relu3=nn.ReLU(),
        conv4=nn.Conv2d(384, 384, 3, padding=1, groups=groups), relu4=nn.ReLU(),
        conv5=nn.Conv2d(384, 256, 3, padding=1, groups=groups), relu5=nn.ReLU(), pool5=nn.MaxPool2d(3, 2),
        **dense_head())


def zfnet():
    return named(
        conv1=nn.Conv2d(3, 96, 7, 2, padding=1), relu1=nn.ReLU(), pool1=nn.MaxPool2d(3, 2, ceil_mode=True),
        norm1=local_response_norm(), conv2=nn.Conv2d(96, 256, 5, 2), relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(3, 2, ceil_mode=True), norm2=local_response_norm(),
        conv3=nn.Conv2d(256, 384, 3, padding=1), relu3=nn.ReLU(), conv4=nn.Conv2d(384, 384, 3, padding=1),
        relu4=nn.ReLU(), conv5=nn.Conv2d(384, 256, 3, padding=1), relu5=nn.ReLU(),
        pool5=nn.MaxPool2d(3, 2, ceil_mode=True), **dense_head())


def nin(layers):
    """Layers from (name, filters, kernel, stride, padding) and poolings, then the mean of each map."""
    modules, channels = OrderedDict(), 3
    for name, *rest in layers:
        if isinstance(rest[0], nn.Module):
            modules[name] = rest[0]
            continue
        filters, kernel, stride, padding = rest
        modules[name] = nn.Conv2d(channels, filters, kernel, stride, padding)
        modules[name + "_relu"] = nn.ReLU()
        channels = filters
    modules["mean"], modules["flatten"] = nn.AdaptiveAvgPool2d(1), nn.Flatten()
    return nn.Sequential(modules)


def nin_imagenet():
    pool = [nn.MaxPool2d(3, 2, ceil_mode=True) for _ in range(3)]
    return nin([
        ("conv1", 96, 11, 4, 0), ("cccp1", 96, 1, 1, 0), ("cccp2", 96, 1, 1, 0), ("pool1", pool[0]),
        ("conv2", 256, 5, 1, 2), ("cccp3", 256, 1, 1, 0), ("cccp4", 256, 1, 1, 0), ("pool2", pool[1]),
        ("conv3", 384, 3, 1, 1), ("cccp5", 384, 1, 1, 0), ("cccp6", 384, 1, 1, 0), ("pool3", pool[2]),
        ("conv4-1024", 1024, 3, 1, 1), ("cccp7-1024", 1024, 1, 1, 0), ("cccp8-1024", 1000, 1, 1, 0)])


def nin_cifar():
    return nin([
        ("conv1", 192, 5, 1, 2), ("cccp1", 160, 1, 1, 0), ("cccp2", 96, 1, 1, 0),
        ("pool1", nn.MaxPool2d(3, 2, ceil_mode=True)), ("conv2", 192, 5, 1, 2), ("cccp3", 192, 1, 1, 0),
        ("cccp4", 192, 1, 1, 0), ("pool2", nn.AvgPool2d(3, 2, ceil_mode=True)), ("conv3", 192, 3, 1, 1),
        ("cccp5", 192, 1, 1, 0), ("cccp6", 10, 1, 1, 0)])


class ScaledTanh(nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(2 / 3 * x)


class Subsampling(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels) / 4)
        self.bias = nn.Parameter(torch.randn(channels) / 4)

    def forward(self, x):
        sums = 4 * nn.functional.avg_pool2d(x, 2)
        return ScaledTanh()(sums * self.weight[:, None, None] + self.bias[:, None, None])


class PartialConv(nn.Module):
    """5x5 kernels for the pairs of a map and a filter that table I of the paper of 1998 names."""

    seen = ([[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5]]
            + [[0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5]]
            + [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5]] + [list(range(6))])

    def __init__(self):
        super().__init__()
        # Connection, column, row: the filters one after another.
        self.weight = nn.Parameter(torch.randn(60, 5, 5) / 10)
        self.bias = nn.Parameter(torch.randn(16) / 10)

    def forward(self, x):
        kernels = torch.zeros(16, 6, 5, 5)
        pairs = [(o, i) for o, maps in enumerate(self.seen) for i in maps]
        for (o, i), kernel in zip(pairs, self.weight):
            kernels[o, i] = kernel.T
        return nn.functional.conv2d(x, kernels, self.bias)


class Distances(nn.Module):
    def __init__(self):
        super().__init__()
        self.centers = nn.Parameter(torch.sign(torch.randn(10, 84)))

    def forward(self, x):
        return -((x[:, None, :] - self.centers) ** 2).sum(2)


def lenet5_1998():
    return named(
        c1=nn.Conv2d(1, 6, 5), t1=ScaledTanh(), s2=Subsampling(6), c3=PartialConv(), t3=ScaledTanh(),
        s4=Subsampling(16), c5=nn.Conv2d(16, 120, 5), t5=ScaledTanh(), flatten=nn.Flatten(), f6=nn.Linear(120, 84),
        t6=ScaledTanh(), output=Distances())


def lecun1995_letters():
    return named(
        c1=nn.Conv2d(1, 4, 5), t1=ScaledTanh(), s2=Subsampling(4), c3=nn.Conv2d(4, 12, 5), t3=ScaledTanh(),
        s4=Subsampling(12), output=nn.Conv2d(12, 26, 4), flatten=nn.Flatten())


# --- the table ---


def tv(name, **options):
    return lambda: torchvision.models.get_model(name, weights=None, **options)


def tm(name, **options):
    return lambda: timm.create_model(name, **options)


# Our name: what makes the model there; the shape of an image H, W, C.
MODELS = {
    # AlexNet
    "alexnet": (tv("alexnet"), (224, 160, 3)),
    "alexnet-2012": (lambda: alexnet_2012(2), (227, 227, 3)),
    "alexnet-ungrouped": (lambda: alexnet_2012(1), (227, 227, 3)),
    "zfnet": (zfnet, (224, 224, 3)),
    # LeNet
    "lenet5-1998": (lenet5_1998, (32, 32, 1)),
    "lecun1995-letters": (lecun1995_letters, (28, 28, 1)),
    # Network in network
    "nin": (nin_imagenet, (224, 224, 3)),
    "nin-cifar": (nin_cifar, (32, 32, 3)),
    # ResNet
    "resnet18": (tv("resnet18"), (97, 75, 3)),
    "resnet34": (tv("resnet34"), (96, 96, 3)),
    "resnet50": (tv("resnet50"), (96, 96, 3)),
    "resnet101": (tv("resnet101"), (96, 96, 3)),
    "resnet152": (tv("resnet152"), (96, 96, 3)),
    "resnext50-32x4d": (tv("resnext50_32x4d"), (96, 96, 3)),
    "resnext101-32x8d": (tv("resnext101_32x8d"), (96, 96, 3)),
    "resnext101-64x4d": (tv("resnext101_64x4d"), (96, 96, 3)),
    "wide-resnet50-2": (tv("wide_resnet50_2"), (96, 96, 3)),
    "wide-resnet101-2": (tv("wide_resnet101_2"), (96, 96, 3)),
    # ResNet with the activation first
    "resnet18-v2": (tm("resnetv2_18"), (97, 75, 3)),
    "resnet34-v2": (tm("resnetv2_34"), (96, 96, 3)),
    "resnet50-v2": (tm("resnetv2_50"), (96, 96, 3)),
    "resnet101-v2": (tm("resnetv2_101"), (96, 96, 3)),
    "resnet152-v2": (tm("resnetv2_152"), (96, 96, 3)),
    # VGG
    "vgg11": (tv("vgg11"), (96, 64, 3)),
    "vgg11-bn": (tv("vgg11_bn"), (96, 96, 3)),
    "vgg11-lrn": (lambda: vgg([1, 1, 2, 2, 2], normalized=True), (96, 96, 3)),
    "vgg13": (tv("vgg13"), (96, 96, 3)),
    "vgg13-bn": (tv("vgg13_bn"), (96, 96, 3)),
    "vgg16": (tv("vgg16"), (224, 224, 3)),
    "vgg16-bn": (tv("vgg16_bn"), (96, 96, 3)),
    "vgg16-c": (lambda: vgg([2, 2, 3, 3, 3], pointwise_third=True), (96, 96, 3)),
    "vgg19": (tv("vgg19"), (96, 96, 3)),
    "vgg19-bn": (tv("vgg19_bn"), (96, 96, 3)),
}


def randomize(model):
    """Weights of the size that PyTorch draws, but no factor 1, bias 0, mean 0 or variance 1."""
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.1)
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
        elif isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
            nn.init.normal_(module.bias, std=0.1)


def difference(name, folder):
    """The largest difference of a score, relative to the largest score."""
    make, (height, width, channels) = MODELS[name]
    torch.manual_seed(7)
    model = make().eval()
    randomize(model)
    images = np.random.default_rng(8).standard_normal((2, height, width, channels), dtype=np.float32)
    with torch.no_grad():
        expected = model(torch.from_numpy(images).permute(0, 3, 1, 2)).numpy()
    weights, converted = f"{folder}/{name}.pth", f"{folder}/{name}.fovea"
    torch.save(model.state_dict(), weights)
    np.savez(f"{folder}/in.npz", input=images)
    command(["convert", weights, converted, "--model", f"{name}:input={height}x{width}"])
    command(["run", converted, "--inputs", f"{folder}/in.npz", "--outputs", f"{folder}/out.npz"])
    scores = np.load(f"{folder}/out.npz")["output"]
    if scores.shape != expected.shape:
        raise ValueError(f"the scores are {scores.shape}, there {expected.shape}")
    return float(np.abs(scores - expected).max() / np.abs(expected).max())


def write_gradients(name, folder):
    """The gradients of a weighted sum of the scores, and the running moments after this one batch."""
    make, (height, width, channels) = MODELS[name]
    torch.manual_seed(7)
    model = make()
    randomize(model)
    modules = list(model.modules())
    training = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in modules)
    model.train(training)
    for module in modules:
        if isinstance(module, nn.Dropout):
            module.p = 0
    random = np.random.default_rng(8)
    images = random.standard_normal((4, height, width, channels), dtype=np.float32)
    path = f"{folder}/{name}:input={height}x{width}"
    torch.save(model.state_dict(), path + ".weights.pth")
    scores = model(torch.from_numpy(images).permute(0, 3, 1, 2))
    upstream = random.standard_normal(scores.shape, dtype=np.float32)
    (scores * torch.from_numpy(upstream)).sum().backward()
    gradients = {key: parameter.grad for key, parameter in model.named_parameters()}
    torch.save({**model.state_dict(), **gradients}, path + ".gradients.pth")
    np.savez(path + ".npz", input=images, upstream=upstream, training=np.float32([training]))


def command(arguments):
    done = subprocess.run([FOVEA, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise ValueError((done.stderr or done.stdout).strip())


def main():
    arguments = sys.argv[1:]
    folder = arguments[1] if arguments[:1] == ["--gradients"] and len(arguments) > 1 else None
    names = arguments[2 if folder else 0:] or list(MODELS)
    unknown = [name for name in names if name not in MODELS]
    if unknown:
        sys.exit(f"not in the table: {', '.join(unknown)}")
    if folder:
        os.makedirs(folder, exist_ok=True)
        for name in names:
            write_gradients(name, folder)
        return
    failed = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            try:
                error = difference(name, folder)
                passed, text = error <= TOLERANCE, f"{error:.1e}"
            except ValueError as mistake:
                passed, text = False, str(mistake)
        print(f"{name:24}{'ok' if passed else 'FAILED':8}{text}", flush=True)
        if not passed:
            failed.append(name)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
