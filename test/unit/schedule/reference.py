"""Writes reference.json: what the PyPI package diffusers computes for two schedules and their posteriors.

    pip install torch diffusers && python reference.py

diffusers counts t from 0, we from 1. It computes in float32; here it is made to use float64.
"""

import json
from pathlib import Path
from unittest.mock import patch

import torch
from diffusers import DDPMScheduler

STEPS = 1000
TIMES = (1, 2, 488, 1000)
NAMES = {"linear": "linear", "cosine": "squaredcos_cap_v2"}


def scheduler(name):
    with patch("torch.float32", torch.float64):
        return DDPMScheduler(
            num_train_timesteps=STEPS,
            beta_schedule=NAMES[name],
            clip_sample=False,
            prediction_type="sample",
            variance_type="fixed_small",
        )


def schedule_row(name, t):
    schedule = scheduler(name)
    alpha = schedule.alphas_cumprod[t - 1].item()
    return {
        "name": name,
        "t": t,
        "beta": schedule.betas[t - 1].item(),
        "alpha": alpha,
        "snr": alpha / (1 - alpha),
    }


def posterior_row(name, t):
    """The weights of z and x in the mean: a step with (z, x) minus one with (-z, -x), whose noise is the same."""
    schedule = scheduler(name)

    def step(z, x):
        generator = torch.Generator().manual_seed(0)
        predicted, sample = (torch.full((1, 1), value, dtype=torch.float64) for value in (x, z))
        return schedule.step(predicted, t - 1, sample, generator=generator).prev_sample.item()

    return {
        "name": name,
        "t": t,
        "z": (step(1.0, 0.0) - step(-1.0, 0.0)) / 2,
        "x": (step(0.0, 1.0) - step(0.0, -1.0)) / 2,
        # diffusers keeps the variance at t = 1 above 0, for its logarithm.
        "variance": 0.0 if t == 1 else schedule._get_variance(t - 1).item(),
    }


if __name__ == "__main__":
    cases = [(name, t) for name in NAMES for t in TIMES]
    reference = {
        "schedules": [schedule_row(*case) for case in cases],
        "posteriors": [posterior_row(*case) for case in cases],
    }
    Path(__file__).with_name("reference.json").write_text(json.dumps(reference, indent=2) + "\n")
