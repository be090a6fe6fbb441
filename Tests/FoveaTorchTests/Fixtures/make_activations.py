"""Makes activations.json: functions of one number, and those in which channels compete. Run: python3 make_activations.py"""

import torch
import torch.nn.functional as F

from torch_fixture import Examples, channels_first, channels_last

e = Examples()
WIDE = {"input": (-5, 5)}
HUGE = {"input": (-90, 90)}
functions = {
    "relu": F.relu, "relu6": lambda x: F.relu6(x), "hard tanh": lambda x: F.hardtanh(x, -0.5, 1.5),
    "leaky relu": lambda x: F.leaky_relu(x, 0.2), "elu": lambda x: F.elu(x, 1.3), "celu": lambda x: F.celu(x, 0.7),
    "selu": F.selu, "gelu": F.gelu, "gelu by tanh": lambda x: F.gelu(x, approximate="tanh"), "silu": F.silu,
    "swish": lambda x: x * torch.sigmoid(1.5 * x), "hard swish": F.hardswish, "mish": F.mish, "tanh": torch.tanh,
    "scaled tanh": lambda x: 1.7159 * torch.tanh(2 * x / 3), "sigmoid": torch.sigmoid, "hard sigmoid": F.hardsigmoid,
    "log sigmoid": F.logsigmoid, "softplus": lambda x: F.softplus(x, threshold=1000), "softsign": F.softsign,
    "softmax": lambda x: F.softmax(2 * x, -1), "log softmax": lambda x: F.log_softmax(x, -1),
}
for name, function in functions.items():
    ranges = {"input": (-8, 8)} if name in ("relu6", "hard swish", "hard sigmoid") else WIDE
    e.add(name, [2, 3, 5, 7], lambda x, p, f=function: f(x), ranges=ranges)
for name in ("softplus", "gelu", "silu"):
    e.add(name + " of large numbers", [3, 11], lambda x, p, f=functions[name]: f(x), ranges=HUGE)
e.add("prelu", [2, 3, 5, 7], lambda x, p: channels_last(F.prelu(channels_first(x), p["slope"])), [("slope", [7])], WIDE)
e.add("rrelu, in inference", [2, 5, 3], lambda x, p: F.rrelu(x, training=False), ranges=WIDE, training=False)
e.add("maxout", [2, 3, 5, 6], lambda x, p: x.unflatten(-1, (2, 3)).amax(-1))
e.write("activations")
