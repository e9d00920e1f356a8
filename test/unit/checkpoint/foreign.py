"""Writes foreign.safetensors with the PyPI packages safetensors (0.8.0) and numpy (2.4.6)."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

save_file(
    {
        "float32": np.array([[0.1, -0.0, 1e-45], [np.inf, -3.4028235e38, 7]], np.float32),
        # Largest, smallest normal, smallest, one third, infinite.
        "float16": np.array([65504, 2**-14, 2**-24, 1 / 3, -np.inf, -0.0], np.float16),
        "int32": np.array([-(2**31), 2**31 - 1, 0], np.int32),
        "scalar": np.array(2.5, np.float32),
        "empty": np.zeros((0, 3), np.float32),
        # No whole number of four bytes, so that the header's end is what aligns the rest.
        "größe/α": np.array([1.5], np.float16),
    },
    Path(__file__).parent / "foreign.safetensors",
    metadata={"made by": "numpy"},
)
