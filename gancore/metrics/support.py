"""How close fakes come to the support, and how much of it they reach."""

from __future__ import annotations

import numpy as np

from gancore.metrics.base import Comparison, metric


@metric(
    "curve_mean",
    "Mean distance",
    "lower",
    "Mean distance of fakes to the curve.",
    "gancore",
    unit="data units",
    needs="curve",
)
def curve_mean(comparison: Comparison) -> float:
    """Mean distance of the fakes to the noise-free support."""
    return float(comparison.distance.mean())


@metric(
    "curve_p95",
    "95% distance",
    "lower",
    "Distance to the curve that 95% of fakes stay below.",
    "gancore",
    unit="data units",
    headline=True,
    needs="curve",
)
def curve_p95(comparison: Comparison) -> float:
    """95th percentile (linear interpolation) of the fakes' distance to the noise-free support."""
    # As np.percentile computes it, to the last bit, in a quarter of the time.
    place = 0.95 * (len(comparison.distance) - 1)
    low = int(place)
    high, part = min(low + 1, len(comparison.distance) - 1), place - low
    ranked = np.partition(comparison.distance, (low, high))
    step = ranked[high] - ranked[low]
    return float(ranked[low] + step * part if part < 0.5 else ranked[high] - step * (1 - part))


@metric(
    "near",
    "Near the support",
    "higher",
    "Share of fakes near the support: within 0.05 of a curve or an area (and three standard deviations of the noise), "
    "or three standard deviations of a mode.",
    "gancore",
    unit="share",
    needs="support",
)
def near(comparison: Comparison) -> float:
    """Share of fakes near the noise-free support."""
    return np.count_nonzero(comparison.near) / len(comparison.fake)


@metric(
    "coverage",
    "Coverage",
    "higher",
    "Share of equal-probability cells of the support hit by a near fake: 64 of a curve, about as many of an area, the "
    "modes of a mixture where they are equally likely, else 64 cells of it or more.",
    "gancore",
    unit="share",
    headline=True,
    needs="support",
)
def coverage(comparison: Comparison) -> float:
    """Share of the equal-probability cells that hold the nearest place of a near fake."""
    cells = comparison.support.cells
    return np.count_nonzero(np.bincount(comparison.located[1][comparison.near], minlength=cells)) / cells


@metric(
    "max_gap",
    "Largest gap",
    "lower",
    "Largest connected stretch of the curve without a near fake, as a share of its probability.",
    "gancore",
    unit="share",
    needs="curve",
)
def max_gap(comparison: Comparison) -> float:
    """Largest stretch between neighbouring covered coordinates, within one connected piece.

    A closed curve's stretch may run through its seam. Where the support has several pieces a stretch
    ends with its piece: a lost moon is a gap of 0.5.
    """
    dataset, covered = comparison.curve, comparison.covered
    if dataset.closed and len(covered):
        return float(np.diff(covered, append=covered[0] + 1).max())
    largest = 0.0
    for low, high in dataset.pieces:
        inside = covered[np.searchsorted(covered, low) : np.searchsorted(covered, high)]
        largest = max(largest, float(np.diff(inside, prepend=low, append=high).max()))
    return largest
