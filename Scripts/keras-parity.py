#!/usr/bin/env python3
"""Compares models of the zoo with Keras's applications: the same weights must give the same scores.

keras-parity.py [--keras2] [NAME ...]        all names of the table below if none is given

For each name: Keras's application with random weights and moving moments, saved in each kind of its files -> fovea convert
-> fovea run on random images -> the largest difference of the scores, relative to the largest score; and fovea predict of
one image, whose probabilities tell whether the preprocessing in the model file is the application's. Exit status 1 if a
difference is above 1e-4. Needs keras 3 with a backend, and h5py; --keras2 needs tf_keras, which is Keras 2. FOVEA says which
command is tested (.build/release/fovea by default).
"""

import json
import logging
import os
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

if "--help" in sys.argv:  # also where nothing of what follows is installed
    print(__doc__.strip())
    sys.exit()

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import numpy as np

IS_KERAS_2 = "--keras2" in sys.argv
if IS_KERAS_2:
    import tf_keras as keras
else:
    import keras
    from keras.src.legacy.saving import legacy_h5_format

logging.disable(logging.WARNING)

FOVEA = os.environ.get("FOVEA", str(Path(__file__).resolve().parent.parent / ".build/release/fovea"))
TOLERANCE = 1e-4

# Our name with options -> the application, its options, height and width, and what its module is called, which knows the
# preprocessing.
MODELS = {
    "vgg16": ("VGG16", {}, (224, 224), "vgg16"),
    "vgg19": ("VGG19", {}, (224, 224), "vgg19"),
    "mobilenet-v1": ("MobileNet", {}, (100, 75), "mobilenet"),
    "mobilenet-v1:width=0.5": ("MobileNet", {"alpha": 0.5}, (160, 160), "mobilenet"),
    "densenet121": ("DenseNet121", {}, (64, 96), "densenet"),
    "densenet169": ("DenseNet169", {}, (64, 64), "densenet"),
    "densenet201": ("DenseNet201", {}, (64, 64), "densenet"),
    "resnet50": ("ResNet50", {}, (97, 64), "resnet"),
    "resnet101": ("ResNet101", {}, (64, 64), "resnet"),
    "resnet152": ("ResNet152", {}, (64, 64), "resnet"),
    "resnet50-v2": ("ResNet50V2", {}, (97, 75), "resnet_v2"),
    "resnet101-v2": ("ResNet101V2", {}, (64, 96), "resnet_v2"),
    "resnet152-v2": ("ResNet152V2", {}, (64, 64), "resnet_v2"),
    "mobilenet-v2": ("MobileNetV2", {}, (96, 75), "mobilenet_v2"),
    "mobilenet-v2:width=0.35": ("MobileNetV2", {"alpha": 0.35}, (64, 64), "mobilenet_v2"),
    "mobilenet-v2:width=0.5": ("MobileNetV2", {"alpha": 0.5}, (160, 160), "mobilenet_v2"),
    "mobilenet-v2:width=1.3": ("MobileNetV2", {"alpha": 1.3}, (64, 64), "mobilenet_v2"),
    "mobilenet-v2:width=1.4": ("MobileNetV2", {"alpha": 1.4}, (64, 64), "mobilenet_v2"),
    "mobilenet-v3": ("MobileNetV3Large", {}, (96, 75), "mobilenet_v3"),
    "mobilenet-v3:width=0.75": ("MobileNetV3Large", {"alpha": 0.75}, (96, 64), "mobilenet_v3"),
    "mobilenet-v3:width=1.5": ("MobileNetV3Large", {"alpha": 1.5}, (64, 64), "mobilenet_v3"),
    "mobilenet-v3-small": ("MobileNetV3Small", {}, (97, 64), "mobilenet_v3"),
    "mobilenet-v3-small:width=0.5": ("MobileNetV3Small", {"alpha": 0.5}, (160, 160), "mobilenet_v3"),
    "mobilenet-v3-small:width=0.75": ("MobileNetV3Small", {"alpha": 0.75}, (64, 64), "mobilenet_v3"),
    "efficientnet-b0": ("EfficientNetB0", {}, (96, 75), "efficientnet"),
    "xception": ("Xception", {}, (97, 128), "xception"),
    "inception-v3": ("InceptionV3", {}, (107, 91), "inception_v3"),
    "inception-resnet-v2": ("InceptionResNetV2", {}, (107, 91), "inception_resnet_v2"),
    "convnext-tiny": ("ConvNeXtTiny", {}, (96, 64), "convnext"),
}
# What those do to a picture that have it in their first layers, for `fovea run`, which takes numbers as they are.
INSIDE = {
    "mobilenet_v3": lambda x, model: x / 127.5 - 1,
    "efficientnet": lambda x, model: (x / 255 - normalization(model).mean.numpy()[0])
    / np.sqrt(normalization(model).variance.numpy()[0]),
    "convnext": lambda x, model: (x / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225],
}


def normalization(model):
    return next(layer for layer in model.layers if isinstance(layer, keras.layers.Normalization))


def randomize(model, random):
    """Weights under which the scores depend on the image, and no factor 1, bias 0, mean 0 or variance 1."""
    for weight in model.weights:
        leaf, shape = getattr(weight, "path", weight.name).split("/")[-1].removesuffix(":0"), tuple(weight.shape)
        if "kernel" in leaf:
            is_depthwise = len(shape) == 4 and shape[3] == 1 and shape[0] > 1
            inputs = np.prod(shape[:2] if is_depthwise else shape[:-1])
            weight.assign(random.normal(0, np.sqrt(2 / inputs), shape))
        if leaf in ("gamma", "moving_variance", "variable"):
            weight.assign(random.uniform(0.5, 1.5, shape))
        elif leaf in ("beta", "bias", "moving_mean"):
            weight.assign(random.normal(0, 0.1, shape))
        elif leaf == "mean":
            weight.assign(random.uniform(0.4, 0.6, shape))
        elif leaf == "variance":
            weight.assign(random.uniform(0.03, 0.08, shape))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def saved(model, folder):
    """Each kind of file that says names: Keras 3's, those of Keras 1 and 2 of a whole model and of weights alone."""
    paths = {kind: f"{folder}/model{kind}" for kind in (".keras", ".weights.h5", ".h5", "-names.h5")}
    model.save(paths[".keras"])
    model.save(paths[".h5"])
    if IS_KERAS_2:
        del paths[".weights.h5"]  # without names there
        model.save_weights(paths["-names.h5"])
    else:
        model.save_weights(paths[".weights.h5"])
        with h5py.File(paths["-names.h5"], "w") as file:
            legacy_h5_format.save_weights_to_hdf5_group(file, model)
    return paths


def write_png(path, image):
    rows = b"".join(b"\0" + row.tobytes() for row in image)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", image.shape[1], image.shape[0], 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    Path(path).write_bytes(b"\x89PNG\r\n\x1a\n" + data)


def differences(name, folder):
    """By the kind of file, the differences of scores and of probabilities."""
    application, options, size, module = MODELS[name]
    keras.utils.set_random_seed(7)
    random = np.random.default_rng(8)
    # A model before it, so that the numbers of layers without a name do not begin at 0.
    keras.layers.Conv2D(1, 1), keras.layers.BatchNormalization()
    model = getattr(keras.applications, application)(
        weights=None, input_shape=(*size, 3), classifier_activation=None, **options)
    randomize(model, random)
    bytes_ = random.integers(0, 256, (2, *size, 3), dtype=np.uint8)
    images = getattr(keras.applications, module).preprocess_input(bytes_.astype("float32"))
    # Scores of which several classes are likely.
    last = [weight for weight in model.weights if tuple(weight.shape)[1:][-1:] == (1000,)][-1]
    last.assign(np.array(last) * (2 / model.predict(images, verbose=0).std()))
    expected = model.predict(images, verbose=0)
    if np.abs(expected[0] - expected[1]).max() < 0.01 * np.abs(expected).max():
        raise ValueError("the scores hardly depend on the image, so that nothing is tested: choose other weights")
    if module in INSIDE:
        images = np.float32(INSIDE[module](images, model))
    np.savez(f"{folder}/in.npz", input=images)
    write_png(f"{folder}/image.png", bytes_[0])
    wanted = expected[0] - np.log(np.exp(np.float64(expected[0]) - expected[0].max()).sum()) - expected[0].max()
    found = {}
    for kind, path in saved(model, folder).items():
        separator = "," if ":" in name else ":"
        sized = f"{name}{separator}input={size[0]}x{size[1]}"
        fovea("convert", path, f"{folder}/converted", "--model", sized)
        fovea("run", f"{folder}/converted", "--inputs", f"{folder}/in.npz", "--outputs", f"{folder}/out.npz")
        scores = np.load(f"{folder}/out.npz")["output"]
        answer = json.loads(fovea("predict", f"{folder}/converted", f"{folder}/image.png", "--json", "--top", "5"))
        likely = [one for one in answer[0]["classes"] if one["probability"] > 1e-6]
        scale = np.abs(expected).max()
        found[kind] = (
            np.abs(scores - expected).max() / scale,
            max(abs(np.log(one["probability"]) - wanted[one["index"]]) for one in likely) / scale)
    return found


def fovea(*arguments):
    done = subprocess.run([FOVEA, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise ValueError((done.stderr or done.stdout).strip())
    return done.stdout


def main():
    names = [name for name in sys.argv[1:] if name != "--keras2"] or list(MODELS)
    unknown = [name for name in names if name not in MODELS]
    if unknown:
        sys.exit(f"not in the table: {', '.join(unknown)}")
    failed = False
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = differences(name, folder)
                passed = all(max(pair) <= TOLERANCE for pair in found.values())
                text = "  ".join(f"{kind} {scores:.1e} {picture:.1e}" for kind, (scores, picture) in found.items())
            except ValueError as mistake:
                passed, text = False, str(mistake)
        print(f"{name:32}{'ok' if passed else 'FAILED':8}{text}", flush=True)
        failed = failed or not passed
        keras.backend.clear_session()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
