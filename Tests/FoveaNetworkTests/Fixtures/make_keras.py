#!/usr/bin/env python3
"""Makes the Keras files of this folder and what Keras computes with them: make_keras.py, with keras and h5py.

The models are the lines and the model of KerasWeightsTests.swift.
"""
import json
import os
import pathlib
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import keras
import numpy as np
from keras import layers
from keras.src.legacy.saving import legacy_h5_format

here = pathlib.Path(__file__).parent
keras.utils.set_random_seed(5)
random = np.random.default_rng(5)


def with_random_weights(model):
    for layer in model.layers:
        layer.set_weights([np.float32(random.uniform(0.2, 1, value.shape)) for value in layer.get_weights()])
    return model


chain = with_random_weights(keras.Sequential([
    keras.Input((6, 5, 2)),
    layers.Conv2D(3, 3, padding="same"),
    layers.BatchNormalization(),
    layers.ReLU(),
    layers.SeparableConv2D(4, 3, padding="same", depth_multiplier=2, use_bias=False),
    layers.BatchNormalization(scale=False, epsilon=0.01),
    layers.ReLU(),
    layers.DepthwiseConv2D(3),
    layers.Dropout(0.5),
    layers.Flatten(),
    layers.Dense(7, activation="relu"),
    layers.Dense(4),
]))
x = np.float32(random.random((3, 6, 5, 2)))
np.savez(here / "keras.npz", input=x, output=chain.predict(x, verbose=0))
chain.save(here / "chain.keras")
chain.save_weights(here / "chain.weights.h5")
chain.save(here / "chain-model.h5")
with h5py.File(here / "chain-names.h5", "w") as file:
    legacy_h5_format.save_weights_to_hdf5_group(file, chain)

# As Keras 1 named weights, packed, some in double precision, with the state of an optimizer.
old = {"kernel": "W", "bias": "b", "gamma": "gamma", "beta": "beta", "moving_mean": "running_mean",
       "moving_variance": "running_std", "depthwise_kernel": "depthwise_kernel", "pointwise_kernel": "pointwise_kernel"}
with h5py.File(here / "chain-packed.h5", "w") as file:
    kept = [layer for layer in chain.layers if layer.weights]
    file.attrs["layer_names"] = [layer.name.encode() for layer in kept]
    for layer in kept:
        group = file.create_group(layer.name)
        names = []
        for weight in layer.weights:
            leaf = weight.path.split("/")[-1]
            name = f"{layer.name}_{old[leaf]}_1:0" if "wise" not in leaf else f"{layer.name}/{leaf}:0"
            names.append(name.encode())
            kind = "f8" if leaf == "kernel" else "f4"
            group.create_dataset(name, data=np.asarray(weight).astype(kind), compression="gzip", shuffle=True, chunks=True)
        group.attrs["weight_names"] = names
    file.create_dataset("optimizer_weights/step", data=np.int64(1) << 40)

# As the newest version of the format has it: other tables, other headers.
with h5py.File(here / "chain.weights.h5") as source, h5py.File(here / "chain-latest.h5", "w", libver="latest") as target:
    for name in source:
        source.copy(name, target)

words = with_random_weights(keras.Sequential([
    keras.Input((6,), dtype="int32"), layers.Embedding(9, 3), layers.Conv1D(4, 3, activation="relu"),
    layers.GlobalAveragePooling1D(), layers.Dense(2),
]))
numbers = random.integers(0, 9, (2, 6)).astype("int32")
np.savez(here / "keras-words.npz", input=numbers, output=words.predict(numbers, verbose=0))
words.save_weights(here / "words.weights.h5")

# What is refused.
with h5py.File(here / "no-keras.h5", "w") as file:
    file["numbers"] = np.zeros(3)
with h5py.File(here / "linked.h5", "w") as file:
    file["layers/dense/vars/0"] = h5py.ExternalLink("/etc/passwd", "/")
with h5py.File(here / "external.h5", "w") as file:
    file.create_dataset("layers/dense/vars/0", (4,), "u1", external=[("/etc/passwd", 0, 4)])
with h5py.File(here / "virtual.h5", "w") as file:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("chain.weights.h5", "layers/dense/vars/0", (4,))
    file.create_virtual_dataset("layers/dense/vars/0", layout)
with h5py.File(here / "promised.h5", "w") as file:
    file.create_dataset("layers/dense/vars/0", (1 << 40,), "f4", chunks=(1024,))
with h5py.File(here / "round.h5", "w") as file:
    file["layers/dense"] = file["/"]
with zipfile.ZipFile(here / "chain.keras") as source, zipfile.ZipFile(here / "first.keras", "w") as target:
    configuration = json.loads(source.read("config.json"))
    configuration["config"]["layers"][1]["config"]["data_format"] = "channels_first"
    target.writestr("config.json", json.dumps(configuration))
    target.writestr("model.weights.h5", source.read("model.weights.h5"))
with h5py.File(here / "padded.h5", "w") as file:
    layer = file.create_group("expanded_conv_depthwise")
    layer["expanded_conv_depthwise/depthwise_kernel:0"] = np.zeros((3, 3, 32, 1), "f4")
    layer.attrs["weight_names"] = [b"expanded_conv_depthwise/depthwise_kernel:0"]
    file.attrs["layer_names"] = [b"expanded_conv_depthwise"]
