"""Bounds of the scores of perfect fakes, which are cheap and decide nearly every draw: w1 from above, coverage from
below."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from gancore.metrics import POINTS, Comparison, References, optimal_transport
from gancore.metrics.even import even_points, strata
from gancore.parts import Dataset

ENOUGH = 500
"""Fakes that hit 95% of the cells already, in nearly every perfect draw."""


@dataclass(frozen=True)
class Fakes:
    """Fakes [n, 2] in unit coordinates, and what bounds need of each. A draw is POINTS of their places."""

    dataset: Dataset
    points: np.ndarray
    nearest: np.ndarray
    """The even point [n] that is nearest to each."""
    away: np.ndarray
    """How far [n] that is."""
    cell: np.ndarray | None
    """The cell [n] of the support that each hits, one beyond the last where it hits none; None without a support."""

    @classmethod
    def of(cls, dataset: Dataset, points: np.ndarray) -> Fakes:
        """What is known of the points of a distribution."""
        away, nearest = KDTree(_even(dataset)).query(points)
        return cls(dataset, points, nearest, away, None if dataset.support() is None else _cells(dataset, points))

    def compared(self, draw: np.ndarray, references: References) -> Comparison:
        """A draw as what is scored."""
        return Comparison(self.dataset, self.points[draw], self.points[draw], references)


def draws_of(rng: np.random.Generator, fakes: int, count: int) -> np.ndarray:
    """Draws [count, POINTS] of so many fakes, each without repetition.

    Points drawn from independent ones are as independent of each other, so that each draw is a fresh sample; two draws
    share a few points.
    """
    rounds = -(-count * POINTS // (fakes // POINTS * POINTS))
    dealt = [rng.permutation(fakes)[: fakes // POINTS * POINTS].reshape(-1, POINTS) for _ in range(rounds)]
    return np.concatenate(dealt)[:count]


def surely_learned(fakes: Fakes, draws: np.ndarray, references: References) -> np.ndarray:
    """Of which draws [d] the bounds alone show that they are ``learned``; False where they leave it open.

    ``learned`` falls with w1 and rises with coverage, so that what it says of the two bounds it says of the values.
    """
    coverage = coverage_at_least(fakes, draws)
    sure = _learned(fakes, references, w1_along_a_tree(fakes, draws), coverage)
    open_ = np.flatnonzero(~sure)
    sure[open_] = _learned(
        fakes, references, w1_at_most(fakes, draws[open_]), None if coverage is None else coverage[open_]
    )
    return sure


def w1_along_a_tree(fakes: Fakes, draws: np.ndarray) -> np.ndarray:
    """The mean length [d] of one transport of each draw to the even points, of which w1 is the cheapest.

    Each fake goes to the nearest even point, and what is too much there goes on to where too little came, along the
    shortest tree of all even points. By the triangle inequality the way of a fake is no longer than these stretches.
    """
    even = _even(fakes.dataset)
    lengths = cdist(even, even)
    # Two even points at one place have a stretch too, where a sparse graph has none for 0.
    tree = minimum_spanning_tree(np.maximum(lengths, 1e-12) * (1 - np.eye(len(even))))
    order, before = breadth_first_order(tree, 0, directed=False)
    beyond = np.eye(len(even))
    """Which points [m, m] each row's point is on the way to, from the root."""
    for point in order[:0:-1]:
        beyond[before[point]] += beyond[point]
    stretch = lengths[order[1:], before[order[1:]]]
    return fakes.away[draws].mean(axis=1) + np.abs(_surplus(fakes, draws) @ beyond[order[1:]].T) @ stretch


def w1_at_most(fakes: Fakes, draws: np.ndarray) -> np.ndarray:
    """The same [d] where the surplus goes on as cheaply as that can be."""
    even, transport = _even(fakes.dataset), optimal_transport.load()

    def onwards(surplus: np.ndarray) -> float:
        full, empty = surplus > 0, surplus < 0
        return transport.emd2(surplus[full], -surplus[empty], cdist(even[full], even[empty]), numItermax=10**7)

    return fakes.away[draws].mean(axis=1) + np.array([onwards(surplus) for surplus in _surplus(fakes, draws)])


def coverage_at_least(fakes: Fakes, draws: np.ndarray) -> np.ndarray | None:
    """The coverage [d] of each draw's first fakes alone: the others can only hit more cells. None without a support."""
    support = fakes.dataset.support()
    if support is None or fakes.cell is None:
        return None
    hit = _counts(fakes.cell[draws[:, :ENOUGH]], support.cells + 1)[:, :-1] > 0
    return hit.mean(axis=1)


def _learned(fakes: Fakes, references: References, w1: np.ndarray, coverage: np.ndarray | None) -> np.ndarray:
    """What ``learned`` says of values [d] of each."""
    found = np.zeros(len(w1), bool)
    for draw, value in enumerate(w1):
        values = {"w1": float(value)} | ({} if coverage is None else {"coverage": float(coverage[draw])})
        found[draw] = Comparison(fakes.dataset, fakes.points, fakes.points, references, None, values).value("learned")
    return found


def _even(dataset: Dataset) -> np.ndarray:
    """The points [m, 2] that w1 compares fakes with."""
    return even_points(dataset, strata(dataset))  # type: ignore[arg-type]  # frozen, so hashable


def _cells(dataset: Dataset, points: np.ndarray) -> np.ndarray:
    """``Fakes.cell``, looked up as many at once as a score has."""
    found = []
    for start in range(0, len(points), POINTS):
        few = points[start : start + POINTS]
        comparison = Comparison(dataset, few, few, {})
        found.append(np.where(comparison.near, comparison.located[1], comparison.support.cells))
    return np.concatenate(found)


def _surplus(fakes: Fakes, draws: np.ndarray) -> np.ndarray:
    """How much more [d, m] of each draw is nearest to an even point than its share."""
    count = len(_even(fakes.dataset))
    return _counts(fakes.nearest[draws], count) / draws.shape[1] - 1 / count


def _counts(values: np.ndarray, below: int) -> np.ndarray:
    """How often [d, below] each row [d, k] has each whole number from 0 on."""
    rows = below * np.arange(len(values))[:, None]
    return np.bincount((values + rows).ravel(), minlength=below * len(values)).reshape(len(values), below)
