"""Makes torch.json: what PyTorch computes, in double precision, for the examples of TorchTests.swift.

Run with PyTorch 2 in this directory: python3 make_torch_fixture.py
Images are written as NxHxWxC and kernels as HxWxIxO, as the project has them.
"""

import json

import torch
import torch.nn.functional as F

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
examples = {}


def numbers(*shape):
    """Multiples of 1/8 in -2...2: exact in every format, and some of them equal."""
    return torch.randint(-16, 17, shape) / 8


def entry(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{v:.12g}") for v in tensor.flatten().tolist()]}


def example(name, inputs, output):
    examples[name] = {"inputs": [entry(x) for x in inputs], "output": entry(output.detach())}


def last(x):
    """N×C×spatial… → N×spatial…×C."""
    return x.movedim(1, -1)


def kernel(w):
    """O×I×window… → window…×I×O."""
    return w.movedim((0, 1), (-1, -2))


def convolution(name, x, w, pad, **attributes):
    """pad: (before, after) of each axis."""
    x, w = x.requires_grad_(), w.requires_grad_()
    padded = F.pad(x, [p for axis in reversed(pad) for p in axis])
    y = {3: F.conv1d, 4: F.conv2d, 5: F.conv3d}[x.dim()](padded, w, **attributes)
    g = numbers(*y.shape)
    y.backward(g)
    example(name, [last(x.detach()), kernel(w.detach())], last(y))
    example(name + ", input gradient", [last(g), kernel(w.detach())], last(x.grad))
    example(name + ", weights gradient", [last(g), last(x.detach())], kernel(w.grad))


convolution("convolution", numbers(2, 3, 5, 4), numbers(4, 3, 3, 2), [(0, 0), (0, 0)])
convolution(
    "strided, dilated, grouped convolution", numbers(2, 4, 7, 5), numbers(6, 2, 3, 2), [(1, 2), (0, 3)],
    stride=(2, 1), dilation=(1, 2), groups=2)
# Keras' "same" of an even window at stride 2 over 7×5: 7 → 4 needs 3·2 + 4 − 7 = 3, 5 → 3 needs 2·2 + 2 − 5 = 1.
convolution("same convolution", numbers(1, 2, 7, 5), numbers(3, 2, 4, 2), [(1, 2), (0, 1)], stride=2)
convolution("depthwise convolution", numbers(1, 3, 4, 4), numbers(6, 1, 3, 3), [(1, 1), (1, 1)], groups=3)
convolution("convolution over a sequence", numbers(2, 3, 9), numbers(2, 3, 3), [(2, 0)], stride=2)
convolution("convolution over a volume", numbers(1, 2, 3, 4, 3), numbers(2, 2, 2, 3, 2), [(1, 0), (0, 0), (1, 1)])


def pooling(name, pool, x):
    x = x.requires_grad_()
    y = pool(x)
    g = numbers(*y.shape)
    y.backward(g)
    example(name, [last(x.detach())], last(y))
    return last(g), last(x.detach()), last(x.grad)


def max_pooling(name, x, **attributes):
    g, x, gradient = pooling(name, lambda x: F.max_pool2d(x, **attributes), x)
    example(name + ", gradient", [g, x], gradient)


def average_pooling(name, x, **attributes):
    g, x, gradient = pooling(name, lambda x: F.avg_pool2d(x, **attributes), x)
    example(name + ", gradient", [g], gradient)


max_pooling("max pooling", numbers(2, 3, 7, 5), kernel_size=(3, 2), stride=2, padding=1)
max_pooling("max pooling of equal numbers", torch.zeros(1, 2, 5, 5), kernel_size=3, stride=1, padding=1)
max_pooling("dilated max pooling", numbers(1, 2, 7, 6), kernel_size=2, stride=1, dilation=(3, 2))
for counts in (False, True):
    average_pooling(
        f"average pooling, padding {'counted' if counts else 'not counted'}", numbers(2, 3, 7, 5), kernel_size=3,
        stride=2, padding=1, count_include_pad=counts)

x, scale, bias = (t.requires_grad_() for t in (numbers(3, 4, 2, 3), numbers(4), numbers(4)))
y = F.batch_norm(x, None, None, scale, bias, training=True, eps=1e-3)
g = numbers(*y.shape)
y.backward(g)
moments = torch.stack([x.detach().mean((0, 2, 3)), x.detach().var((0, 2, 3), unbiased=False)])
sums = torch.stack([scale.grad, bias.grad])
example("batch normalisation", [last(x.detach()), scale.detach(), bias.detach()], last(y))
example("moments", [last(x.detach())], moments)
example("batch normalisation, reductions", [last(g), last(x.detach()), moments], sums)
example(
    "batch normalisation, input gradient", [last(g), last(x.detach()), moments, scale.detach(), sums], last(x.grad))
mean, variance = numbers(4), numbers(4).abs() + 0.5
example(
    "normalisation by given moments",
    [last(x.detach()), torch.stack([mean, variance]), scale.detach(), bias.detach()],
    last(F.batch_norm(x, mean, variance, scale, bias, training=False, eps=1e-3)))

x = numbers(3, 5).requires_grad_()
labels = torch.tensor([4, 0, 2])
loss = F.cross_entropy(x, labels, reduction="none")
g = numbers(3)
loss.backward(g)
example("softmax", [x.detach()], F.softmax(x, -1))
example("logarithm of the softmax", [x.detach()], F.log_softmax(x, -1))
example("cross-entropy", [x.detach(), labels], loss)
example("cross-entropy, gradient", [g, x.detach(), labels], x.grad)

w, rate, decay, beta1, beta2 = numbers(6).requires_grad_(), 0.125, 0.25, 0.5, 0.75
adam = torch.optim.AdamW([w], lr=rate, betas=(beta1, beta2), eps=1e-8, weight_decay=decay)
for step in (1, 2, 3):
    old, w.grad = w.detach().clone(), numbers(6) + 0.0625
    adam.step()
state = adam.state[w]
rates = torch.tensor([rate / (1 - beta1**3), 1 / (1 - beta2**3), rate * decay])
example("adam", [old, state["exp_avg"], state["exp_avg_sq"], rates], w)

with open("torch.json", "w") as file:
    file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in examples.items()) + "\n}\n")
