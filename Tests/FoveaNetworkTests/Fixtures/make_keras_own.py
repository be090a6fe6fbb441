#!/usr/bin/env python3
"""Makes own.keras, own-named.keras and own.npz, what Keras computes with them: make_keras_own.py, with keras.

They are a narrow MobileNet v1 that is none of Keras's applications: its layers have the names that Keras gives by itself,
but for the first of own-named.keras, which is called as in the application. The weights are few different numbers, so
that they pack well.
"""
import os
import pathlib
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras import layers

here = pathlib.Path(__file__).parent
WIDTHS = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
STRIDES = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]


def model(first):
    keras.backend.clear_session()
    made = keras.Sequential([keras.Input((32, 32, 3))])

    def add(layer):
        for part in (layer, layers.BatchNormalization(), layers.ReLU(6)):
            made.add(part)

    add(layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name=first))
    for width, stride in zip(WIDTHS, STRIDES):
        add(layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False))
        add(layers.Conv2D(max(8, round(0.05 * width)), 1, use_bias=False))
    made.add(layers.GlobalAveragePooling2D())
    made.add(layers.Dense(3))
    random = np.random.default_rng(7)
    for weight in made.weights:
        leaf, shape = weight.path.split("/")[-1], tuple(weight.shape)
        if leaf == "kernel":
            inputs = np.prod(shape[:2] if len(shape) == 4 and shape[3] == 1 else shape[:-1])
            weight.assign(np.round(random.normal(0, 2, shape)) / 2 * np.sqrt(2 / inputs))
        elif leaf in ("gamma", "moving_variance"):
            weight.assign(random.integers(2, 7, shape) / 4)
        else:
            weight.assign(random.integers(-2, 3, shape) / 4)
    return made


x = np.random.default_rng(8).random((2, 32, 32, 3)).astype("float32")
for name, first in (("own.keras", None), ("own-named.keras", "conv1")):
    made = model(first)
    np.savez_compressed(here / "own.npz", input=x, output=made.predict(x, verbose=0))
    made.save(here / name)
    with zipfile.ZipFile(here / name) as file:
        entries = {entry: file.read(entry) for entry in file.namelist()}
    with zipfile.ZipFile(here / name, "w", zipfile.ZIP_DEFLATED) as file:
        for entry, content in entries.items():
            file.writestr(entry, content)
