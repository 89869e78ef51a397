"""Wasserstein distances between fakes and reals."""

from __future__ import annotations

import os
from functools import lru_cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from gancore.metrics.base import SUBSET, Array, Comparison, metric

DIRECTIONS = 100
"""Directions of the sliced distance, even over the half circle."""


@metric(
    "w1",
    "Wasserstein distance",
    "lower",
    "Exact 1-Wasserstein distance between 1,000 fakes and 1,000 fresh reals.",
    "Villani 2009, definition 6.1; network simplex of Bonneel et al. 2011",
    unit="data units",
    when="some",
    points=SUBSET,
)
def w1(comparison: Comparison) -> float:
    """Mean length of the cheapest pairing of fakes [n, 2] with reals [n, 2]; RuntimeError if it is not optimal."""
    # POT's network simplex takes 0.06 to 0.14 s; scipy's linear_sum_assignment up to 0.9 s.
    value, log = load().emd2([], [], comparison.across, numItermax=10**7, log=True)
    if log["warning"]:
        raise RuntimeError(f"w1: the exact transport did not converge: {log['warning']}")
    return float(value)


@metric(
    "w1_excess",
    "Wasserstein excess",
    "lower",
    "w1 minus its mean for real points against real points, 1,000 and 1,000.",
    "gancore",
    unit="data units",
    headline=True,
    when="some",
    points=SUBSET,
)
def w1_excess(comparison: Comparison) -> float:
    """w1 above its mean floor; below 0 by chance for a perfect generator."""
    return comparison.value("w1") - comparison.floor("w1")


@metric(
    "swd",
    "Sliced Wasserstein distance",
    "lower",
    "1-Wasserstein distance of the projections of 2,000 fakes and 2,000 fresh reals on a line, averaged over 100 fixed "
    "directions.",
    "Bonneel et al. 2015, equation 6, with p = 1",
    unit="data units",
)
def swd(comparison: Comparison) -> float:
    """Mean over directions of the mean gap between sorted projections of fakes [n, 2] and reals [n, 2]."""
    gaps = _sorted_projections(comparison.fake)
    gaps -= _sorted_projections(comparison.real)
    return float(np.abs(gaps, out=gaps).mean(dtype=np.float64))


def _sorted_projections(points: Array) -> NDArray[np.float32]:
    """Projections [DIRECTIONS, n] of points [n, 2], each row ascending; float32 because it sorts twice as fast."""
    angle = np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    directions = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    projections = directions @ points.T.astype(np.float32)
    projections.sort(axis=1)
    return projections


@lru_cache(maxsize=1)
def load() -> ModuleType:
    """POT, without the array libraries."""
    # POT imports every array library it finds (TensorFlow: 9 s, 650 MB) unless told not to beforehand.
    for name in ("TENSORFLOW", "PYTORCH", "JAX", "CUPY"):
        os.environ[f"POT_BACKEND_DISABLE_{name}"] = "1"
    import ot  # pyright: ignore[reportMissingTypeStubs]

    return ot
