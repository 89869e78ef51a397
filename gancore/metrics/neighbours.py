"""Metrics of nearest neighbours among 1,000 fakes and 1,000 reals.

On supports without noise they change with the number of points, so none is a headline.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gancore.metrics.base import NEIGHBOURS, SUBSET, Array, Comparison, metric

Inside = NDArray[np.bool_]


@metric(
    "precision",
    "Precision",
    "higher",
    "Share of 1,000 fakes closer to one of 1,000 fresh reals than that real's 5th nearest real.",
    "Kynkäänniemi et al. 2019",
    unit="share",
    when="last",
    points=SUBSET,
)
def precision(comparison: Comparison) -> float:
    """Share of fakes [m, 2] inside the ball of at least one real [m, 2]."""
    return float(comparison.shared(_in_balls_of_reals).any(axis=1).mean())


@metric(
    "recall",
    "Recall",
    "higher",
    "Share of 1,000 fresh reals closer to one of 1,000 fakes than that fake's 5th nearest fake.",
    "Kynkäänniemi et al. 2019",
    unit="share",
    when="last",
    points=SUBSET,
)
def recall(comparison: Comparison) -> float:
    """Share of reals [m, 2] inside the ball of at least one fake [m, 2]."""
    inside = comparison.across < _radius(comparison.fake)[:, None]
    return float(inside.any(axis=0).mean())


@metric(
    "density",
    "Density",
    "higher",
    "How many of 1,000 fresh reals have a fake closer than their 5th nearest real, over 5, the mean over 1,000 fakes; "
    "about 1 for real points, and it may be above.",
    "Naeem et al. 2020",
    when="last",
    points=SUBSET,
)
def density(comparison: Comparison) -> float:
    """Mean number of balls of reals [m, 2] that a fake [m, 2] lies in, over NEIGHBOURS."""
    inside = comparison.shared(_in_balls_of_reals)
    return float(np.count_nonzero(inside) / len(inside) / NEIGHBOURS)


@metric(
    "knn_coverage",
    "Neighbour coverage",
    "higher",
    "Share of 1,000 fresh reals with one of 1,000 fakes closer than their 5th nearest real.",
    "Naeem et al. 2020",
    unit="share",
    when="last",
    points=SUBSET,
)
def knn_coverage(comparison: Comparison) -> float:
    """Share of reals [m, 2] whose ball holds at least one fake [m, 2]."""
    return float(comparison.shared(_in_balls_of_reals).any(axis=0).mean())


def _in_balls_of_reals(comparison: Comparison) -> Inside:
    """Whether each fake (rows) lies inside the ball of each different real (columns), [m, k].

    A real that is there several times, as where few points were held out, has one ball: its neighbours would all be
    itself otherwise, at distance 0.
    """
    reals = comparison.real[:SUBSET]
    different = np.sort(np.unique(reals, axis=0, return_index=True)[1])
    across = comparison.across if len(different) == len(reals) else comparison.across[:, different]
    return across < _radius(reals[different])


def _radius(points: Array) -> Array:
    """Distance [m] from each of the first SUBSET points to its NEIGHBOURS-th neighbour among them."""
    from scipy.spatial import KDTree

    points = points[:SUBSET]
    distances, _ = KDTree(points).query(points, k=NEIGHBOURS + 1)  # the first is the point itself
    return np.asarray(distances)[:, NEIGHBOURS]
