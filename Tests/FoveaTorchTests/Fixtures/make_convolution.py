"""Makes convolution.json: the convolution family. Run: python3 make_convolution.py"""

import torch
import torch.nn.functional as F

from torch_fixture import Examples, channels_first, channels_last, kernel

e = Examples()


def convolve(x, w, bias=None, pad=None, mode="constant", **attributes):
    """x N×spatial…×C, w window…×I×O; pad: (before, after) of each axis."""
    x = channels_first(x)
    if pad:
        x = F.pad(x, [p for axis in reversed(pad) for p in axis], mode=mode)
    return channels_last({3: F.conv1d, 4: F.conv2d, 5: F.conv3d}[x.dim()](x, kernel(w), bias, **attributes))


def add(name, x, w, bias=True, flips=False, activation=lambda y: y, **attributes):
    parameters = [("weights", w)] + ([("bias", w[-1:])] if bias else [])

    def function(x, p):
        weights = p["weights"].flip(tuple(range(len(w) - 2))) if flips else p["weights"]
        return activation(convolve(x, weights, p.get("bias"), **attributes))

    e.add(name, x, function, parameters)


add("conv1d", [2, 9, 3], [4, 3, 5], stride=2, pad=[(1, 1)])
add("conv1d, dilated and grouped", [2, 11, 4], [3, 2, 6], bias=False, dilation=3, groups=2)
add("conv1d, full", [2, 7, 3], [3, 3, 4], pad=[(4, 4)], dilation=2)
add("conv2d, full", [2, 5, 4, 3], [3, 2, 3, 4], pad=[(2, 2), (1, 1)])
add("conv2d, same", [1, 7, 5, 2], [4, 2, 2, 3], pad=[(1, 2), (0, 1)], stride=2)
add("conv2d, turned", [2, 6, 5, 3], [3, 2, 3, 4], flips=True)
add("conv2d, asymmetric, tanh", [2, 6, 5, 17], [3, 3, 17, 16], pad=[(0, 2), (3, 1)], activation=torch.tanh)
for mode in ("reflect", "replicate", "circular"):
    add(f"conv1d, {mode}", [2, 7, 3], [4, 3, 5], pad=[(2, 1)], mode=mode)
    add(f"conv2d, {mode}", [2, 6, 5, 3], [5, 3, 3, 4], pad=[(2, 2), (1, 1)], mode=mode, stride=(1, 2))
    add(f"conv3d, {mode}", [1, 3, 4, 3, 2], [3, 3, 3, 2, 3], pad=[(1, 1)] * 3, mode=mode)
add("conv3d", [2, 4, 5, 3, 3], [3, 2, 1, 3, 4], stride=(1, 2, 1), pad=[(1, 1), (0, 0), (2, 2)])
add("conv3d, grouped, dilated, turned", [1, 5, 4, 5, 4], [2, 2, 3, 2, 6], flips=True, groups=2, dilation=(2, 1, 2))

add("depthwise 1d", [2, 9, 5], [3, 1, 10], groups=5, stride=2)
add("depthwise 2d", [2, 7, 6, 17], [3, 3, 1, 17], groups=17, pad=[(1, 1), (1, 1)], activation=torch.relu)
add("depthwise 2d, multiplied and dilated", [2, 7, 6, 3], [2, 3, 1, 9], groups=3, dilation=(2, 1), bias=False)
add("depthwise 3d", [1, 4, 5, 4, 3], [2, 3, 2, 1, 6], groups=3, stride=(1, 2, 1))
for axes in (1, 2, 3):
    e.add(
        f"separable {axes}d", [2, 8, 7, 5][:axes + 1] + [3],
        lambda x, p: convolve(convolve(x, p["depthwise.weights"], groups=3), p["pointwise.weights"], p["pointwise.bias"]),
        [("depthwise.weights", [3] * axes + [1, 6]), ("pointwise.weights", [1] * axes + [6, 4]),
         ("pointwise.bias", [4])])


def transposed(name, x, w, filters, crop=None, **attributes):
    """w window…×O/groups×I; crop: (before, after) of each axis of what PyTorch gives without padding."""

    def function(x, p):
        transpose = {3: F.conv_transpose1d, 4: F.conv_transpose2d, 5: F.conv_transpose3d}[x.dim()]
        y = transpose(channels_first(x), kernel(p["weights"]), p["bias"], **attributes)
        for axis, (before, after) in enumerate(crop or []):
            y = y.narrow(axis + 2, before, y.shape[axis + 2] - before - after)
        return channels_last(y)

    e.add(name, x, function, [("weights", w), ("bias", [filters])])


transposed("transposed 1d", [2, 5, 3], [4, 2, 3], 2, stride=3, padding=1, output_padding=2)
transposed("transposed 2d", [2, 4, 3, 3], [3, 2, 4, 3], 4)
transposed("transposed 2d, strided", [2, 4, 3, 3], [3, 3, 4, 3], 4, stride=2, padding=1, output_padding=(1, 0))
transposed("transposed 2d, grouped and dilated", [1, 4, 3, 4], [3, 2, 3, 4], 6, groups=2, dilation=(2, 3), stride=2)
# Keras' "same": extent 4, stride 2 → 2 too many; extent 3, stride 2 → 1 too many, which goes at the end.
transposed("transposed 2d, same", [2, 4, 3, 3], [4, 3, 2, 3], 2, stride=2, crop=[(1, 1), (0, 1)])
transposed("transposed 3d", [1, 3, 2, 3, 2], [2, 3, 2, 3, 2], 3, stride=(2, 1, 2), padding=(0, 1, 0))


def unshared(x, p, strides):
    for axis, stride in enumerate(strides):
        x = x.unfold(axis + 1, 3, stride)  # N, output…, C, window…
    axes = len(strides)
    x = x.movedim(axes + 1, -1).flatten(axes + 1)
    return torch.einsum("n...k,...kf->n...f", x, p["weights"]) + p["bias"]


e.add("unshared 1d", [2, 9, 4], lambda x, p: unshared(x, p, [2]), [("weights", [4, 12, 5]), ("bias", [4, 5])])
e.add("unshared 2d", [3, 6, 7, 2], lambda x, p: unshared(x, p, [1, 2]),
      [("weights", [4, 3, 18, 4]), ("bias", [4, 3, 4])])
e.add("unshared 3d", [2, 4, 5, 3, 2], lambda x, p: unshared(x, p, [1, 2, 1]),
      [("weights", [2, 2, 1, 54, 3]), ("bias", [2, 2, 1, 3])])

# LeNet-5's C3: LeCun et al. 1998, table I. Column by column, the maps of S2 that each map of C3 sees.
columns = [[(first + i) % 6 for i in range(count)] for count in (3, 4) for first in range(6)]
columns += [[first, first + 1, (first + 3) % 6, (first + 4) % 6] for first in range(3)] + [list(range(6))]
places = [(i, o) for o, column in enumerate(columns) for i in sorted(column)]


def table(x, p):
    columns_of_weights = torch.tensor([i * 16 + o for i, o in places])
    w = torch.zeros(5, 5, 96).index_add(2, columns_of_weights, p["weights"]).reshape(5, 5, 6, 16)
    return convolve(x, w, p["bias"])


e.add("connection table", [1, 7, 6, 6], table, [("weights", [5, 5, 60]), ("bias", [16])])
transposed("transposed 2d, output padding below the dilation", [1, 3, 2, 3], [3, 2, 4, 3], 4, stride=(2, 1),
           dilation=(3, 2), output_padding=(2, 1))
e.write("convolution")
