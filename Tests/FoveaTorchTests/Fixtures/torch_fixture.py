"""What the make_*.py scripts of this folder share: examples of layers, with PyTorch's outputs and gradients.

Inputs, parameters and the weights of the outputs in the loss are not stored: `numbers` makes them here as
`TorchExample.numbers` makes them in Swift. Everything is computed in double precision and written as N×spatial…×C.
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)


def numbers(shape, seed, low=-1.0, high=1.0):
    """Different numbers in low...high, no zero among them, without any pattern; exact in float32."""
    count = 1
    for size in shape:
        count *= size
    index = torch.arange(count, dtype=torch.int64)
    uniform = ((index * 7919 + seed * 104729 + 12345) % 16381 + 0.5) / 16381
    return (low + (high - low) * uniform).float().double().reshape(shape)


def whole_numbers(shape, seed, bound):
    """Whole numbers in 0..<bound, many of them more than once."""
    index = torch.arange(torch.Size(shape).numel(), dtype=torch.int64)
    return ((index * 7919 + seed * 104729 + 12345) % 16381 % bound).reshape(shape)


def channels_first(x):
    """N×spatial…×C → N×C×spatial…"""
    return x.movedim(-1, 1)


def channels_last(x):
    """N×C×spatial… → N×spatial…×C"""
    return x.movedim(1, -1)


def kernel(w):
    """window…×I×O → O×I×window…, as PyTorch's convolutions want it."""
    return w.movedim((-1, -2), (0, 1))


def entry(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]}


class Examples:
    def __init__(self):
        self.examples = {}

    def add(self, name, input_shape, function, parameters=(), ranges=None, training=True, integers=None):
        """`function(x, parameters by path)` on N×spatial…×C.

        integers: the input is of whole numbers below this one, and has no gradient.
        parameters: (path, shape) of each, in the order in which the Swift layer makes them.
        ranges: (low, high) of the numbers of a parameter, or of "input"; -1...1 unless told.
        """
        ranges = ranges or {}
        if integers:
            x = whole_numbers(input_shape, 1, integers)
        else:
            x = numbers(input_shape, 1, *ranges.get("input", (-1, 1))).requires_grad_()
        values = {path: numbers(shape, 2 + i, *ranges.get(path, (-1, 1))).requires_grad_()
                  for i, (path, shape) in enumerate(parameters)}
        output = function(x, values)
        if output.requires_grad:
            (output * numbers(output.shape, 100)).sum().backward()
        gradients = {path: entry(value.grad) for path, value in values.items() if value.grad is not None}
        if x.grad is not None:
            gradients["input"] = entry(x.grad)
        assert name not in self.examples, name
        self.examples[name] = {
            "input": list(input_shape), **({"integers": integers} if integers else {}), "training": training, "output": entry(output), "gradients": gradients,
            "parameters": [{"path": path, "shape": list(shape)} for path, shape in parameters],
            "ranges": {path: list(bounds) for path, bounds in ranges.items()}}

    def write(self, name):
        path = pathlib.Path(__file__).parent / f"{name}.json"
        path.write_text(json.dumps(self.examples, separators=(",", ":")).replace('},"', '},\n"') + "\n")
        print(f"{path.name}: {len(self.examples)} examples, {path.stat().st_size} bytes")
