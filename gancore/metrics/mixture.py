"""Metrics of mixtures: how many modes a generator reaches, how evenly, and how sharply.

The modes are equally likely. A fake belongs to its nearest mode, and is of high quality within three standard
deviations of it: the support's idea of near.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gancore.datasets.mixture import WIDTHS
from gancore.metrics.base import Comparison, metric

TRUE_HQ = 1 - math.exp(-(WIDTHS**2) / 2)
"""Share of a mixture's own points in the plane that is of high quality, 0.9889: Rayleigh's distribution at 3 sigma."""
LEAST_MASS = 0.1
"""Share of its expected mass from which on a mode counts as one with mass."""


def counts(comparison: Comparison) -> NDArray[np.intp]:
    """Fakes of high quality that belong to each mode, [K]."""
    mode = comparison.located[1][comparison.near]
    return np.bincount(mode, minlength=len(comparison.modes[0]))


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
    return float(np.count_nonzero(counts(comparison)))


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
    """Modes whose fakes of high quality are at least a tenth of the n / K expected of them, 0 to K.

    Unlike ``modes`` it cannot be raised by a handful of stray points.
    """
    found = counts(comparison)
    return float(np.count_nonzero(found * len(found) >= LEAST_MASS * len(comparison.fake)))


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
    return float(counts(comparison).sum() / len(comparison.fake))


@metric(
    "rev_kl",
    "Unevenness of modes",
    "lower",
    "Reverse Kullback-Leibler divergence of the modes' shares from even ones, in nats: 0 when even, ln K for one mode.",
    "Lin et al. 2018 (PacGAN)",
    unit="nats",
    needs="modes",
)
def rev_kl(comparison: Comparison) -> float:
    """ln K minus the entropy of the modes' shares of the fakes of high quality; ln K where there are none."""
    found = counts(comparison)
    if not found.any():
        return math.log(len(found))
    shares = found[found > 0] / found.sum()
    return max(0.0, math.log(len(found)) + float((shares * np.log(shares)).sum()))
