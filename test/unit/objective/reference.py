"""Writes reference.json: how many bits the bound lies below E[log q(x)] with the exact denoiser, for the book's mixture.

    pip install numpy && python reference.py    # about two minutes

Sums over a fine grid of z_t, and of x within it, from the definitions: no closed form of the library is used.
"""

import json
from pathlib import Path

import numpy as np

MEANS = np.array([1.5, -0.216, 0.45, -1.875])
DEVIATIONS = np.array([0.3, 0.15, 0.525, 0.075])
WEIGHTS = np.array([0.2, 0.3, 0.35, 0.15])
X = np.linspace(-6, 6, 4801)
Z = np.linspace(-8, 8, 1601)
DX, DZ = X[1] - X[0], Z[1] - Z[0]


def normal(x, mean, variance):
    return np.exp(-((x - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)


def data(x):
    return sum(w * normal(x, m, s**2) for w, m, s in zip(WEIGHTS, MEANS, DEVIATIONS))


def left_over(alpha):
    """E Var[x | z], with q(x | z) ∝ q(x) q(z | x) on a grid of x about z/√α."""
    total = 0.0
    for z in Z:
        width = np.sqrt((1 - alpha) / alpha)
        low, high = max(-6, z / np.sqrt(alpha) - 12 * width), min(6, z / np.sqrt(alpha) + 12 * width)
        if low >= high:
            continue
        x = np.linspace(low, high, 1201)
        joint = data(x) * normal(z, np.sqrt(alpha) * x, 1 - alpha) * (x[1] - x[0])
        mass = joint.sum()
        if mass < 1e-300:
            continue
        mean = (joint * x).sum() / mass
        total += (joint * (x - mean) ** 2).sum() * DZ
    return total


def gap(steps, choice):
    beta = np.minimum(np.linspace(1e-4, 0.02, steps) * 1000 / steps, 0.999)
    alpha = np.concatenate([[1], np.cumprod(1 - beta)])
    errors = [None] + [left_over(a) for a in alpha[1:]]
    bound = -0.5 * (np.log(2 * np.pi * beta[0]) + errors[1] / beta[0])
    for t in range(2, steps + 1):
        least = beta[t - 1] * (1 - alpha[t - 1]) / (1 - alpha[t])
        variance = beta[t - 1] if choice == "beta" else least
        weight = np.sqrt(alpha[t - 1]) * beta[t - 1] / (1 - alpha[t])
        bound -= 0.5 * (np.log(variance / least) + (least + weight**2 * errors[t]) / variance - 1)
    density = data(X)
    second = (density * X**2).sum() * DX
    bound -= 0.5 * ((1 - alpha[-1]) + alpha[-1] * second - 1 - np.log(1 - alpha[-1]))
    return ((density * np.log(density)).sum() * DX - bound) / np.log(2)


if __name__ == "__main__":
    cases = [(10, "beta"), (50, "beta"), (100, "beta"), (1000, "beta"), (10, "posterior"), (1000, "posterior")]
    reference = [{"steps": steps, "variance": choice, "bits": gap(steps, choice)} for steps, choice in cases]
    Path(__file__).with_name("reference.json").write_text(json.dumps(reference, indent=2) + "\n")
