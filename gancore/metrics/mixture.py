"""Metrics of mixtures: how many modes a generator reaches, how evenly, and how sharply.

A fake belongs to the mode that it is the fewest standard deviations from (Mahalanobis' distance), and is of high
quality within three of them. Expected of a mode is the probability that a point of the mixture belongs to it: the
mode's weight, unless modes overlap.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gancore.datasets.modes import WIDTHS
from gancore.metrics.base import Comparison, metric

TRUE_HQ = 1 - math.exp(-(WIDTHS**2) / 2)
"""Share of a mixture's own points in the plane that is of high quality, 0.9889: Rayleigh's distribution at 3 sigma."""
LEAST_MASS = 0.1
"""Share of its expected mass from which on a mode counts as one with mass."""


def counts(comparison: Comparison) -> NDArray[np.intp]:
    """Fakes of high quality that belong to each mode, [K]."""
    distance, mode = comparison.belonging
    return np.bincount(mode[distance <= comparison.modes.near], minlength=len(comparison.modes.modes))


@metric(
    "modes",
    "Modes reached",
    "higher",
    "Modes with at least one fake within three standard deviations.",
    "Srivastava et al. 2017 (VEEGAN)",
    unit="modes",
    headline=True,
    needs="modes",
)
def modes(comparison: Comparison) -> float:
    """Modes that at least one fake of high quality belongs to, 0 to K."""
    return float(np.count_nonzero(comparison.shared(counts)))


@metric(
    "modes_mass",
    "Modes with mass",
    "higher",
    "Modes that hold at least a tenth of their expected share of the fakes within three standard deviations.",
    "gancore",
    unit="modes",
    needs="modes",
)
def modes_with_mass(comparison: Comparison) -> float:
    """Modes whose fakes of high quality are at least a tenth of what is expected of them among n fakes, 0 to K.

    Unlike ``modes`` it cannot be raised by a handful of stray points.
    """
    least = LEAST_MASS * len(comparison.fake) * comparison.modes.expected
    return float(np.count_nonzero(comparison.shared(counts) >= least * (1 - 1e-12)))  # ten of a hundred are a tenth


@metric(
    "hq",
    "High-quality share",
    "higher",
    "Share of fakes within three standard deviations of a mode; 98.9% of perfect samples, so more means too narrow.",
    "Srivastava et al. 2017 (VEEGAN)",
    unit="share",
    headline=True,
    needs="modes",
)
def hq(comparison: Comparison) -> float:
    """Share of fakes of high quality, 0 to 1; of a mixture's own points ``TRUE_HQ``."""
    return float(comparison.shared(counts).sum() / len(comparison.fake))


@metric(
    "rev_kl",
    "Unevenness of modes",
    "lower",
    "Reverse Kullback-Leibler divergence of the modes' shares from the expected ones, in nats: 0 when as expected; "
    "of K equally likely modes ln K for one mode alone.",
    "Lin et al. 2018 (PacGAN)",
    unit="nats",
    needs="modes",
)
def rev_kl(comparison: Comparison) -> float:
    """Σ p ln(p / expected) over the modes' shares p of the fakes of high quality; where there are none the most that
    it can be, as if all were of the least likely mode."""
    found, expected = comparison.shared(counts), comparison.modes.expected
    if not found.any():
        return -math.log(expected.min())
    shares = found[found > 0] / found.sum()
    return max(0.0, float((shares * np.log(shares / expected[found > 0])).sum()))
