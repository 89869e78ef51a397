"""Wasserstein distances between fakes and reals."""

from __future__ import annotations

import os
from functools import lru_cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from gancore.metrics.base import Array, Comparison, metric
from gancore.metrics.even import KEPT, centre, even_points, strata
from gancore.parts import Dataset

DIRECTIONS = 100
"""Directions of the sliced distance, even over the half circle."""


@metric(
    "w1",
    "Wasserstein distance",
    "lower",
    "Exact 1-Wasserstein distance of 2,000 fakes from 200 points of equal probability; at the last snapshot the mean "
    "over three such batches.",
    "Villani 2009, definition 6.1; network simplex of Bonneel et al. 2011",
    unit="data units",
    when="some",
)
def w1(comparison: Comparison) -> float:
    """Mean length of the cheapest transport of fakes [n, 2] to the even points, averaged over batches of them.

    RuntimeError if one is not optimal.
    """
    from scipy.spatial.distance import cdist

    even = comparison.even(strata(comparison.dataset))
    return float(np.mean([_cheapest(np.asarray(cdist(fakes, even), np.float64)) for fakes in comparison.batches]))


def _cheapest(costs: Array) -> float:
    """Mean cost of the cheapest transport between rows and columns of equal weights, from costs [n, m]."""
    # POT's network simplex takes 0.02 s for 2,000 points and 200. In float32 it loses small distances.
    value, log = load().emd2([], [], costs, numItermax=10**7, log=True)
    if log["warning"]:
        raise RuntimeError(f"w1: the exact transport did not converge: {log['warning']}")
    return float(value)


@metric(
    "w1_excess",
    "Wasserstein excess",
    "lower",
    "w1 minus its mean for fresh real points in the place of fakes.",
    "gancore",
    unit="data units",
    headline=True,
    when="some",
)
def w1_excess(comparison: Comparison) -> float:
    """w1 above its mean reference; below 0 by chance for a perfect generator."""
    return comparison.value("w1") - comparison.reference("w1")


@metric(
    "swd",
    "Sliced Wasserstein distance",
    "lower",
    "1-Wasserstein distance of the projections of 2,000 fakes and 2,000 points of equal probability on a line, "
    "averaged over 100 fixed directions.",
    "Bonneel et al. 2015, equation 6, with p = 1",
    unit="data units",
)
def swd(comparison: Comparison) -> float:
    """Mean over directions of the mean gap between sorted projections of fakes [n, 2] and even points [n, 2]."""
    gaps = _sorted_projections(comparison.fake - comparison.centre)
    gaps -= _even_projections(comparison.dataset, len(comparison.fake))  # type: ignore[arg-type]  # frozen: hashable
    return float(np.abs(gaps, out=gaps).mean(dtype=np.float64))


@lru_cache(maxsize=KEPT)
def _even_projections(dataset: Dataset, n: int) -> NDArray[np.float32]:
    points = even_points(dataset, n)  # type: ignore[arg-type]  # frozen, so hashable
    return _sorted_projections(points - centre(dataset))  # type: ignore[arg-type]


def _sorted_projections(points: Array) -> NDArray[np.float32]:
    """Projections [DIRECTIONS, n] of centred points [n, 2], each row ascending; in float32 it sorts twice as fast."""
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
