"""Divergence of histograms on a grid."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gancore.metrics.base import Array, Comparison, metric
from gancore.metrics.even import KEPT
from gancore.parts import Dataset

FINE = 20_000
"""Points of equal probability whose histogram stands for the distribution's."""

BINS = 30
"""Cells of the grid along each side."""

MARGIN = 1.25
"""Side of the grid over the longer side of the support: a window of [-1.25, 1.25]² for the unit circle."""


@metric(
    "js_grid",
    "Jensen-Shannon on a grid",
    "lower",
    "Jensen-Shannon divergence (base 2) of 2,000 fakes and 20,000 points of equal probability as histograms on a 30×30 "
    "grid around the support, what lies outside as one more cell. It depends on the bins: only for comparison with GAN "
    "Lab.",
    "Lin 1991; grid of Kahng et al. 2018 (GAN Lab)",
    unit="bits",
    when="last",
)
def js_grid(comparison: Comparison) -> float:
    """Entropy of the mean histogram minus the mean entropy of both, of fakes [n, 2] and even points; 0 to 1."""
    fake = _histogram(comparison.dataset, comparison.fake)
    real = _even_histogram(comparison.dataset)  # type: ignore[arg-type]  # frozen, so hashable
    return max(0.0, _entropy((fake + real) / 2) - (_entropy(fake) + _entropy(real)) / 2)


def _histogram(dataset: Dataset, points: Array) -> Array:
    """Share of points [n, 2] in each cell, [BINS² + 1]; the last one is the world outside the grid."""
    low, side = _window(dataset)  # type: ignore[arg-type]  # frozen, so hashable
    position = (points - low) * (BINS / side)
    column, row = np.clip(np.floor(position), -1, BINS).astype(int).T
    inside = (column >= 0) & (column < BINS) & (row >= 0) & (row < BINS)
    cells = np.where(inside, column * BINS + row, BINS**2)
    return np.bincount(cells, minlength=BINS**2 + 1) / len(points)


@lru_cache(maxsize=KEPT)
def _even_histogram(dataset: Dataset) -> Array:
    return _histogram(dataset, dataset.even(FINE))


@lru_cache(maxsize=32)
def _window(dataset: Dataset) -> tuple[Array, float]:
    """Lower left corner [2] and side of the square grid, in unit coordinates."""
    support = dataset.outline(4096)
    low, high = support.min(axis=0), support.max(axis=0)
    side = MARGIN * float((high - low).max())
    return (low + high - side) / 2, side


def _entropy(shares: Array) -> float:
    """Bits of a distribution over cells."""
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum())
