"""Unbiased statistics of two distributions: 0 on average where fakes come from that of the reals.

The pairs of fakes leave out each fake with itself. The even points are no sample but stand for the distribution, so
theirs have all pairs.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gancore.metrics.base import SUBSET, Array, Comparison, metric, pairs
from gancore.metrics.even import KEPT, even_points
from gancore.parts import Dataset

BANDWIDTHS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Standard deviations of the kernel's Gaussians: from ``near`` to the size of a dataset, in unit coordinates."""


Single = NDArray[np.float32]

TINY = 1e-9
"""Smallest value of a Gaussian: its fourth power is no denormal number yet, with which arithmetic is slow."""

TOGETHER = 2**16
"""Distances whose kernel is computed at once: their 256 KB stay in the processor's cache, and a million's do not."""


@metric(
    "mmd2",
    "Squared MMD",
    "lower",
    "Squared maximum mean discrepancy of 1,000 fakes from 1,000 points of equal probability, unbiased (it may be "
    "below 0); the kernel is the mean of five Gaussians with σ from 0.05 to 0.8.",
    "Gretton et al. 2012, equation 3",
    when="last",
    points=SUBSET,
)
def mmd2(comparison: Comparison) -> float:
    """Mean kernel within fakes [m, 2], without self-pairs, plus within even points [m, 2], minus twice that across."""
    within = _kernel(comparison.among_fakes) + _within_even(comparison.dataset)[0]  # type: ignore[arg-type]  # hashable
    return within - 2 * _kernel(comparison.across_even)


@metric(
    "energy",
    "Energy distance",
    "lower",
    "Energy distance of 1,000 fakes from 1,000 points of equal probability, unbiased (it may be below 0): twice the "
    "mean distance across, minus those within.",
    "Székely and Rizzo 2013, as a U-statistic",
    unit="data units",
    when="last",
    points=SUBSET,
)
def energy(comparison: Comparison) -> float:
    """Twice the mean distance across minus those within fakes [m, 2], without self-pairs, and even points [m, 2]."""
    within = comparison.among_fakes.mean() + _within_even(comparison.dataset)[1]  # type: ignore[arg-type]  # hashable
    return 2 * float(comparison.across_even.mean()) - float(within)


@lru_cache(maxsize=KEPT)
def _within_even(dataset: Dataset) -> tuple[float, float]:
    """Mean kernel, and mean distance, of all pairs of even points, each with itself as well."""
    among = pairs(even_points(dataset, SUBSET))  # type: ignore[arg-type]  # frozen, so hashable
    different = 1 - 1 / SUBSET
    return _kernel(among) * different + 1 / SUBSET, float(among.mean()) * different


def _kernel(distances: Array) -> float:
    """The mean of the kernel over distances, in float32, which is far finer than the sampling noise.

    Each bandwidth is half of the one after it, so its Gaussian is the fourth power of that one's: one exponential does.
    """
    distances = distances.ravel()
    size = min(len(distances), TOGETHER)
    memory = np.empty(size, np.float32), np.full(size, TINY, np.float32)
    totals = _totals(distances, 0, len(distances), *memory)
    return float(np.mean([float(total / np.float32(len(distances))) for total in totals]))


def _totals(distances: Array, start: int, end: int, memory: Single, floor: Single) -> list[np.float32]:
    """The sums of each bandwidth's values over distances [start:end], in pieces that stay in the processor's cache.

    They are halved as numpy halves what it adds up, so that the sums are those over all at once to the last bit.
    ``floor`` is TINY as often as there is room in ``memory``: of an array and a number numpy's maximum takes five times
    as long as of two arrays (2.4.6).
    """
    count = end - start
    if count > TOGETHER:
        half = start + count // 2 // 8 * 8
        parts = (_totals(distances, low, high, memory, floor) for low, high in ((start, half), (half, end)))
        return [left + right for left, right in zip(*parts, strict=True)]
    values, floor = memory[:count], floor[:count]
    values[:] = distances[start:end]
    np.square(values, out=values)
    values *= np.float32(-0.5 / BANDWIDTHS[-1] ** 2)
    np.maximum(np.exp(values, out=values), floor, out=values)
    totals = [np.add.reduce(values)]
    for _ in BANDWIDTHS[1:]:
        for _ in range(2):
            np.square(values, out=values)
        np.maximum(values, floor, out=values)
        totals.append(np.add.reduce(values))
    return totals
