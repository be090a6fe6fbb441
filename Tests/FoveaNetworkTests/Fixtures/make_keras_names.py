#!/usr/bin/env python3
"""Makes keras_names.json and small Keras files of this folder: make_keras_names.py, with keras and h5py.

keras_names.json has, by our name of the model, the layers with weights of Keras's application, in the order of its files,
and the shape of each one's first weights.
"""
import json
import os
import pathlib
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import keras
import numpy as np
from keras import applications, layers
from keras.src.legacy.saving import legacy_h5_format

here = pathlib.Path(__file__).parent
MODELS = {
    "vgg16": ("VGG16", {}), "mobilenet-v1": ("MobileNet", {}), "densenet121": ("DenseNet121", {}),
    "resnet50": ("ResNet50", {}), "resnet50-v2": ("ResNet50V2", {}), "mobilenet-v2": ("MobileNetV2", {}),
    "mobilenet-v2:width=0.35": ("MobileNetV2", {"alpha": 0.35}), "mobilenet-v3": ("MobileNetV3Large", {}),
    "mobilenet-v3:width=1.5": ("MobileNetV3Large", {"alpha": 1.5}), "mobilenet-v3-small": ("MobileNetV3Small", {}),
    "mobilenet-v3-small:width=0.5": ("MobileNetV3Small", {"alpha": 0.5}), "efficientnet-b0": ("EfficientNetB0", {}),
    "xception": ("Xception", {}), "inception-v3": ("InceptionV3", {}),
    "inception-resnet-v2": ("InceptionResNetV2", {}), "convnext-tiny": ("ConvNeXtTiny", {}),
}


def weighted(model):
    """The layers that have weights, those of models within it too."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from weighted(layer)
        elif layer.weights:
            yield layer


names = {}
for ours, (name, options) in MODELS.items():
    keras.backend.clear_session()  # its numbers begin anew
    model = getattr(applications, name)(weights=None, **options)
    names[ours] = [[layer.name, list(layer.weights[0].shape)] for layer in weighted(model)]
(here / "keras_names.json").write_text(json.dumps(names, separators=(",", ":")) + "\n")

# A model within a model, whose layers have no weights of the same name.
nested = keras.Sequential([
    keras.Input((4, 4, 2)), keras.Sequential([layers.Conv2D(3, 1, name="inner"), layers.LayerNormalization(name="norm")], name="stem"),
    layers.Conv2D(2, 1, name="outer")])
with h5py.File(here / "nested.h5", "w") as file:
    legacy_h5_format.save_weights_to_hdf5_group(file, nested)

# Keras 1's names of the weights of a separable convolution.
with h5py.File(here / "separable.h5", "w") as file:
    group = file.create_group("sepconv")
    for part in ("depthwise", "pointwise"):
        group[f"sepconv_{part}_kernel_1:0"] = np.zeros((1, 1, 2, 2), "f4")
    group.attrs["weight_names"] = [b"sepconv_depthwise_kernel_1:0", b"sepconv_pointwise_kernel_1:0"]
    file.attrs["layer_names"] = [b"sepconv"]

# Files of Keras 3 whose layers have places and no names; these look like names of Xception's shortcuts.
with h5py.File(here / "unnamed.weights.h5", "w") as file:
    for number in range(4):
        at = f"_{number}" if number else ""
        file[f"layers/conv2d{at}/vars/0"] = np.zeros((1, 1, 2, 2), "f4")
        for part in range(4):
            file[f"layers/batch_normalization{at}/vars/{part}"] = np.zeros(2, "f4")

# EfficientNet's first layer: adapted to data, and as published, with deviations for variances.
for name, variance in (("adapted.h5", [0.04, 0.09, 0.16]), ("published.h5", [0.229, 0.224, 0.225])):
    layer = layers.Normalization(mean=None, name="normalization_3")
    layer.build((None, 8, 8, 3))
    layer.set_weights([np.float32([0.5, 0.25, 0.125]), np.float32(variance), np.array(0)])
    with h5py.File(here / name, "w") as file:
        group = file.create_group(layer.name)
        for leaf, value in zip(("mean", "variance", "count"), layer.get_weights()):
            group[f"{layer.name}/{leaf}:0"] = value
        group.attrs["weight_names"] = [f"{layer.name}/{leaf}:0".encode() for leaf in ("mean", "variance", "count")]
        file.attrs["layer_names"] = [layer.name.encode()]

# What Keras computes with a narrow MobileNet v3, whose weights are few different numbers, so that they pack well.
keras.backend.clear_session()
keras.utils.set_random_seed(3)
random = np.random.default_rng(3)
mobile = applications.MobileNetV3Small(
    weights=None, alpha=0.05, input_shape=(45, 34, 3), classes=2, classifier_activation=None)
for weight in mobile.weights:
    leaf, shape = weight.path.split("/")[-1], tuple(weight.shape)
    if "kernel" in leaf:
        inputs = np.prod(shape[:2] if shape[3] == 1 and shape[0] > 1 else shape[:-1])
        weight.assign(np.round(random.normal(0, 2, shape)) / 2 * np.sqrt(2 / inputs))
    else:
        weight.assign((random.integers(2, 7, shape) if leaf in ("gamma", "moving_variance") else random.integers(-2, 3, shape)) / 4)
pictures = random.integers(0, 256, (2, 45, 34, 3)).astype("float32")
np.savez_compressed(here / "mobilenet.npz", input=pictures / 127.5 - 1, output=mobile.predict(pictures, verbose=0))
mobile.save(here / "mobilenet.keras")
with zipfile.ZipFile(here / "mobilenet.keras") as file:
    entries = {name: file.read(name) for name in file.namelist()}
with zipfile.ZipFile(here / "mobilenet.keras", "w", zipfile.ZIP_DEFLATED) as file:
    for name, content in entries.items():
        file.writestr(name, content)
