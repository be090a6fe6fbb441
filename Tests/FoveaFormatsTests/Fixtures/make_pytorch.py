#!/usr/bin/env python3
"""Makes the PyTorch files of this folder, and `pytorch.npz` with what they hold: make_pytorch.py, with torch and numpy."""
import collections
import os
import pathlib

import numpy as np
import torch

here = pathlib.Path(__file__).parent
base = torch.arange(60, dtype=torch.float32).reshape(3, 4, 5) / 8 - 2

state = collections.OrderedDict()
state["conv.weight"] = base
state["conv.turned"] = base.permute(2, 0, 1)
state["conv.part"] = base[1:, ::2, 1:4]
state["half"] = base[0].half()
state["double"] = base[1].double()
state["brain"] = base[2].bfloat16()
state["long"] = torch.tensor([1, -2, 2**31 - 1])
state["int"] = torch.tensor([[7], [-8]], dtype=torch.int32)
state["short"] = torch.tensor([300, -300], dtype=torch.int16)
state["char"] = torch.tensor([-128, 127], dtype=torch.int8)
state["byte"] = torch.tensor([0, 255], dtype=torch.uint8)
state["bool"] = torch.tensor([True, False, True])
state["bn.num_batches_tracked"] = torch.tensor(12345)
state["empty"] = torch.zeros(0, 3)
state["parameter"] = torch.nn.Parameter(base[0, 0])

np.savez(here / "pytorch.npz", **{k: v.detach().float().numpy() for k, v in state.items()})
torch.save(state, here / "zip.pth")
torch.save(state, here / "stream.pth", _use_new_zipfile_serialization=False)
checkpoint = {
    "epoch": 3, "best_prec1": torch.tensor(91.7), "arch": "resnet20", "losses": [0.5, 0.25, None, True],
    "optimizer": {"state": {0: {"step": torch.tensor(4.0)}}, "param_groups": [{"lr": 1e-3, "betas": (0.9, 0.999)}]},
    "state_dict": collections.OrderedDict(("module." + k, v) for k, v in state.items()),
}
torch.save(checkpoint, here / "checkpoint.pth")
torch.save(checkpoint, here / "checkpoint-stream.th", _use_new_zipfile_serialization=False, pickle_protocol=4)
torch.save({"epoch": 3, "state_dict_ema": {"module.w": torch.ones(2)}}, here / "averaged.pth")
other = {"w": torch.ones(2)}
torch.save({"teacher": other, "state_dict": {"w": torch.zeros(2)}, "state_dict_ema": other}, here / "both.pth")
torch.save(torch.nn.Linear(2, 1), here / "whole-model.pth")
torch.save({"epoch": 3, "note": "no tensors"}, here / "no-tensors.pth")
torch.save({"w": torch.zeros(1), "score": np.float64(0.5)}, here / "numpy-scalar.pth")
torch.save({"w": torch.zeros(1).expand(1000, 1000)}, here / "expanded.pth")


class Command:
    def __reduce__(self):
        return os.system, ("false",)


torch.save({"w": torch.zeros(1), "x": Command()}, here / "command.pth")
