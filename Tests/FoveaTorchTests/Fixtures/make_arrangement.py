"""Makes arrangement.json: layers that move, look up or join numbers. Run: python3 make_arrangement.py"""

import torch
import torch.nn.functional as F

from torch_fixture import Examples, channels_first, channels_last

e = Examples()
embedding = (lambda x, p: F.embedding(x, p["table"]))
e.add("embedding", [3, 5], embedding, [("table", [7, 4])], integers=7)
e.add("embedding of one number", [4], embedding, [("table", [2, 3])], integers=2)
e.add("embedding of pictures", [2, 3, 4], embedding, [("table", [5, 2])], integers=5)
e.add("embedding and convolution", [2, 9],
      lambda x, p: channels_last(F.conv1d(channels_first(F.embedding(x, p["table"])), p["weights"].permute(2, 1, 0),
                                          p["bias"], padding=1)),
      [("table", [6, 3]), ("weights", [3, 3, 4]), ("bias", [4])], integers=6)
e.add("one-hot rows", [3, 4], lambda x, p: F.one_hot(x, 5).double(), integers=5)

e.add("pad", [2, 3, 4, 2], lambda x, p: F.pad(x, (1, 0, 0, 2, 3, 1), value=0.5))
e.add("pad of rows", [2, 5], lambda x, p: F.pad(x, (2, 1), value=-1.5))
e.add("zero padding", [2, 3, 4, 3], lambda x, p: channels_last(F.pad(channels_first(x), (3, 1, 2, 0))))
e.add("permute", [2, 3, 4, 5], lambda x, p: x.permute(0, 3, 1, 2))
e.add("permute of sequences", [3, 4, 5], lambda x, p: x.permute(0, 2, 1))
e.add("reshape", [2, 3, 4, 2], lambda x, p: x.reshape(2, 8, 3))
e.add("flatten", [2, 3, 4, 2], lambda x, p: x.flatten(1))

e.add("concatenate", [2, 4, 3, 2], lambda x, p: torch.cat([torch.tanh(x), x, torch.relu(x)], -1))
e.add("concatenate rows", [3, 5], lambda x, p: torch.cat([x @ p["weights"] + p["bias"], x], 1),
      [("weights", [5, 4]), ("bias", [4])])
e.add("add", [2, 4, 3, 2], lambda x, p: torch.tanh(x) + x + torch.sigmoid(x))
e.add("multiply", [2, 4, 3, 2], lambda x, p: torch.tanh(x) * x * torch.sigmoid(x))
e.add("larger of two", [2, 3, 4, 5], lambda x, p: torch.maximum(x[0], x[1]))
e.add("smaller of two", [2, 3, 4, 5], lambda x, p: torch.minimum(x[0], x[1]))
e.add("larger of two, stretched", [3, 4, 1], lambda x, p: torch.maximum(x, x[:, :1] * torch.ones(3, 1, 5)))
e.write("arrangement")
