#!/usr/bin/env python3
"""Makes PyTorch files of kinds that are not read: make_unread.py, with torch."""
import pathlib

import torch

here = pathlib.Path(__file__).parent
base = torch.arange(6, dtype=torch.float32).reshape(2, 3)


def save(name, tensor, **options):
    torch.save({"first": base, "conv.weight": tensor, "conv.other": tensor}, here / name, **options)


save("unread-complex.pth", base.to(torch.complex64))
save("unread-complex-stream.pth", base.to(torch.complex128), _use_new_zipfile_serialization=False)
save("unread-sparse.pth", base.to_sparse())
save("unread-rows.pth", base.to_sparse_csr())
save("unread-quantized.pth", torch.quantize_per_tensor(base, 0.1, 0, torch.qint8))
save("unread-float8.pth", base.to(torch.float8_e4m3fn))
save("unread-meta.pth", torch.empty(2, 3, device="meta"))
packed = torch.ao.quantization.quantize_dynamic(torch.nn.Sequential(torch.nn.Linear(3, 2)), dtype=torch.qint8)
torch.save(packed.state_dict(), here / "unread-packed.pth")
torch.save({"weights": base, "optimizer": {"moment": base.to_sparse()}}, here / "sparse-elsewhere.pth")
torch.jit.script(torch.nn.Linear(2, 1)).save(here / "script.pt")
program = torch.export.export(torch.nn.Linear(2, 1), (torch.zeros(1, 2),))
torch.export.save(program, here / "program.pt2")
