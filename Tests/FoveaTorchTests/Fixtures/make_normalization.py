"""Makes normalization.json: normalisations, and layers that are more than one product. Run: python3 make_normalization.py"""

import torch
import torch.nn.functional as F

from torch_fixture import Examples, channels_first, channels_last, kernel

e = Examples()


def group_norm(x, p, groups):
    return channels_last(F.group_norm(channels_first(x), groups, p["scale"], p["bias"]))


def instance_norm(x, p, eps=1e-5):
    return channels_last(F.instance_norm(channels_first(x), weight=p.get("scale"), bias=p.get("bias"), eps=eps))


def response_norm(x, *numbers):
    return channels_last(F.local_response_norm(channels_first(x), *numbers))


def within_channels(x, size, alpha, beta, k):
    mean = F.avg_pool2d(channels_first(x * x), size, 1, size // 2, count_include_pad=True)
    return x / (k + alpha * channels_last(mean)) ** beta


def normed(w, length):
    return w / w.flatten(0, -2).norm(dim=0) * length


def affine(count):
    return [("scale", [count]), ("bias", [count])]



def batch_norm(x, p):
    return channels_last(F.batch_norm(channels_first(x), None, None, p["scale"], p["bias"], training=True, eps=1e-3))


e.add("batch norm of rows", [7, 4], batch_norm, affine(4))
e.add("batch norm 1d", [3, 5, 4], batch_norm, affine(4))
e.add("batch norm 3d", [2, 3, 2, 4, 3], batch_norm, affine(3))
e.add("group norm", [2, 3, 5, 6], lambda x, p: group_norm(x, p, 3), affine(6))
e.add("group norm of volumes", [2, 2, 3, 2, 4], lambda x, p: group_norm(x, p, 2), affine(4))
e.add("group norm of many channels", [2, 3, 4, 32], lambda x, p: group_norm(x, p, 8), affine(32))
e.add("instance norm", [2, 4, 5, 3], instance_norm)
e.add("instance norm, affine", [2, 7, 3], lambda x, p: instance_norm(x, p, 1e-3), affine(3))
e.add("layer norm", [2, 3, 4, 5], lambda x, p: F.layer_norm(x, [5], p["scale"], p["bias"]), affine(5))
e.add("layer norm of examples", [3, 2, 4, 3], lambda x, p: F.layer_norm(x, [2, 4, 3], p["scale"], p["bias"]),
      [("scale", [2, 4, 3]), ("bias", [2, 4, 3])])
e.add("response norm", [2, 3, 4, 7], lambda x, p: response_norm(x, 5, 0.3, 0.75, 2))
e.add("response norm of an even window", [2, 3, 4, 7], lambda x, p: response_norm(x, 4, 0.3, 0.6, 1))
e.add("response norm of sums", [2, 3, 4, 18], lambda x, p: response_norm(x, 3, 0.3, 0.75, 2))
e.add("response norm within channels", [2, 5, 4, 3], lambda x, p: within_channels(x, 3, 0.5, 0.75, 1))
e.add("weight norm", [3, 5], lambda x, p: x @ normed(p["weights"], p["weights_length"]) + p["bias"],
      [("weights", [5, 4]), ("weights_length", [4]), ("bias", [4])])
e.add("weight norm of a convolution", [2, 5, 4, 3],
      lambda x, p: channels_last(F.conv2d(
          channels_first(x), kernel(normed(p["weights"], p["weights_length"])), p["bias"])),
      [("weights", [3, 3, 3, 4]), ("weights_length", [4]), ("bias", [4])])


def squeeze_excitation(x, p):
    squeezed = F.relu(x.mean((1, 2)) @ p["squeeze.weights"] + p["squeeze.bias"])
    return x * torch.sigmoid(squeezed @ p["excite.weights"] + p["excite.bias"])[:, None, None]


e.add("squeeze and excitation", [3, 4, 5, 6], squeeze_excitation,
      [("squeeze.weights", [6, 3]), ("squeeze.bias", [3]), ("excite.weights", [3, 6]), ("excite.bias", [6])])
e.add("bilinear", [2, 3, 4], lambda x, p: F.bilinear(
    x[0], x[1], p["weights"].unflatten(-1, (4, 3)).permute(2, 0, 1), p["bias"]), [("weights", [4, 12]), ("bias", [3])])
e.add("rbf", [3, 6], lambda x, p: ((x[:, :, None] - p["centers"]) ** 2).sum(1), [("centers", [6, 4])])


def ctc(x, p, labels=((1, 2, 2), (3, 0, 0), (0, 0, 0)), blank=0):
    logarithms = F.log_softmax(x, -1).transpose(0, 1)
    lengths, counts = torch.tensor([8, 6, 5]), torch.tensor([3, 1, 0])
    return F.ctc_loss(logarithms, torch.tensor(labels), lengths, counts, blank=blank, reduction="none").mean()


e.add("ctc", [3, 8, 4], ctc, ranges={"input": (-3, 3)})
e.add("ctc, the blank in the middle", [3, 8, 4], lambda x, p: ctc(x, p, ((0, 3, 3), (1, 0, 0), (0, 0, 0)), 2),
      ranges={"input": (-3, 3)})
e.add("ctc, the blank last", [3, 8, 4], lambda x, p: ctc(x, p, ((0, 0, 1), (2, 0, 0), (0, 0, 0)), 3),
      ranges={"input": (-3, 3)})
e.write("normalization")
