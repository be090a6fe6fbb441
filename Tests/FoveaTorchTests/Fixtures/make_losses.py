"""Makes losses.json. Run: python3 make_losses.py"""

import torch
import torch.nn.functional as F

from torch_fixture import Examples, numbers

e = Examples()
WIDE = {"input": (-4, 4)}
WEIGHTS = torch.tensor([0.5, 2, 1, 0.25, 3])


def target(x, low, high):
    return numbers(list(x.shape), 50, low, high)


def mask(x):
    return (target(x, -1, 1) > 0).double()


def shares(x):
    t = target(x, 0, 1)
    return t / t.sum(-1, keepdim=True)


def labels(x, missing=None):
    index = torch.arange(x[..., 0].numel()) * 3 % x.shape[-1]
    if missing is not None:
        index[1] = missing
    return index


def cross_entropy(x, missing=None, **options):
    return F.cross_entropy(x.flatten(0, -2), labels(x, missing), **options)


def classes(name, shape=(7, 5), missing=None, **options):
    e.add(name, list(shape), lambda x, p: cross_entropy(x, missing, **options), ranges=WIDE)


def numbers_loss(name, function, ranges=None):
    e.add(name, [3, 4, 5], lambda x, p: function(x), ranges=ranges)


def focal(x, t, gamma, alpha):
    p = torch.sigmoid(x)
    loss = F.binary_cross_entropy_with_logits(x, t, reduction="none") * (1 - (p * t + (1 - p) * (1 - t))) ** gamma
    return (loss if alpha is None else loss * (alpha * t + (1 - alpha) * (1 - t))).mean()


def overlap(x, p, smooth, numerator, divisor):
    t, axes = mask(x), (0, 1)
    both, ps, ts = (p * t).sum(axes), p.sum(axes), t.sum(axes)
    return (1 - (numerator(both) + smooth) / (divisor(both, ps, ts) + smooth)).mean()


classes("cross-entropy")
classes("cross-entropy of pixels", (2, 3, 4, 5))
classes("smoothed", label_smoothing=0.1)
classes("weighted", weight=WEIGHTS)
classes("smoothed and weighted", label_smoothing=0.2, weight=WEIGHTS)
classes("without a class", ignore_index=3)
classes("smoothed, a class of weight 0", label_smoothing=0.3, weight=torch.tensor([0.5, 2, 0, 0.25, 3]))
classes("smoothed, weighted, without a label", missing=255, label_smoothing=0.2, weight=WEIGHTS, ignore_index=255)
bce = F.binary_cross_entropy_with_logits
numbers_loss("soft targets", lambda x: F.cross_entropy(x.flatten(0, -2), shares(x).flatten(0, -2)), WIDE)
numbers_loss("binary cross-entropy", lambda x: bce(x, target(x, 0, 1)), WIDE)
numbers_loss("binary cross-entropy, weighted", lambda x: bce(x, mask(x), pos_weight=torch.tensor(2.5)), WIDE)
numbers_loss("binary cross-entropy of large scores", lambda x: bce(x, mask(x)), {"input": (-80, 80)})
numbers_loss("focal", lambda x: focal(x, mask(x), 2, 0.25), WIDE)
numbers_loss("focal without weights", lambda x: focal(x, mask(x), 1.5, None), WIDE)
e.add("multi-class hinge", [7, 5], lambda x, p: F.multi_margin_loss(x, labels(x)), ranges=WIDE)
numbers_loss("hinge", lambda x: F.relu(1 - (2 * mask(x) - 1) * x).mean(), WIDE)
numbers_loss("kl divergence", lambda x: F.kl_div(F.log_softmax(x, -1), shares(x), reduction="none").sum(-1).mean(), WIDE)
numbers_loss("mse", lambda x: F.mse_loss(x, target(x, -1, 1)))
numbers_loss("mae", lambda x: F.l1_loss(x, target(x, -1, 1)))
numbers_loss("huber", lambda x: F.huber_loss(x, target(x, -1, 1), delta=0.4))
numbers_loss("cosine", lambda x: (1 - F.cosine_similarity(x, target(x, -1, 1), -1)).mean())
dice = (lambda both: 2 * both), (lambda both, p, t: p + t)
numbers_loss("dice", lambda x: overlap(x, torch.sigmoid(x), 1, *dice))
numbers_loss("dice by softmax", lambda x: overlap(x, torch.softmax(x, -1), 0.5, *dice))
numbers_loss("jaccard", lambda x: overlap(x, torch.sigmoid(x), 1, lambda b: b, lambda b, p, t: p + t - b))
numbers_loss("tversky", lambda x: overlap(x, torch.sigmoid(x), 1, lambda b: b,
                                          lambda b, p, t: b + 0.3 * (p - b) + 0.7 * (t - b)))
e.add("triplet", [3, 6, 5], lambda x, p: F.triplet_margin_loss(x[0], x[1], x[2], margin=0.5))


def contrastive(x):
    d = (x[0] - x[1] + 1e-6).norm(dim=-1)
    y = torch.arange(6) % 2
    return ((1 - y) * d ** 2 + y * F.relu(3 - d) ** 2).mean() / 2


e.add("contrastive", [2, 6, 5], lambda x, p: contrastive(x))
e.write("losses")
