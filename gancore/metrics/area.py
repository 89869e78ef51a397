"""Metrics of areas: how much of a generator's probability lies where there is none."""

from __future__ import annotations

import numpy as np

from gancore.metrics.base import Comparison, metric


@metric(
    "outside",
    "Outside the area",
    "lower",
    "Share of fakes outside the area, however little; of perfect samples none, unless the points are noisy.",
    "gancore",
    unit="share",
    needs="area",
)
def outside(comparison: Comparison) -> float:
    """Share of fakes at a distance from the area."""
    return np.count_nonzero(comparison.distance) / len(comparison.fake)
