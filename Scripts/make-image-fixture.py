#!/usr/bin/env python3
"""Writes small JPEG files and what Pillow makes of them and of the shared images: Tests/FoveaDataTests/Fixtures.

Usage: Scripts/make-image-fixture.py SHARED_DATA_FOLDER (needs Pillow and numpy; made with Pillow 13.0.0).

images.json: for each file height, width and the FNV-1a checksum (64 bits) of the bytes as RGB and as grey, upright; or
"refused". Of 16-bit grey files the upper 8 bits are taken: Pillow's own conversion to 8 bits cuts everything above 255
off.
resized.json: a pattern of 37 x 53 pixels at other sizes, bilinear; the bytes as base64, keyed by HEIGHTxWIDTHxCHANNELS.
"""

import base64
import json
import pathlib
import sys
import warnings

import numpy
from PIL import Image, ImageOps


def checksum(image):
    value = 0xCBF29CE484222325
    for byte in image.tobytes():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def decode(path):
    with Image.open(path) as file:
        image = ImageOps.exif_transpose(file)
        if image.mode == "I;16":
            image = Image.fromarray((numpy.asarray(image) >> 8).astype(numpy.uint8))
        return image.convert("RGB"), image.convert("L")


def pattern(height, width, channels):
    y, x, c = numpy.mgrid[0:height, 0:width, 0:channels]
    array = ((7 * x + 13 * y + 29 * c + x * y) % 256).astype(numpy.uint8)
    return Image.fromarray(array if channels > 1 else array[:, :, 0])


def write_small_files(folder):
    folder.mkdir(exist_ok=True)
    y, x = numpy.mgrid[0:17, 0:23]
    smooth = Image.fromarray(numpy.stack([8 * x, 12 * y, 120 + 3 * x - 5 * y], 2).astype(numpy.uint8))
    smooth.save(folder / "rgb.jpg", quality=80)
    smooth.save(folder / "progressive.jpg", quality=80, progressive=True)
    smooth.convert("L").save(folder / "gray.jpg", quality=80)
    smooth.convert("CMYK").save(folder / "cmyk.jpg", quality=80)
    exif = Image.Exif()
    exif[0x0112] = 6
    smooth.save(folder / "orientation6.jpg", quality=80, exif=exif)
    whole = (folder / "rgb.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[:-60])


def write_json(path, entries):
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items())
    path.write_text("{\n" + lines + "\n}\n")


def main():
    shared = pathlib.Path(sys.argv[1])
    fixtures = pathlib.Path(__file__).parent.parent / "Tests/FoveaDataTests/Fixtures"
    fixtures.mkdir(exist_ok=True)
    warnings.simplefilter("ignore")

    write_small_files(fixtures / "small")
    entries = {}
    for folder in [fixtures / "small", shared / "odd-images", shared / "photos"]:
        for path in sorted(folder.iterdir()):
            try:
                rgb, gray = decode(path)
                entry = {"height": rgb.height, "width": rgb.width, "rgb": checksum(rgb), "gray": checksum(gray)}
            except Exception:
                entry = "refused"
            entries[f"{folder.name}/{path.name}"] = entry
    write_json(fixtures / "images.json", entries)

    resized = {}
    for height, width, channels in [(20, 20, 3), (19, 40, 3), (5, 7, 1), (37, 20, 1), (12, 53, 3), (60, 90, 1), (1, 1, 3)]:
        image = pattern(37, 53, channels).resize((width, height), Image.Resampling.BILINEAR)
        resized[f"{height}x{width}x{channels}"] = base64.b64encode(image.tobytes()).decode()
    write_json(fixtures / "resized.json", resized)


main()
