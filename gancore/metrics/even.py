"""What fakes are compared with: points that stand for equal shares of the probability, the same for every score.

They have no sampling noise of their own, so that a distance from them has that of the fakes alone. What metrics need
of them is computed once a distribution.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gancore.parts import Dataset

KEPT = 16
"""Distributions whose points, and what follows from them, are kept: 1.5 MB each."""


STRATA = 200
"""Points of equal probability that w1 compares fakes with, at most: more cost time, and lower only its mean."""


def strata(dataset: Dataset) -> int:
    """How many points w1 compares fakes with: as many of each mode where modes are equally likely, else STRATA."""
    modes = dataset.modes()
    alike = modes is not None and np.ptp(modes.weights) < 1e-9 and len(modes) <= STRATA
    return STRATA // len(modes) * len(modes) if modes is not None and alike else STRATA


@lru_cache(maxsize=4 * KEPT)
def even_points(dataset: Dataset, n: int) -> NDArray[np.float64]:
    """Points [n, 2] of the noisy distribution in unit coordinates, one for each n-th of its probability; read-only."""
    points = np.array(dataset.even(n), np.float64)
    points.flags.writeable = False
    return points


@lru_cache(maxsize=KEPT)
def centre(dataset: Dataset) -> NDArray[np.float64]:
    """A place [2] amid the distribution: what is computed in float32 is computed from there."""
    return even_points(dataset, 1000).mean(axis=0)  # type: ignore[arg-type]  # frozen, so hashable


@lru_cache(maxsize=KEPT)
def spread(dataset: Dataset) -> float:
    """Root mean square distance from the mean, in unit coordinates: 1 for a unit circle."""
    points = even_points(dataset, 1000)  # type: ignore[arg-type]  # frozen, so hashable
    return float(np.sqrt(np.square(points - points.mean(axis=0)).sum(axis=1).mean()))
