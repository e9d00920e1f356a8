"""Writes bits-reference.json: what the discrete decoder and bits per dimension must be.

    pip install numpy scipy mpmath && python bits-reference.py && npx prettier --write bits-reference.json

Probabilities are differences of the error function with 400 digits; the bound is written out from the definitions in Ho et al. 2020
(sections 2, 3.2 and 3.3), its expectation over the noise by sums over a fine grid. No code of the library is used.
"""

import json
from pathlib import Path

import mpmath as mp
import numpy as np
from scipy.special import log_ndtr

mp.mp.dps = 400


def log_mass(a, b):
    """log P(a < X < b) of a standard normal X."""
    root = mp.sqrt(2)
    a, b = mp.mpf(a), mp.mpf(b)
    return float(mp.log((mp.erfc(a / root) - mp.erfc(b / root)) / 2))


def intervals():
    cases = []
    for start in [-30, -8, -3, -1, -0.3, -1e-3, 0, 1e-3, 0.2, 0.7, 1.3, 1.9999, 2, 3.7, 6, 8.5, 20, 38, 100, 500]:
        for width in [1e-8, 1e-4, 0.01, 0.2, 0.49, 0.51, 0.9, 1.1, 2, 5, 50]:
            cases.append([start, start + width, log_mass(start, start + width)])
    for start in [-9, -2, 0, 0.5, 1.9, 2.1, 7, 25, 40]:
        cases.append([start, "inf", log_mass(start, mp.inf)])
    return cases


def log_pixel(level, mean, deviation, levels):
    """Equation 13, vectorized over the means, by logarithms of the distribution function."""
    value = 2 * level / (levels - 1) - 1
    upper = np.full_like(mean, np.inf) if level == levels - 1 else (value + 1 / (levels - 1) - mean) / deviation
    lower = np.full_like(mean, -np.inf) if level == 0 else (value - 1 / (levels - 1) - mean) / deviation
    flip = upper + lower > 0  # the smaller tails
    low, high = np.where(flip, -upper, lower), np.where(flip, -lower, upper)
    log_high, log_low = log_ndtr(high), log_ndtr(low)
    return log_high + np.log1p(-np.exp(log_low - log_high))


BETA = [0.02, 0.3, 0.05, 0.5, 0.1]
NOISE = np.linspace(-9, 9, 36001)
DENSITY = np.exp(-(NOISE**2) / 2)
DENSITY /= DENSITY.sum()


def bound(pixels, levels, choice, decoder, slope, shift, clip):
    """The three parts in bits per dimension for x̂ = slope · z_t + shift + t/100."""
    beta = np.array([0.0] + BETA)
    alpha = np.cumprod(1 - beta)
    steps = len(BETA)
    x = [2 * p / (levels - 1) - 1 for p in pixels]

    def guess(value, t):
        z = np.sqrt(alpha[t]) * value + np.sqrt(1 - alpha[t]) * NOISE
        result = slope * z + shift + t / 100
        return np.clip(result, -1, 1) if clip else result

    last = 1 - alpha[steps]
    prior = sum(0.5 * (last + alpha[steps] * v**2 - 1 - np.log(last)) for v in x)
    diffusion = 0.0
    for t in range(2, steps + 1):
        least = (1 - alpha[t - 1]) / (1 - alpha[t]) * beta[t]
        variance = beta[t] if choice == "beta" else least
        onto = np.sqrt(alpha[t - 1]) * beta[t] / (1 - alpha[t])
        for v in x:
            away = (DENSITY * (onto * (v - guess(v, t))) ** 2).sum()
            diffusion += 0.5 * (np.log(variance / least) + (least + away) / variance - 1)
    deviation = np.sqrt(beta[1] if decoder is None else decoder)
    first = [log_pixel(p, guess(v, 1), deviation, levels) for p, v in zip(pixels, x)]
    reconstruction = -sum((DENSITY * logs).sum() for logs in first)
    per_dimension = len(pixels) * np.log(2)
    return {k: v / per_dimension for k, v in dict(prior=prior, diffusion=diffusion, reconstruction=reconstruction).items()}


def bounds():
    cases = []
    for pixels, levels, choice, decoder, slope, shift, clip in [
        ([0, 3, 1, 2, 3, 0], 4, "beta", None, 0.9, 0.05, True),
        ([0, 3, 1, 2, 3, 0], 4, "posterior", 0.2, 0.9, 0.05, False),
        ([0, 255, 17, 128, 200, 254], 256, "beta", None, 0.8, -0.1, True),
        ([0, 255, 17, 128, 200, 254], 256, "posterior", 0.001, 0.8, -0.1, True),
        ([0, 255, 17, 128, 200, 254], 256, "beta", 0.03, 0, 0.3, False),
    ]:
        parts = bound(pixels, levels, choice, decoder, slope, shift, clip)
        cases.append(dict(pixels=pixels, levels=levels, variance=choice, decoder=decoder, slope=slope, shift=shift, clip=clip, **parts))
    return cases


if __name__ == "__main__":
    pixels = [
        [level, mean, variance, levels, float(log_pixel(level, np.array([float(mean)]), np.sqrt(variance), levels)[0])]
        for level, mean, variance, levels in [
            (0, -1, 1e-4, 256), (255, 0.99, 1e-4, 256), (128, 0.0, 1e-4, 256), (128, 0.2, 1e-4, 256),
            (3, -0.5, 0.3, 8), (1, 1.0, 1e-2, 2), (0, 1.0, 1e-2, 2), (7, 0.3, 4.0, 256),
        ]
    ]  # fmt: skip
    reference = dict(beta=BETA, intervals=intervals(), pixels=pixels, bounds=bounds())
    Path(__file__).with_name("bits-reference.json").write_text(json.dumps(reference) + "\n")
