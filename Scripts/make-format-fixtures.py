#!/usr/bin/env python3
"""Writes small files with the Python libraries of each format: Tests/FoveaFormatsTests/Fixtures.

Usage: Scripts/make-format-fixtures.py (needs numpy, safetensors and torch; made with 2.4.6, 0.8.0 and 2.13.0).
Every array holds 0, 1, 2, ... in row-major order, so that the tests know what to find.
"""

import pathlib

import numpy
import safetensors.torch
import torch

fixtures = pathlib.Path(__file__).parent.parent / "Tests/FoveaFormatsTests/Fixtures"
fixtures.mkdir(exist_ok=True)

tensors = {
    name: torch.arange(6).reshape(2, 3).to(dtype)
    for name, dtype in {
        "f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32, "f64": torch.float64,
        "i8": torch.int8, "i16": torch.int16, "i32": torch.int32, "i64": torch.int64, "u8": torch.uint8,
    }.items()
}
tensors["bool"] = torch.tensor([False, True])
tensors["scalar"] = torch.tensor(5.0)
tensors["empty"] = torch.zeros(0, 4)
tensors['größe "a"'] = torch.arange(2.0)
tensors["too large"] = torch.tensor([1, 2**40])
safetensors.torch.save_file(tensors, fixtures / "python.safetensors", metadata={"format": "pt", "note": "zwölf\n"})

array = numpy.arange(24).reshape(2, 3, 4)
for name in ["<f2", "<f4", ">f4", "<f8", ">f8", "<i1", "<u1", "<i2", ">i2", "<u2", "<i4", ">i4", "<i8", ">i8", "<u4"]:
    numpy.save(fixtures / f"{name.replace('<', 'little-').replace('>', 'big-')}.npy", array.astype(name))
numpy.save(fixtures / "fortran.npy", numpy.asfortranarray(array.astype("<f4")))
numpy.save(fixtures / "fortran-big-i2.npy", numpy.asfortranarray(array[0].astype(">i2")))
numpy.save(fixtures / "bool.npy", array % 2 == 1)
numpy.save(fixtures / "scalar.npy", numpy.float32(5))
numpy.save(fixtures / "vector.npy", numpy.arange(5, dtype="<f4"))
numpy.save(fixtures / "empty.npy", numpy.zeros((0, 4), "<f4"))
for version in [(2, 0), (3, 0)]:
    with open(fixtures / f"version{version[0]}.npy", "wb") as file:
        numpy.lib.format.write_array(file, array.astype("<f4"), version)
numpy.save(fixtures / "objects.npy", numpy.array([{}, None], dtype=object), allow_pickle=True)
numpy.save(fixtures / "records.npy", numpy.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
numpy.save(fixtures / "complex.npy", numpy.zeros(2, dtype="<c8"))
numpy.save(fixtures / "too-large.npy", numpy.array([1, -(2**40)]))
arrays = {"a": array.astype("<f4"), "deep/b": array.astype("<i8"), "c": numpy.float64(5)}
numpy.savez(fixtures / "stored.npz", **arrays)
numpy.savez_compressed(fixtures / "deflated.npz", **arrays)
