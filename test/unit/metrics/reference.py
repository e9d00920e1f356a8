"""Writes reference.json: what the PyPI package scipy computes for the distances between some samples.

    pip install numpy scipy && python reference.py

scipy's energy_distance is the square root of 2 E|X - Y| - E|X - X'| - E|Y - Y'| with the n pairs of a number and itself
among the n² of a sample. Here its square is taken, and those pairs are left out.
"""

import json
from pathlib import Path

import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import energy_distance, wasserstein_distance


def unbiased_energy(a, b):
    """A mean over n² pairs, n of them 0, is (n - 1) / n of the mean over the others."""
    within = [pdist(sample[:, None]).mean() / len(sample) for sample in (a, b)]
    return energy_distance(a, b) ** 2 - sum(within)


def row(name, a, b):
    a, b = (np.round(sample, 3) for sample in (a, b))
    return {
        "name": name,
        "a": a.tolist(),
        "b": b.tolist(),
        "wasserstein1": wasserstein_distance(a, b),
        "energy": unbiased_energy(a, b),
    }


if __name__ == "__main__":
    draw = np.random.default_rng(0)
    cases = [
        row("normal, the same", draw.normal(size=30), draw.normal(size=30)),
        row("normal, shifted and of other lengths", draw.normal(size=25), draw.normal(1.5, 2, size=40)),
        row("heavy tails", draw.standard_t(2, size=40), draw.exponential(size=15)),
        row("with ties", draw.integers(0, 4, size=20), draw.integers(1, 6, size=12)),
        row("far from the origin", 1000 + draw.normal(size=20), 1000.5 + draw.normal(size=20)),
    ]
    Path(__file__).with_name("reference.json").write_text(json.dumps(cases, indent=2) + "\n")
