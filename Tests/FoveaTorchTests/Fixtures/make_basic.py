"""Makes basic.json: convolution, dense, pooling and batch normalisation. Run: python3 make_basic.py"""

import torch.nn.functional as F

from torch_fixture import Examples, channels_first, channels_last, kernel

e = Examples()
e.add("conv2d", [2, 7, 5, 3],
      lambda x, p: channels_last(F.conv2d(channels_first(x), kernel(p["weights"]), p["bias"], stride=(2, 1), padding=1)),
      [("weights", [3, 3, 3, 4]), ("bias", [4])])
e.add("conv2d, grouped and dilated", [1, 9, 8, 4],
      lambda x, p: channels_last(F.conv2d(channels_first(x), kernel(p["weights"]), dilation=(2, 3), groups=2)),
      [("weights", [3, 2, 2, 6])])
e.add("dense", [3, 7], lambda x, p: F.linear(x, p["weights"].T, p["bias"]), [("weights", [7, 5]), ("bias", [5])])
e.add("max pool", [2, 7, 5, 3], lambda x, p: channels_last(F.max_pool2d(channels_first(x), 3, 2, 1)))
e.add("average pool", [2, 7, 5, 3],
      lambda x, p: channels_last(F.avg_pool2d(channels_first(x), 3, 2, 1, count_include_pad=False)))
e.add("batch norm", [3, 4, 2, 5],
      lambda x, p: channels_last(F.batch_norm(channels_first(x), None, None, p["scale"], p["bias"], training=True)),
      [("scale", [5]), ("bias", [5])])
e.write("basic")
