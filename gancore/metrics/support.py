"""How close fakes come to the support, and how much of it they reach."""

from __future__ import annotations

import numpy as np

from gancore.metrics.base import Comparison, metric

CELLS = 64
"""Equal-probability cells of the support."""


@metric("curve_mean", "Mean distance", "lower", "Mean distance of fakes to the support.", "gancore", unit="data units")
def curve_mean(comparison: Comparison) -> float:
    """Mean distance of the fakes to the noise-free support."""
    return float(comparison.distance.mean())


@metric(
    "curve_p95",
    "95% distance",
    "lower",
    "Distance to the support that 95% of fakes stay below.",
    "gancore",
    unit="data units",
    headline=True,
)
def curve_p95(comparison: Comparison) -> float:
    """95th percentile (linear interpolation) of the fakes' distance to the noise-free support."""
    return float(np.percentile(comparison.distance, 95))


@metric("near", "Near the support", "higher", "Share of fakes within 0.05 of the support.", "gancore", unit="share")
def near(comparison: Comparison) -> float:
    """Share of fakes within NEAR of the noise-free support."""
    return len(comparison.covered) / len(comparison.fake)


@metric(
    "coverage",
    "Coverage",
    "higher",
    "Share of 64 equal-probability cells of the support hit by a near fake.",
    "gancore",
    unit="share",
    headline=True,
)
def coverage(comparison: Comparison) -> float:
    """Share of CELLS equal-probability cells that hold the nearest point of a near fake."""
    cells = (comparison.covered * CELLS).astype(int)
    return np.count_nonzero(np.bincount(cells, minlength=CELLS)) / CELLS


@metric(
    "max_gap",
    "Largest gap",
    "lower",
    "Largest connected stretch of the support without a near fake, as a share of its probability.",
    "gancore",
    unit="share",
)
def max_gap(comparison: Comparison) -> float:
    """Largest stretch between neighbouring covered coordinates, within one connected piece.

    A closed curve's stretch may run through its seam. Where the support has several pieces a stretch
    ends with its piece: a lost moon is a gap of 0.5.
    """
    dataset, covered = comparison.dataset, comparison.covered
    if dataset.closed and len(covered):
        return float(np.diff(covered, append=covered[0] + 1).max())
    largest = 0.0
    for low, high in dataset.pieces:
        inside = covered[np.searchsorted(covered, low) : np.searchsorted(covered, high)]
        largest = max(largest, float(np.diff(inside, prepend=low, append=high).max()))
    return largest
