#!/usr/bin/env python3
"""Makes external.onnx with its weights in external.onnx.data as PyTorch's exporter does, and what ONNX Runtime computes.

  python3 make_external.py

Needs the packages torch, onnxscript, onnxruntime and numpy.
"""
import pathlib

import numpy as np
import onnxruntime
import torch

folder = pathlib.Path(__file__).parent
torch.manual_seed(4)


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 8, 3, padding=1)
        self.conv2 = torch.nn.Conv2d(8, 16, 3, stride=2)
        self.fc = torch.nn.Linear(16, 5)
        self.register_buffer("places", torch.arange(300, dtype=torch.int64) % 16)

    def forward(self, x):
        x = torch.relu(self.conv2(torch.relu(self.conv1(x)))).mean((2, 3))
        return self.fc(x) + torch.index_select(x, 1, self.places).mean(1, keepdim=True)


model = Classifier().eval()
x = torch.randn(2, 3, 7, 9)
torch.onnx.export(
    model, (x,), str(folder / "external.onnx"), input_names=["x"], output_names=["y"], dynamo=True, external_data=True,
    verify=False, dynamic_shapes=[{0: torch.export.Dim("batch")}])
session = onnxruntime.InferenceSession(str(folder / "external.onnx"))
np.savez(folder / "external.npz", x=x.numpy(), y=session.run(None, {"x": x.numpy()})[0])
