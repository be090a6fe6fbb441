#!/usr/bin/env python3
"""Compares models of the zoo with PyTorch's: the same weights must give the same scores.

zoo-parity.py [NAME ...]                        all names of the table below if none is given
zoo-parity.py --gradients FOLDER NAME ...       writes what ZooGradientTests reads, by FOVEA_ZOO_GRADIENTS=FOLDER

A NAME may be followed by another size than the table's: resnet18@64x64.

For each name: PyTorch's model with random weights and running moments, saved by torch.save -> fovea convert -> fovea run
on random images -> the largest difference of the scores, relative to the largest score. Exit status 1 if one is
above 1e-4. Needs torch, torchvision and timm. FOVEA says which command is tested (.build/release/fovea by default).
"""

import copy
import os
import subprocess
import sys
import tempfile
from collections import OrderedDict
from pathlib import Path

if "--help" in sys.argv:  # also where nothing of what follows is installed
    print(__doc__.strip())
    sys.exit()

import numpy as np
import timm
import torch
import torchvision
from torch import nn
from torchvision.models.googlenet import GoogLeNet, Inception, InceptionAux

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
        kernels = torch.zeros(16, 6, 5, 5, dtype=x.dtype)
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


# --- dense prediction: U-Net and its relatives ---


def conv(inputs, outputs, kernel, **options):
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, **options)


def center(x, like):
    rows, columns = ((x.shape[axis] - like.shape[axis]) // 2 for axis in (2, 3))
    return x[:, :, rows:rows + like.shape[2], columns:columns + like.shape[3]]


class UNet(nn.Module):
    def __init__(self, padding):
        super().__init__()

        def pair(inputs, outputs):
            return named(
                conv1=nn.Conv2d(inputs, outputs, 3, padding=padding), relu1=nn.ReLU(),
                conv2=nn.Conv2d(outputs, outputs, 3, padding=padding), relu2=nn.ReLU())

        channels = 1
        for step in range(4):
            setattr(self, f"down{step + 1}", pair(channels, 64 << step))
            setattr(self, f"upconv{step + 1}", nn.ConvTranspose2d(128 << step, 64 << step, 2, 2))
            setattr(self, f"up{step + 1}", pair(128 << step, 64 << step))
            channels = 64 << step
        self.bottom = pair(512, 1024)
        self.outputs = nn.Conv2d(64, 2, 1)

    def forward(self, x):
        kept = []
        for step in range(1, 5):
            kept.append(getattr(self, f"down{step}")(x))
            x = nn.functional.max_pool2d(kept[-1], 2)
        x = self.bottom(x)
        for step in range(4, 0, -1):
            x = getattr(self, f"upconv{step}")(x)
            x = getattr(self, f"up{step}")(torch.cat([center(kept[step - 1], x), x], 1))
        return self.outputs(x)


class SmallUNet(nn.Module):
    def __init__(self):
        super().__init__()

        def pair(inputs, outputs, kernel):
            return [
                conv(inputs, outputs, kernel), nn.BatchNorm2d(outputs), nn.ReLU(), conv(outputs, outputs, kernel),
                nn.BatchNorm2d(outputs), nn.ReLU()]

        def down(inputs, outputs, kernel):
            return nn.Sequential(*pair(inputs, outputs, kernel), nn.MaxPool2d(3, 2, 1))

        def up(inputs, outputs):
            return nn.Sequential(*pair(inputs, outputs, 3), nn.ConvTranspose2d(outputs, outputs, 3, 2, 1, 1))

        self.conv1, self.conv2, self.conv3 = down(4, 32, 7), down(32, 64, 3), down(64, 128, 3)
        self.upconv3, self.upconv2, self.upconv1 = up(128, 64), up(128, 32), up(64, 1)

    def forward(self, x):
        first = self.conv1(x)
        second = self.conv2(first)
        y = self.upconv3(self.conv3(second))
        y = self.upconv2(torch.cat([y, second], 1))
        return self.upconv1(torch.cat([y, first], 1))


class DenseUNet(nn.Module):
    def __init__(self, blocks=(4, 4, 4, 4, 4), growth=32):
        super().__init__()
        densenet = torchvision.models.densenet
        self.conv0 = conv(1, 64, 3, bias=False)
        channels, widths = 64, []
        for step, count in enumerate(blocks):
            widths.append(channels)
            setattr(self, f"denseblock{step + 1}", densenet._DenseBlock(count, channels, 4, growth, 0))
            channels += count * growth
            if step < len(blocks) - 1:
                setattr(self, f"transition{step + 1}", densenet._Transition(channels, channels // 2))
                channels //= 2
        for step in reversed(range(len(blocks) - 1)):
            setattr(self, f"upconv{step + 1}", nn.ConvTranspose2d(channels, widths[step], 2, 2))
            channels = 2 * widths[step] + blocks[step] * growth
            setattr(self, f"upblock{step + 1}", densenet._DenseBlock(blocks[step], channels, 4, growth, 0))
            channels += blocks[step] * growth
        self.norm, self.outputs = nn.BatchNorm2d(channels), nn.Conv2d(channels, 3, 1)
        self.steps = len(blocks)

    def forward(self, x):
        x, kept = self.conv0(x), []
        for step in range(1, self.steps):
            kept.append(getattr(self, f"denseblock{step}")(x))
            x = getattr(self, f"transition{step}")(kept[-1])
        x = getattr(self, f"denseblock{self.steps}")(x)
        for step in range(self.steps - 1, 0, -1):
            x = torch.cat([kept[step - 1], getattr(self, f"upconv{step}")(x)], 1)
            x = getattr(self, f"upblock{step}")(x)
        return self.outputs(torch.relu(self.norm(x)))


class MDUNet(nn.Module):
    """Maps of levels 1 (the finest) to 5, each by all that it reads."""

    def __init__(self, filters=64):
        super().__init__()
        width = [filters << level for level in range(5)]

        def pair(inputs, outputs):
            return named(
                conv1=conv(inputs, outputs, 3, bias=False), norm1=nn.BatchNorm2d(outputs), relu1=nn.ReLU(),
                conv2=conv(outputs, outputs, 3, bias=False), norm2=nn.BatchNorm2d(outputs), relu2=nn.ReLU())

        def raising(level, below):
            factor = 2 ** (below - level)
            return nn.ConvTranspose2d(width[below - 1], width[level - 1], factor, factor)

        for level in range(1, 6):
            above = [width[other - 1] for other in (level - 1, level - 2) if other >= 1]
            setattr(self, f"down{level}", pair(sum(above) or 3, width[level - 1]))
        for level in range(1, 5):
            inputs = width[level - 1] + (width[level - 2] if level > 1 else 0)
            if level < 4:
                setattr(self, f"cross{level}_{level + 1}", raising(level, level + 1))
                inputs += width[level - 1]
            for below in (level + 1, level + 2):
                if below <= 5:
                    setattr(self, f"upconv{level}_{below}", raising(level, below))
                    inputs += width[level - 1]
            setattr(self, f"up{level}", pair(inputs, width[level - 1]))
        self.outputs = nn.Conv2d(filters, 2, 1)

    def forward(self, x):
        pool, down = nn.functional.max_pool2d, {1: self.down1(x)}
        for level in range(2, 6):
            above = [pool(down[other], 2 ** (level - other)) for other in (level - 1, level - 2) if other >= 1]
            down[level] = getattr(self, f"down{level}")(torch.cat(above, 1))
        up = {5: down[5]}
        for level in range(4, 0, -1):
            read = [down[level]]
            if level > 1:
                read.append(pool(down[level - 1], 2))
            if level < 4:
                read.append(getattr(self, f"cross{level}_{level + 1}")(down[level + 1]))
            for below in (level + 1, level + 2):
                if below <= 5:
                    read.append(getattr(self, f"upconv{level}_{below}")(up[below]))
            up[level] = getattr(self, f"up{level}")(torch.cat(read, 1))
        return self.outputs(up[1])


class ProbabilisticUNet(nn.Module):
    """With the mean of the prior for the latent vector; the posterior is there but not asked."""

    def __init__(self, channels=(32, 64, 128, 192), latent=6):
        super().__init__()

        def block(inputs, outputs):
            layers = OrderedDict()
            for index in (1, 2, 3):
                layers[f"conv{index}"], layers[f"relu{index}"] = conv(inputs, outputs, 3), nn.ReLU()
                inputs = outputs
            return nn.Sequential(layers)

        def encoder(inputs):
            return {f"down{step + 1}": block(([inputs] + list(channels))[step], width)
                    for step, width in enumerate(channels)}

        up = {f"up{step + 1}": block(channels[step] + channels[step + 1], channels[step])
              for step in range(len(channels) - 1)}
        self.unet = nn.ModuleDict({**encoder(1), **up})
        self.prior = nn.ModuleDict({**encoder(1), "moments": nn.Linear(channels[-1], 2 * latent)})
        self.posterior = nn.ModuleDict({**encoder(3), "moments": nn.Linear(channels[-1], 2 * latent)})
        width = channels[0]
        self.combination = named(
            conv1=nn.Conv2d(width + latent, width, 1), relu1=nn.ReLU(), conv2=nn.Conv2d(width, width, 1),
            relu2=nn.ReLU(), conv3=nn.Conv2d(width, width, 1), relu3=nn.ReLU(), outputs=nn.Conv2d(width, 2, 1))
        self.steps, self.latent = len(channels), latent

    def encoded(self, parts, x):
        steps = []
        for step in range(1, self.steps + 1):
            steps.append(parts[f"down{step}"](nn.functional.avg_pool2d(steps[-1], 2) if steps else x))
        return steps

    def moments(self, parts, x):
        return parts["moments"](self.encoded(parts, x)[-1].mean((2, 3))).split(self.latent, 1)

    def maps(self, x):
        down = self.encoded(self.unet, x)
        y = down.pop()
        for step in range(self.steps - 1, 0, -1):
            skipped = down.pop()
            y = nn.functional.interpolate(y, size=skipped.shape[2:], mode="bilinear", align_corners=True)
            y = self.unet[f"up{step}"](torch.cat([y, skipped], 1))
        return y

    def scores(self, maps, latent):
        return self.combination(torch.cat([maps, latent[:, :, None, None].expand(-1, -1, *maps.shape[2:])], 1))

    def forward(self, x):
        return self.scores(self.maps(x), self.moments(self.prior, x)[0])


# --- sequences ---


class Wav2Letter(nn.Module):
    """torchaudio's, without the logarithmic softmax."""

    def __init__(self, features, takes_sound=False):
        super().__init__()
        sizes = [(250, 48, 2, 23)] + 7 * [(250, 7, 1, 3)] + [(2000, 32, 1, 16), (2000, 1, 1, 0), (40, 1, 1, 0)]
        acoustic, channels = [], 250 if takes_sound else features
        for filters, kernel, stride, padding in sizes:
            acoustic += [nn.Conv1d(channels, filters, kernel, stride, padding), nn.ReLU()]
            channels = filters
        self.acoustic_model = nn.Sequential(*acoustic)
        if takes_sound:
            sound = nn.Sequential(nn.Conv1d(features, 250, 250, 160, 45), nn.ReLU())
            self.acoustic_model = nn.Sequential(sound, self.acoustic_model)

    def forward(self, x):
        return self.acoustic_model(x)


class TextCNN(nn.Module):
    def __init__(self, words=18765):
        super().__init__()
        self.embedding = nn.Embedding(words + 1, 300)
        self.convs = nn.ModuleList(nn.Conv1d(300, 100, width) for width in (3, 4, 5))
        self.fc = nn.Linear(300, 2)

    def forward(self, words):
        x = self.embedding(words).transpose(1, 2)
        return self.fc(torch.cat([torch.relu(conv(x)).amax(2) for conv in self.convs], 1))


class BiasedConv(nn.Module):
    """A convolution with bias and a rectifier, in place of torchvision's BasicConv2d."""

    def __init__(self, channels, filters, **options):
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, **options)

    def forward(self, x):
        return torch.relu(self.conv(x))


def googlenet_2014(aux=False):
    """torchvision's model with what the paper has in place of batch normalisation and some 3x3 windows."""

    class Module(Inception):
        def __init__(self, channels, *counts, **_):
            super().__init__(channels, *counts, conv_block=BiasedConv)
            self.branch3[1] = BiasedConv(counts[3], counts[4], kernel_size=5, padding=2)

    class Head(InceptionAux):
        def __init__(self, channels, classes, **_):
            super().__init__(channels, classes, conv_block=BiasedConv)

        def forward(self, x):
            return super().forward(nn.functional.avg_pool2d(x, 5, 3))

    model = GoogLeNet(aux_logits=aux, init_weights=False, blocks=[BiasedConv, Module, Head])
    norm = nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=1)
    model.maxpool1 = nn.Sequential(model.maxpool1, norm)
    model.maxpool2 = nn.Sequential(norm, model.maxpool2)
    model.maxpool4 = nn.MaxPool2d(3, 2, ceil_mode=True)
    return model


class InceptionV2(nn.Module):
    """The names and numbers of pretrainedmodels' bninception."""

    table = {
        "3a": (64, 64, 64, 64, 96, 32), "3b": (64, 64, 96, 64, 96, 64), "3c": (0, 128, 160, 64, 96, 0),
        "4a": (224, 64, 96, 96, 128, 128), "4b": (192, 96, 128, 96, 128, 128), "4c": (160, 128, 160, 128, 160, 128),
        "4d": (96, 128, 192, 160, 192, 128), "4e": (0, 128, 192, 192, 256, 0), "5a": (352, 192, 320, 160, 224, 128),
        "5b": (352, 192, 320, 192, 224, 128)}

    def __init__(self):
        super().__init__()
        self.add("conv1_7x7_s2", 3, 64, 7, 2)
        self.add("conv2_3x3_reduce", 64, 64, 1)
        self.add("conv2_3x3", 64, 192, 3)
        channels = 192
        for name, (plain, reduced, single, first, double, pooled) in self.table.items():
            at, stride = f"inception_{name}_", 1 if plain else 2
            if plain:
                self.add(at + "1x1", channels, plain, 1)
                self.add(at + "pool_proj", channels, pooled, 1)
            self.add(at + "3x3_reduce", channels, reduced, 1)
            self.add(at + "3x3", reduced, single, 3, stride)
            self.add(at + "double_3x3_reduce", channels, first, 1)
            self.add(at + "double_3x3_1", first, double, 3)
            self.add(at + "double_3x3_2", double, double, 3, stride)
            channels = plain + single + double + (pooled or channels)
        self.last_linear = nn.Linear(channels, 1000)

    def add(self, name, channels, filters, kernel, stride=1):
        setattr(self, name, nn.Conv2d(channels, filters, kernel, stride, kernel // 2))
        setattr(self, name + "_bn", nn.BatchNorm2d(filters))

    def through(self, x, *names):
        for name in names:
            x = torch.relu(getattr(self, name + "_bn")(getattr(self, name)(x)))
        return x

    def forward(self, x):
        pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        x = pool(self.through(x, "conv1_7x7_s2"))
        x = pool(self.through(x, "conv2_3x3_reduce", "conv2_3x3"))
        for name, (plain, *_) in self.table.items():
            at = f"inception_{name}_"
            branches = [self.through(x, at + "1x1")] if plain else []
            branches.append(self.through(x, at + "3x3_reduce", at + "3x3"))
            branches.append(self.through(x, at + "double_3x3_reduce", at + "double_3x3_1", at + "double_3x3_2"))
            around = nn.MaxPool2d(3, 1, 1) if name == "5b" else nn.AvgPool2d(3, 1, 1)
            branches.append(self.through(around(x), at + "pool_proj") if plain else pool(x))
            x = torch.cat(branches, 1)
        return self.last_linear(x.mean((2, 3)))


class DeconvNet(nn.Module):
    down = [[64, 64], [128, 128], [256] * 3, [512] * 3, [512] * 3]
    up = [[64, 64], [128, 64], [256, 256, 128], [512, 512, 256], [512] * 3]

    def __init__(self):
        super().__init__()
        self.steps = []
        channels = self.stage(3, self.down[0], 1, nn.Conv2d, "conv", "bn")
        for number, filters in enumerate(self.down[1:], 2):
            channels = self.stage(channels, filters, number, nn.Conv2d, "conv", "bn")
        self.add("fc6", "bnfc6", nn.Conv2d(channels, 4096, 7))
        self.add("fc7", "bnfc7", nn.Conv2d(4096, 4096, 1))
        self.add("fc6-deconv", "fc6-deconv-bn", nn.ConvTranspose2d(4096, 512, 7))
        channels = 512
        for number, filters in reversed(list(enumerate(self.up, 1))):
            self.steps.append(("unpool", None))
            channels = self.stage(channels, filters, number, nn.ConvTranspose2d, "deconv", "debn")
        self.add_module("seg-score", nn.Conv2d(channels, 21, 1))

    def stage(self, channels, filters, number, kind, name, norm):
        for index, count in enumerate(filters, 1):
            at = f"{number}_{index}"
            self.add(name + at, norm + at, kind(channels, count, 3, padding=1))
            channels = count
        if kind is nn.Conv2d:
            self.steps.append(("pool", None))
        return channels

    def add(self, name, norm, module):
        self.add_module(name, module)
        self.add_module(norm, nn.BatchNorm2d(module.out_channels))
        self.steps.append((name, norm))

    def forward(self, x):
        places = []
        for name, norm in self.steps:
            if name == "pool":
                size = x.shape
                x, indices = nn.functional.max_pool2d(x, 2, return_indices=True)
                places.append((indices, size))
            elif name == "unpool":
                indices, size = places.pop()
                x = nn.functional.max_unpool2d(x, indices, 2, output_size=size[2:])
            else:
                x = torch.relu(self.get_submodule(norm)(self.get_submodule(name)(x)))
        return self.get_submodule("seg-score")(x)


def fcn(name, aux=None):
    return lambda: getattr(torchvision.models.segmentation, name)(weights=None, weights_backbone=None, aux_loss=aux)


# --- the table ---


def scaled(model):
    """With weights under which many layers without normalisation do not forget the input for their biases."""
    for module in model.modules():
        if isinstance(module, (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    return model


def tv(name, **options):
    return lambda: torchvision.models.get_model(name, weights=None, **options)


def tm(name, **options):
    return lambda: timm.create_model(name, **options)


def resnet_cifar(blocks):
    """Shortcuts without weights: every second pixel, with maps of zeros around."""

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
            self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
            self.stride, self.around = stride, (outputs - inputs) // 2

        def forward(self, x):
            shortcut = nn.functional.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.around, self.around))
            y = torch.relu(self.bn1(self.conv1(x)))
            return torch.relu(self.bn2(self.conv2(y)) + shortcut)

    layers, channels = {}, 16
    for stage, filters in enumerate([16, 32, 64], 1):
        strides = [2 if stage > 1 else 1] + [1] * (blocks - 1)
        layers[f"layer{stage}"] = nn.Sequential(
            *[Block(channels if index == 0 else filters, filters, stride) for index, stride in enumerate(strides)])
        channels = filters
    return named(
        conv1=nn.Conv2d(3, 16, 3, 1, 1, bias=False), bn1=nn.BatchNorm2d(16), relu=nn.ReLU(), **layers,
        pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(64, 10))


# Our name, with options, and in parentheses whose model it is if there are two: what makes the model there; the shape of an image H, W, C, of a sequence T, C, or the number
# of words.
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
    # DenseNet
    "densenet121": (tv("densenet121"), (97, 64, 3)),
    "densenet161": (tv("densenet161"), (64, 64, 3)),
    "densenet169": (tv("densenet169"), (64, 64, 3)),
    "densenet201": (tv("densenet201"), (64, 64, 3)),
    # Small
    "squeezenet1.0": (tv("squeezenet1_0"), (97, 75, 3)),
    "squeezenet1.1": (tv("squeezenet1_1"), (97, 75, 3)),
    "mobilenet-v1": (tm("mobilenetv1_100"), (96, 64, 3)),
    "mobilenet-v2": (tv("mobilenet_v2"), (97, 75, 3)),
    "mobilenet-v2:width=0.5": (tv("mobilenet_v2", width_mult=0.5), (64, 64, 3)),
    "mobilenet-v3": (tv("mobilenet_v3_large"), (97, 75, 3)),
    "mobilenet-v3-small": (tv("mobilenet_v3_small"), (64, 96, 3)),
    "shufflenet-v2": (tv("shufflenet_v2_x1_0"), (97, 75, 3)),
    "shufflenet-v2:width=0.5": (tv("shufflenet_v2_x0_5"), (64, 64, 3)),
    "shufflenet-v2:width=1.5": (tv("shufflenet_v2_x1_5"), (64, 64, 3)),
    "shufflenet-v2:width=2": (tv("shufflenet_v2_x2_0"), (64, 64, 3)),
    "efficientnet-b0": (tv("efficientnet_b0"), (97, 75, 3)),
    "convnext-tiny": (tv("convnext_tiny"), (96, 64, 3)),
    # Inception
    "googlenet": (tv("googlenet", aux_logits=True, init_weights=False), (97, 75, 3)),
    "googlenet:aux=1": (tv("googlenet", aux_logits=True, init_weights=False), (64, 64, 3)),
    "googlenet-2014": (googlenet_2014, (224, 224, 3)),
    "googlenet-2014:aux=1": (lambda: googlenet_2014(aux=True), (224, 224, 3)),
    "inception-v2": (InceptionV2, (96, 128, 3)),
    "inception-v3": (tv("inception_v3", aux_logits=False, init_weights=False), (107, 91, 3)),
    "inception-v3:aux=1": (tv("inception_v3", aux_logits=True, init_weights=False), (299, 299, 3)),
    "inception-resnet-v2": (tm("inception_resnet_v2"), (107, 91, 3)),
    "xception": (tm("legacy_xception"), (97, 91, 3)),
    # Scores for each pixel
    "fcn-resnet50": (fcn("fcn_resnet50"), (65, 97, 3)),
    "fcn-resnet50:aux=1": (fcn("fcn_resnet50", aux=True), (64, 64, 3)),
    "fcn-resnet101": (fcn("fcn_resnet101"), (64, 64, 3)),
    "deconvnet": (DeconvNet, (231, 250, 3)),
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
    "resnet20": (lambda: resnet_cifar(3), (32, 32, 3)),
    "resnet56": (lambda: resnet_cifar(9), (32, 32, 3)),
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
    # U-Net and its relatives
    "unet": (lambda: scaled(UNet(0)), (188, 204, 1)),
    "unet-same": (lambda: scaled(UNet(1)), (64, 48, 1)),
    "unet-small": (SmallUNet, (64, 48, 4)),
    "dense-unet": (DenseUNet, (64, 48, 1)),
    "mdunet": (MDUNet, (64, 48, 3)),
    "probabilistic-unet:latent=mean": (lambda: scaled(ProbabilisticUNet()), (64, 48, 1)),
    # timm's weights of models that torchvision has too, under other names
    "mobilenet-v2 (timm)": (tm("mobilenetv2_100"), (96, 97, 3)),
    "mobilenet-v2:width=1.4 (timm)": (tm("mobilenetv2_140"), (96, 97, 3)),
    "mobilenet-v3 (timm)": (tm("mobilenetv3_large_100"), (96, 97, 3)),
    "mobilenet-v3-small (timm)": (tm("mobilenetv3_small_100"), (96, 97, 3)),
    "mobilenet-v3:width=0.75 (timm)": (tm("mobilenetv3_large_075"), (64, 96, 3)),
    "mobilenet-v3-small:width=0.75 (timm)": (tm("mobilenetv3_small_075"), (64, 96, 3)),
    "mobilenet-v3-small:width=0.5 (timm)": (tm("mobilenetv3_small_050"), (64, 96, 3)),
    "efficientnet-b0 (timm)": (tm("efficientnet_b0"), (96, 97, 3)),
    # timm's weights from TensorFlow, whose names are those of its others
    "mobilenet-v3:width=0.75,epsilon=1e-3,padding=same (timm)": (tm("tf_mobilenetv3_large_075"), (97, 64, 3)),
    "efficientnet-b0:epsilon=1e-3,padding=same (timm)": (tm("tf_efficientnet_b0"), (97, 64, 3)),
    "convnext-tiny (timm)": (tm("convnext_tiny"), (96, 96, 3)),
    "vgg11 (timm)": (tm("vgg11"), (224, 224, 3)),
    "vgg16-bn (timm)": (tm("vgg16_bn"), (224, 224, 3)),
    # Sequences
    "wav2letter": (lambda: scaled(Wav2Letter(1, takes_sound=True)), (8000, 1)),
    "wav2letter-spectrum": (lambda: scaled(Wav2Letter(201)), (100, 201)),
    "wav2letter-mfcc": (lambda: scaled(Wav2Letter(13)), (101, 13)),
    "textcnn": (TextCNN, (64,)),
}


def randomize(model):
    """Weights of the size that PyTorch draws, but no factor 1, bias 0, mean 0 or variance 1."""
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.1)
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
        elif isinstance(module, (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Linear)) and module.bias is not None:
            nn.init.normal_(module.bias, std=0.1)


def channels_first(images):
    images = torch.from_numpy(images)
    return torch.movedim(images, -1, 1) if images.dim() > 2 else images


def outputs(name, result):
    """The scores, channels last, and those of the heads that our model has, with how much the loss of each counts."""
    if isinstance(result, dict):
        found = [(result[key], weight) for key, weight in (("out", 1), ("aux", 0.5)) if key in result]
    elif isinstance(result, tuple):
        found = [(result[0], 1)] + [(head, 0.3 if len(result) == 3 else 0.4) for head in result[1:]]
    else:
        found = [(result, 1)]
    found = [(torch.movedim(scores, 1, -1), weight) for scores, weight in found]
    return found if "aux=1" in name else found[:1]


def line(argument):
    """The name, what makes the model, and the shape of its input: the table's, or another behind an @."""
    name, _, size = argument.partition("@")
    make, shape = MODELS[name]
    size = tuple(int(number) for number in size.split("x")) if size else ()
    return name.partition(" ")[0], make, size + shape[len(size):]


def examples(random, count, shape):
    if len(shape) > 1:
        return random.standard_normal((count, *shape), dtype=np.float32)
    return random.integers(0, 1000, (count, *shape), dtype=np.int32)


def difference(argument, folder):
    """The largest difference of a score, relative to the largest score."""
    name, make, shape = line(argument)
    torch.manual_seed(7)
    model = make().eval()
    randomize(model)
    images = examples(np.random.default_rng(8), 2, shape)
    with torch.no_grad():
        expected = outputs(name, model(channels_first(images)))[0][0].numpy()
    weights, converted = f"{folder}/weights.pth", f"{folder}/converted.fovea"
    torch.save(model.state_dict(), weights)
    np.savez(f"{folder}/in.npz", input=images)
    command(["convert", weights, converted, "--model", sized(name, shape)])
    command(["run", converted, "--inputs", f"{folder}/in.npz", "--outputs", f"{folder}/out.npz"])
    scores = np.load(f"{folder}/out.npz")["output"]
    if scores.shape != expected.shape:
        raise ValueError(f"the scores are {scores.shape}, there {expected.shape}")
    return float(np.abs(scores - expected).max() / np.abs(expected).max())


def sized(name, shape):
    """The name with the size of its images, or the length of its sequences."""
    size = "x".join(map(str, shape[:2]))
    return f"{name}{',' if ':' in name else ':'}input={size}"


def gradients(name, model, images, upstream, precision):
    """The gradients of a weighted sum of the scores by name, and the buffers after this one batch."""
    model = copy.deepcopy(model).to(precision)
    images = channels_first(images)
    scores = outputs(name, model(images.to(precision) if images.is_floating_point() else images))
    upstream = torch.from_numpy(upstream).to(precision)
    sum(weight * (part * upstream).sum() for part, weight in scores).backward()
    found = {**dict(model.named_buffers()), **{key: value.grad for key, value in model.named_parameters()}}
    return {key: value.float() for key, value in found.items() if value is not None}


def write_gradients(argument, folder):
    """Gradients in double precision, of a batch for which single precision suffices PyTorch itself.

    Where a rectifier or a maximum falls to the other side by rounding, gradients change by some percent. Of models for
    which no such batch is found, ours are computed in double precision too, by the definitions, which takes minutes.
    Our rounding may still turn one that PyTorch's does not: then 'exact' of the .npz, set to 1, tells whether it is that.
    """
    name, make, shape = line(argument)
    torch.manual_seed(7)
    model = make()
    randomize(model)
    for module in model.modules():
        if isinstance(module, (nn.Dropout, torchvision.ops.StochasticDepth)):
            module.p = 0
    with torch.no_grad():
        nothing = channels_first(np.zeros_like(examples(np.random.default_rng(0), 1, shape)))
        scores = outputs(name, copy.deepcopy(model).eval()(nothing))[0][0]
    is_exact = True
    for seed in range(5):
        random = np.random.default_rng(seed)
        images = examples(random, 4, shape)
        upstream = random.standard_normal((4, *scores.shape[1:]), dtype=np.float32)
        exact = gradients(name, model, images, upstream, torch.float64)
        errors = []
        for is_enabled in (True, False):  # two libraries that round in other places
            with torch.backends.mkldnn.flags(enabled=is_enabled):
                rounded = gradients(name, model, images, upstream, torch.float32)
            errors += [
                (rounded[key] - exact[key]).abs().max() / exact[key].abs().max().clamp(min=1e-30) for key in exact]
        if max(errors) < TOLERANCE:
            is_exact = False
            break
    path = f"{folder}/{sized(name, shape)}"
    torch.save(model.state_dict(), path + ".weights.pth")
    torch.save(exact, path + ".gradients.pth")
    np.savez(path + ".npz", input=images, upstream=upstream, exact=np.float32([is_exact]))


def command(arguments):
    done = subprocess.run([FOVEA, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise ValueError((done.stderr or done.stdout).strip())


def main():
    arguments = sys.argv[1:]
    folder = arguments[1] if arguments[:1] == ["--gradients"] and len(arguments) > 1 else None
    names = arguments[2 if folder else 0:] or list(MODELS)
    unknown = [name for name in names if name.partition("@")[0] not in MODELS]
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
        print(f"{name:32}{'ok' if passed else 'FAILED':8}{text}", flush=True)
        if not passed:
            failed.append(name)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
