"""Whether a generator has learned its dataset."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gancore.metrics.base import Comparison, metric

FLOOR_MULTIPLE = 2.0
"""w1 of a success is at most this many times what real data scores on average."""

MIN_COVERAGE = 0.95
"""Coverage of a success."""


def has_learned(
    w1: ArrayLike,
    coverage: ArrayLike,
    w1_floor: ArrayLike,
    floor_multiple: float = FLOOR_MULTIPLE,
    min_coverage: float = MIN_COVERAGE,
) -> NDArray[np.bool_]:
    """w1 ≤ floor_multiple × w1_floor and coverage ≥ min_coverage, elementwise; NaN is no success."""
    return (np.asarray(w1) <= floor_multiple * np.asarray(w1_floor)) & (np.asarray(coverage) >= min_coverage)


@metric(
    "learned",
    "Learned",
    "higher",
    "1 if w1 is at most twice what real data scores on average and coverage is at least 0.95, else 0.",
    "gancore",
    unit="share",
    when="some",
    needs="support",
)
def learned(comparison: Comparison) -> float:
    """1.0 for a success at the default thresholds, else 0.0."""
    return float(has_learned(comparison.value("w1"), comparison.value("coverage"), comparison.floor("w1")))
