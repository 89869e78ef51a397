"""Unbiased two-sample statistics: 0 on average where fakes and reals come from one distribution."""

from __future__ import annotations

import numpy as np

from gancore.metrics.base import SUBSET, Array, Comparison, metric

BANDWIDTHS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Standard deviations of the kernel's Gaussians: from ``near`` to the size of a dataset, in unit coordinates."""


@metric(
    "mmd2",
    "Squared MMD",
    "lower",
    "Squared maximum mean discrepancy of 1,000 fakes and 1,000 fresh reals, unbiased (it may be below 0); "
    "the kernel is the mean of five Gaussians with σ from 0.05 to 0.8.",
    "Gretton et al. 2012, equation 3",
    when="last",
    points=SUBSET,
)
def mmd2(comparison: Comparison) -> float:
    """Mean kernel within fakes [m, 2] plus within reals [m, 2], both without self-pairs, minus twice that across."""
    within = _kernel(comparison.among_fakes) + _kernel(comparison.among_reals)
    return within - 2 * _kernel(comparison.across)


@metric(
    "energy",
    "Energy distance",
    "lower",
    "Energy distance of 1,000 fakes and 1,000 fresh reals, unbiased (it may be below 0): twice the mean distance "
    "across, minus those within.",
    "Székely and Rizzo 2013, as a U-statistic",
    unit="data units",
    when="last",
    points=SUBSET,
)
def energy(comparison: Comparison) -> float:
    """Twice the mean distance across minus those within fakes [m, 2] and reals [m, 2], both without self-pairs."""
    within = comparison.among_fakes.mean() + comparison.among_reals.mean()
    return 2 * float(comparison.across.mean()) - float(within)


def _kernel(distances: Array) -> float:
    """The mean of the kernel over distances, in float32: twice as fast, and far finer than the sampling noise."""
    squares = np.square(distances.astype(np.float32))
    means: list[float] = []
    for bandwidth in BANDWIDTHS:
        exponents = squares * np.float32(-0.5 / bandwidth**2)
        np.maximum(exponents, -80, out=exponents)  # beyond it come denormal numbers, which are slow
        means.append(float(np.exp(exponents, out=exponents).mean()))
    return float(np.mean(means))
