"""Writes pictures.json: small JPEG files of many kinds, and what libjpeg and Pillow make of their pixels.

    pip install pillow==13.0.0 numpy && python pictures.py
"""

import base64
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

WIDTH, HEIGHT = 28, 20


def smooth():
    """Different along every direction, so that no turn goes unseen."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] / [[[HEIGHT - 1]], [[WIDTH - 1]]]
    red, green, blue = 230 * x + 10, 200 * y + 30, 120 + 100 * np.sin(3 * x + 2 * y)
    return Image.fromarray(np.stack([red, green, blue], -1).astype(np.uint8))


def jpeg(image, **options):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, **options)
    return file.getvalue()


def without_adobe(file):
    at = file.index(b"\xff\xee")
    return file[:at] + file[at + 2 + int.from_bytes(file[at + 2 : at + 4], "big") :]


def with_transform(file, transform):
    at = file.index(b"Adobe") + 11
    return file[:at] + bytes([transform]) + file[at + 1 :]


def oriented(image, orientation, endian):
    exif = Image.Exif()
    exif.endian = endian
    exif[0x010F] = "Maker"
    exif[0x0112] = orientation
    return jpeg(image, subsampling=0, exif=exif.tobytes())


colour = smooth()
cmyk = jpeg(colour.convert("CMYK"))
# A black that is not zero everywhere.
inks = Image.merge("CMYK", [*colour.split(), colour.convert("L").point(lambda level: level // 2)])
rgb = jpeg(colour, keep_rgb=True)
files = {
    "baseline": jpeg(colour, subsampling=0),
    "progressive": jpeg(colour, subsampling=0, progressive=True),
    "baseline 4:2:0": jpeg(colour, subsampling=2),
    "progressive 4:2:0 with restarts": jpeg(colour, subsampling=2, progressive=True, restart_marker_blocks=2),
    "baseline with restarts": jpeg(colour, subsampling=0, restart_marker_blocks=4),
    "grey": jpeg(colour.convert("L")),
    "RGB, by Adobe's marker": rgb,
    "RGB, by its letters": without_adobe(rgb),
    "CMYK": cmyk,
    "CMYK with black": jpeg(inks),
    "YCCK": with_transform(jpeg(inks), 2),
    **{f"orientation {i}": oriented(colour, i, "<" if i % 2 else ">") for i in range(1, 9)},
}


def entry(file):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(file))).convert("RGB")
    size = {"width": image.width, "height": image.height}
    return {"file": base64.b64encode(file).decode(), **size, "rgb": base64.b64encode(image.tobytes()).decode()}


result = {name: entry(file) for name, file in files.items()}
Path(__file__).with_name("pictures.json").write_text(json.dumps(result, indent=2) + "\n")
