"""Unbiased statistics of two distributions: 0 on average where fakes come from that of the reals.

The pairs of fakes leave out each fake with itself. The even points are no sample but stand for the distribution, so
theirs have all pairs.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gancore.metrics.base import SUBSET, Array, Comparison, metric, pairs
from gancore.metrics.even import KEPT, even_points
from gancore.parts import Dataset

BANDWIDTHS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Standard deviations of the kernel's Gaussians: from ``near`` to the size of a dataset, in unit coordinates."""


TINY = 1e-9
"""Smallest value of a Gaussian: its fourth power is no denormal number yet, with which arithmetic is slow."""


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
    values = np.square(distances.astype(np.float32)) * np.float32(-0.5 / BANDWIDTHS[-1] ** 2)
    np.maximum(np.exp(np.maximum(values, -80, out=values), out=values), TINY, out=values)
    means: list[float] = [float(values.mean())]
    for _ in BANDWIDTHS[1:]:
        for _ in range(2):
            np.square(values, out=values)
        np.maximum(values, TINY, out=values)
        means.append(float(values.mean()))
    return float(np.mean(means))
