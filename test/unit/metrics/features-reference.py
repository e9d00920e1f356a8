"""Writes features-reference.json: what scipy and numpy compute for distances between the features of two sets of images.

    pip install numpy scipy && python features-reference.py

The Fréchet distance is as its authors computed it, by scipy.linalg.sqrtm of the covariances' product. The kernel distance, its
jackknife and the balls of precision and recall are written out from the papers' formulas.
"""

import json
from pathlib import Path

import numpy as np
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist


def frechet(a, b):
    first, second = (np.atleast_2d(np.cov(x, rowvar=False)) for x in (a, b))
    root = sqrtm(first @ second).real
    return np.sum((a.mean(0) - b.mean(0)) ** 2) + np.trace(first + second - 2 * root)


def kernel(a, b, degree):
    def k(x, y):
        return (x @ y.T / x.shape[1] + 1) ** degree

    def own(x):
        return k(x, x)[~np.eye(len(x), dtype=bool)].mean()

    return own(a) + own(b) - 2 * k(a, b).mean()


def jackknife(a, b, degree):
    left_a = np.array([kernel(np.delete(a, i, 0), b, degree) for i in range(len(a))])
    left_b = np.array([kernel(a, np.delete(b, i, 0), degree) for i in range(len(b))])
    return np.sqrt(sum((len(left) - 1) * left.var() for left in (left_a, left_b)))


def precision(real, generated, neighbours):
    """The share of `generated` in the balls about `real`; with both exchanged, the recall."""
    reach = np.sort(cdist(real, real), axis=1)[:, neighbours]
    return (cdist(generated, real) <= reach).any(axis=1).mean()


def row(name, a, b):
    # What the file says is what was measured: numbers that float32 holds.
    a, b = (np.round(sample * 64) / 64 for sample in (a, b))
    return {
        "name": name,
        "a": a.tolist(),
        "b": b.tolist(),
        "frechet": frechet(a, b),
        "kernel": [
            {"degree": degree, "distance": kernel(a, b, degree), "standardError": jackknife(a, b, degree)}
            for degree in (1, 2, 3, 5)
        ],
        "balls": [
            {"neighbours": k, "precision": precision(a, b, k), "recall": precision(b, a, k)} for k in (1, 2, 3)
        ],
    }


if __name__ == "__main__":
    draw = np.random.default_rng(0)
    mix = draw.normal(size=(2, 4, 4))
    singular = np.hstack([draw.normal(size=(12, 3)), np.full((12, 1), 0.5), np.zeros((12, 1))])
    cases = [
        row("normal, the same", draw.normal(size=(20, 4)), draw.normal(size=(20, 4))),
        row("correlated, shifted, of other sizes", draw.normal(size=(15, 4)) @ mix[0], draw.normal(size=(24, 4)) @ mix[1] + 1),
        row("none negative, as behind a ReLU", np.maximum(draw.normal(size=(16, 10)), 0), 2 * np.maximum(draw.normal(size=(14, 10)), 0)),
        row("constant features", singular, singular[:8] * 1.5 + 0.25),
        row("fewer points than features", draw.normal(size=(6, 12)), draw.normal(0.5, 2, size=(7, 12))),
        row("one feature", draw.normal(size=(9, 1)), draw.normal(1, 2, size=(11, 1))),
    ]
    Path(__file__).with_name("features-reference.json").write_text(json.dumps(cases, indent=2) + "\n")
