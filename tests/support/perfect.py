"""Bounds of the scores of perfect fakes, which are cheap and decide nearly every draw: w1 from above, coverage from
below."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from gancore.metrics import Comparison, optimal_transport
from gancore.metrics.even import even_points, strata
from gancore.parts import Dataset

ENOUGH = 500
"""Fakes that hit 95% of the cells already, in nearly every perfect draw."""


def surely_learned(comparison: Comparison) -> bool:
    """Whether the bounds alone show that the comparison is ``learned``; False where they leave it open.

    ``learned`` falls with w1 and rises with coverage, so that what it says of the two bounds it says of the values.
    """
    bounds = {"w1": w1_at_most(comparison)}
    if comparison.dataset.support() is not None:
        bounds["coverage"] = coverage_at_least(comparison)
    return bool(
        Comparison(comparison.dataset, comparison.fake, comparison.real, comparison.references, None, bounds).value(
            "learned"
        )
    )


def w1_at_most(comparison: Comparison) -> float:
    """The mean length of one transport of the fakes [n, 2] to the even points, of which w1 is the cheapest.

    Each fake goes to the nearest even point, and what is too much there goes on to where too little came, as cheaply as
    that can be. By the triangle inequality the way of a fake is no longer than the two stretches together.
    """
    even = even_points(comparison.dataset, strata(comparison.dataset))  # type: ignore[arg-type]  # frozen, so hashable
    away, nearest = _tree(comparison.dataset).query(comparison.fake)
    surplus = np.bincount(nearest, minlength=len(even)) / len(nearest) - 1 / len(even)
    full, empty = surplus > 0, surplus < 0
    onwards = optimal_transport.load().emd2(
        surplus[full], -surplus[empty], cdist(even[full], even[empty]), numItermax=10**7
    )
    return float(away.mean() + onwards)


def coverage_at_least(comparison: Comparison) -> float:
    """The coverage of the first fakes alone: the others can only hit more cells."""
    few = comparison.fake[:ENOUGH]
    return Comparison(comparison.dataset, few, few, {}).value("coverage")


@lru_cache(maxsize=1)
def _tree(dataset: Dataset) -> KDTree:
    return KDTree(even_points(dataset, strata(dataset)))  # type: ignore[arg-type]  # frozen, so hashable
