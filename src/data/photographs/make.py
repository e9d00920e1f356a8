"""Writes the pictures of this folder: crops of photographs in the PyPI package scikit-image.

    pip install numpy pillow && pip download --no-deps scikit-image==0.26.0
    python make.py scikit_image-0.26.0-*.whl

Each crop becomes gray by the luma of Rec. 709 (of the stored, gamma-coded values), is averaged over areas down to
128 x 128 pixels, and rounded to 8 bits.
"""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = 128
LUMA = np.array([0.2126, 0.7152, 0.0722])

# Name: file in skimage/data, left edge, upper edge and side of the square, in pixels.
CROPS = {
    "camera": ("camera.png", 0, 0, 512),
    "cat": ("chelsea.png", 75, 0, 300),
    "astronaut": ("astronaut.png", 0, 0, 512),
    "coffee": ("coffee.png", 80, 0, 400),
    "rocket": ("rocket.jpg", 106, 0, 427),
    "skyline": ("camera.png", 330, 96, 182),
    "gravel": ("gravel.png", 0, 0, 192),
    "grass": ("grass.png", 200, 180, 192),
    "bricks": ("brick.png", 256, 256, 256),
    "retina": ("retina.jpg", 215, 215, 980),
    "galaxies": ("hubble_deep_field.jpg", 300, 300, 400),
}


def gray(image):
    if image.mode == "L":
        return np.asarray(image, dtype=np.float32)
    return (np.asarray(image.convert("RGB")) @ LUMA).astype(np.float32)


def picture(image, left, upper, side):
    cropped = gray(image)[upper : upper + side, left : left + side]
    if cropped.shape != (side, side):
        raise ValueError(f"the crop leaves the photograph, of {image.size} pixels")
    averaged = Image.fromarray(cropped).resize((SIZE, SIZE), Image.Resampling.BOX)
    return Image.fromarray(np.rint(np.asarray(averaged)).astype(np.uint8))


if __name__ == "__main__":
    folder = Path(__file__).parent
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        for name, (file, *crop) in CROPS.items():
            image = Image.open(io.BytesIO(wheel.read(f"skimage/data/{file}")))
            picture(image, *crop).save(folder / f"{name}.png", optimize=True)
