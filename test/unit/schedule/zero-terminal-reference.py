"""Writes zero-terminal-reference.json: the betas that the PyPI package diffusers rescales to a zero terminal SNR.

    pip install torch diffusers && python zero-terminal-reference.py

diffusers counts t from 0, we from 1. It computes in the precision of its argument: here float64.
"""

import json
from pathlib import Path
from unittest.mock import patch

import torch
from diffusers import DDIMScheduler

STEPS = 1000
TIMES = (1, 2, 100, 488, 900, 999, 1000)
NAMES = {"linear": "linear", "cosine": "squaredcos_cap_v2", "slowly increasing": "scaled_linear"}


def rows(name):
    with patch("torch.float32", torch.float64):
        scheduler = DDIMScheduler(
            num_train_timesteps=STEPS,
            beta_start=1e-4,
            beta_end=0.03 if name == "slowly increasing" else 0.02,
            beta_schedule=NAMES[name],
            rescale_betas_zero_snr=True,
        )
    for t in TIMES:
        beta, alpha = scheduler.betas[t - 1].item(), scheduler.alphas_cumprod[t - 1].item()
        yield {"name": name, "t": t, "beta": beta, "alpha": alpha}


if __name__ == "__main__":
    reference = [row for name in NAMES for row in rows(name)]
    Path(__file__).with_name("zero-terminal-reference.json").write_text(json.dumps(reference, indent=2) + "\n")
