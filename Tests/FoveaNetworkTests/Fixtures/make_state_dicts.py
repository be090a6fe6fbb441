#!/usr/bin/env python3
"""Makes the state dicts of this folder and what PyTorch computes with them: make_state_dicts.py, with torch and numpy.

The model is the line of StateDictTests.swift; its modules are called as our layers are.
"""
import pathlib

import numpy as np
import torch
from torch import nn

here = pathlib.Path(__file__).parent
torch.manual_seed(1)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv2d_1 = nn.Conv2d(2, 3, 3)
        self.batch_norm_1 = nn.BatchNorm2d(3)
        self.conv2d_2 = nn.Conv2d(3, 4, 1)
        self.dense_1 = nn.Linear(4 * 3 * 2, 7)
        self.dense_2 = nn.Linear(7, 4)

    def forward(self, x):
        x = torch.relu(self.batch_norm_1(self.conv2d_1(nn.functional.pad(x, (1, 1, 1, 1)))))
        x = nn.functional.max_pool2d(self.conv2d_2(x), 2)
        return self.dense_2(torch.relu(self.dense_1(x.flatten(1))))


model = Small()
for name, value in model.state_dict().items():
    if value.is_floating_point():
        value.copy_(torch.rand(value.shape) - (0 if "var" in name else 0.5))
model.eval()
x = torch.rand(3, 2, 6, 5)
np.savez(here / "small.npz", input=x.permute(0, 2, 3, 1).numpy(), output=model(x).detach().numpy())
torch.save(model.state_dict(), here / "small.pth")

folded = dict(model.state_dict())
norm = model.batch_norm_1
factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
for name in list(folded):
    if name.startswith("batch_norm_1"):
        del folded[name]
folded["conv2d_1.weight"] = folded["conv2d_1.weight"] * factor[:, None, None, None]
folded["conv2d_1.bias"] = norm.bias + (folded["conv2d_1.bias"] - norm.running_mean) * factor
torch.save(folded, here / "folded.pth")

wrong = dict(model.state_dict())
del wrong["conv2d_2.bias"]
wrong["dense_2.weight"] = torch.zeros(5, 7)
wrong["extra.weight"] = torch.zeros(1)
torch.save(wrong, here / "wrong.pth")
