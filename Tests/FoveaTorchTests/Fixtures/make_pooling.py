"""Makes pooling.json: pooling, unpooling, resizing and rearrangement. Run: python3 make_pooling.py"""

import torch
import torch.nn.functional as F

from torch_fixture import Examples, channels_first, channels_last

e = Examples()
shapes = {1: [2, 9, 2], 2: [1, 7, 6, 3], 3: [1, 5, 4, 6, 1]}
positive = {"input": (0.25, 1.0)}


def add(name, axes, function, shape=None, ranges=None):
    e.add(name, shape or shapes[axes], lambda x, _: channels_last(function(channels_first(x))), ranges=ranges)


def dims(name, axes):
    return getattr(F, name.replace("#", str(axes)))


def windows(x, sizes):
    """Sums over windows of as many outputs along each axis: from ⌊i · n / o⌋ to ⌈(i + 1) · n / o⌉."""
    for axis, count in enumerate(sizes, 2):
        n = x.shape[axis]
        x = torch.stack([x.narrow(axis, i * n // count, -(-(i + 1) * n // count) - i * n // count).sum(axis)
                         for i in range(count)], axis)
    return x


for n in (1, 2, 3):
    pool = dims("max_pool#d", n)
    add(f"max pool {n}d", n, lambda x: pool(x, 2))
    add(f"max pool {n}d, overlapping, padded, rounded up", n, lambda x: pool(x, 3, 2, 1, ceil_mode=True))
    add(f"max pool {n}d, dilated", n, lambda x: pool(x, 2, 1, 1, 2))
    add(f"max pool {n}d, hanging over", n, lambda x: pool(x, 3, 3, 0, ceil_mode=True))
    add(f"min pool {n}d, rounded up", n, lambda x: -pool(-x, 3, 2, 1, ceil_mode=True))
    average = dims("avg_pool#d", n)
    for counts in (False, True):
        for up in (False, True):
            add(f"average pool {n}d, padding {'counted' if counts else 'not counted'}{', rounded up' if up else ''}", n,
                lambda x: average(x, 3, 2, 1, ceil_mode=up, count_include_pad=counts))
    add(f"sum pool {n}d", n, lambda x: average(x, 3, 2, 1, count_include_pad=True) * 3 ** n)
    norm = dims("lp_pool#d", n)
    add(f"lp pool {n}d, 2", n, lambda x: norm(x, 2, 3, 2))
    add(f"lp pool {n}d, 3", n, lambda x: norm(x, 3, 2, 1), ranges=positive)
    add(f"lp pool {n}d, 1.5", n, lambda x: norm(x, 1.5, 2), ranges=positive)
    add(f"lp pool {n}d, 1", n, lambda x: norm(x, 1.0, 2), ranges=positive)

    spatial = tuple(range(2, n + 2))
    for kind, function in {
        "average": lambda x: x.mean(spatial), "sum": lambda x: x.sum(spatial), "max": lambda x: x.amax(spatial),
        "min": lambda x: x.amin(spatial), "lp": lambda x: (x ** 2).sum(spatial).sqrt(),
    }.items():
        e.add(f"global {kind} pool {n}d", shapes[n], lambda x, _: function(channels_first(x)))
    target = {1: 4, 2: (3, 4), 3: (2, 3, 4)}[n]
    sizes = target if n > 1 else (target,)
    add(f"adaptive sum pool {n}d", n, lambda x: windows(x, sizes))
    add(f"adaptive lp pool {n}d, 2", n, lambda x: windows(x ** 2, sizes).sqrt())
    add(f"adaptive lp pool {n}d, 3", n, lambda x: windows(x ** 3, sizes) ** (1 / 3), ranges=positive)
    add(f"adaptive average pool {n}d", n, lambda x: dims("adaptive_avg_pool#d", n)(x, target))
    add(f"adaptive average pool {n}d, evenly", n, lambda x: dims("adaptive_avg_pool#d", n)(x, 1))
    add(f"adaptive max pool {n}d", n, lambda x: dims("adaptive_max_pool#d", n)(x, target))
    add(f"adaptive min pool {n}d", n, lambda x: -dims("adaptive_max_pool#d", n)(-x, target))

    for name, size, stride in (("apart", 2, 2), ("overlapping", 3, 2)):
        def unpool(x):
            y, switches = pool(x, size, stride, return_indices=True)
            return dims("max_unpool#d", n)(y, switches, size, stride, output_size=x.shape[2:])
        add(f"max unpool {n}d, {name}", n, unpool)

    def unpool_elsewhere(x):
        y, switches = pool(x, 2, return_indices=True)
        return dims("max_unpool#d", n)(y, switches, 2, output_size={1: (8,), 2: (7, 7), 3: (5, 5, 6)}[n])
    add(f"max unpool {n}d, to another size", n, unpool_elsewhere)

    mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[n]
    to = {1: 14, 2: (10, 13), 3: (7, 9, 5)}[n]
    less = {1: 5, 2: (3, 4), 3: (3, 2, 4)}[n]
    add(f"upsample {n}d, nearest", n, lambda x: F.interpolate(x, scale_factor=2, mode="nearest"))
    add(f"upsample {n}d, nearest, to a size", n, lambda x: F.interpolate(x, to, mode="nearest"))
    for aligns in (False, True):
        corners = ", corners aligned" if aligns else ""
        add(f"upsample {n}d, linear{corners}", n,
            lambda x: F.interpolate(x, scale_factor=2, mode=mode, align_corners=aligns))
        add(f"upsample {n}d, linear, to a size{corners}", n,
            lambda x: F.interpolate(x, to, mode=mode, align_corners=aligns))
        add(f"upsample {n}d, linear, to less{corners}", n,
            lambda x: F.interpolate(x, less, mode=mode, align_corners=aligns))
        if n == 2:
            add(f"upsample 2d, cubic{corners}", n,
                lambda x: F.interpolate(x, scale_factor=3, mode="bicubic", align_corners=aligns))
            add(f"upsample 2d, cubic, to a size{corners}", n,
                lambda x: F.interpolate(x, to, mode="bicubic", align_corners=aligns))

add("max pool, other sizes along each axis", 2, lambda x: F.max_pool2d(x, (3, 2), (1, 3), (1, 0), (2, 1), ceil_mode=True))
add("average pool, divisor of 5", 2, lambda x: F.avg_pool2d(x, 3, 2, 1, divisor_override=5))
add("upsample, other factors along each axis", 2, lambda x: F.interpolate(x, scale_factor=(3, 2), mode="nearest"))
add("upsample one pixel", 2, lambda x: F.interpolate(x, (3, 4), mode="bilinear"), shape=[2, 1, 1, 5])
add("upsample 17 channels", 2, lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"), shape=[2, 5, 3, 17])
add("pixel shuffle", 2, lambda x: F.pixel_shuffle(x, 2), shape=[2, 3, 5, 12])
add("pixel unshuffle", 2, lambda x: F.pixel_unshuffle(x, 3), shape=[2, 6, 9, 2])
e.add("crop 2d", shapes[2], lambda x, _: x[:, 1:-2, 2:, :])
e.add("crop", shapes[1], lambda x, _: x[:, 2:-1, :1])
e.add("repeat", shapes[2], lambda x, _: x.repeat(1, 2, 1, 3))
e.add("repeat vector", [3, 5], lambda x, _: x.unsqueeze(1).repeat(1, 4, 1))
e.add("flip", shapes[2], lambda x, _: x.flip(1, 3))
for axis in (1, 2, 3):
    e.add(f"gather along axis {axis}", shapes[2], lambda x, _: x.index_select(axis, torch.tensor([2, 0, 2, 1])))
e.write("pooling")
