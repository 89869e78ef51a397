"""Metrics of Gaussian mixtures: how many modes a generator reaches, how evenly, and how sharply.

They need centres and a width, which the shipped datasets have not (they are curves), so they are plain functions of
points [n, 2] rather than registered metrics; a mixture's own study can call them. Points, ``centres`` [K, 2] and
``sigma`` (the modes' common standard deviation) are in the same coordinates. A point belongs to its nearest mode and
is of high quality within 3 sigma of it; one that is not finite belongs to none. The modes are equally likely.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gancore.config import ConfigError
from gancore.metrics.base import POINTS
from gancore.metrics.reference import summary

WIDTHS = 3.0
"""Standard deviations from a mode up to which a point is of high quality."""
TRUE_HQ = 1 - math.exp(-(WIDTHS**2) / 2)
"""Share of a mixture's own points in the plane that is of high quality, 0.9889: Rayleigh's distribution at 3 sigma."""
SAMPLES = 20
"""Samples that a floor is made of."""
LEAST_MASS = 0.1
"""Share of its expected mass from which on a mode counts as one with mass."""


def modes(points: ArrayLike, centres: ArrayLike, sigma: float) -> int:
    """Modes that at least one point of high quality belongs to, 0 to K (Srivastava et al. 2017, VEEGAN)."""
    return int(np.count_nonzero(_counts(points, centres, sigma)[0]))


def modes_with_mass(points: ArrayLike, centres: ArrayLike, sigma: float) -> int:
    """Modes whose points of high quality are at least a tenth of the n / K that are expected of them, 0 to K (gancore).

    Unlike ``modes`` it cannot be raised by a handful of stray points.
    """
    counts, n = _counts(points, centres, sigma)
    return int(np.count_nonzero(counts * len(counts) >= LEAST_MASS * n))


def hq(points: ArrayLike, centres: ArrayLike, sigma: float) -> float:
    """Share of points of high quality, 0 to 1 (Srivastava et al. 2017, VEEGAN).

    Higher is not always better: of a mixture's own points in the plane 98.9% are (``TRUE_HQ``), and a share above
    that means modes that are too narrow.
    """
    counts, n = _counts(points, centres, sigma)
    return float(counts.sum() / n)


def rev_kl(points: ArrayLike, centres: ArrayLike, sigma: float) -> float:
    """Reverse Kullback-Leibler divergence of the modes' histogram from even shares, in nats, 0 to ln K.

    ln K minus the entropy of the histogram over the points of high quality; ln K, as for a single mode, where there
    are none (Lin et al. 2018, PacGAN; here over the points of high quality alone).
    """
    counts, _ = _counts(points, centres, sigma)
    if not counts.any():
        return math.log(len(counts))
    shares = counts[counts > 0] / counts.sum()
    return max(0.0, math.log(len(counts)) + float((shares * np.log(shares)).sum()))


def floors(centres: ArrayLike, sigma: float) -> dict[str, dict[str, float]]:
    """Metric → mean, low and high over 20 samples of 2,000 points of the mixture itself; the same for every call."""
    return {key: dict(row) for key, row in _floors(_key(centres), float(sigma)).items()}


def ceilings(centres: ArrayLike, sigma: float) -> dict[str, dict[str, float]]:
    """``one_point`` and ``mean`` → metric → value of 2,000 points all at the first mode, or all at the modes' mean."""
    middles = _checked("centres", centres)
    spots = {"one_point": middles[:1], "mean": middles.mean(axis=0, keepdims=True)}
    return {name: _values(spot.repeat(POINTS, axis=0), middles, sigma) for name, spot in spots.items()}


@lru_cache(maxsize=16)
def _floors(centres: tuple[tuple[float, float], ...], sigma: float) -> dict[str, dict[str, float]]:
    middles, rng = np.array(centres), np.random.default_rng(20)
    rows = []
    for _ in range(SAMPLES):
        points = middles[rng.integers(len(middles), size=POINTS)] + sigma * rng.standard_normal((POINTS, 2))
        rows.append(_values(points, middles, sigma))
    return {key: summary([row[key] for row in rows]) for key in rows[0]}


def _key(centres: ArrayLike) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in _checked("centres", centres))


def _values(points: ArrayLike, centres: ArrayLike, sigma: float) -> dict[str, float]:
    found = (modes, modes_with_mass, hq, rev_kl)
    return {metric.__name__: float(metric(points, centres, sigma)) for metric in found}


def _counts(points: ArrayLike, centres: ArrayLike, sigma: float) -> tuple[NDArray[np.int_], int]:
    """Points of high quality of each mode, int [K], and n."""
    from scipy.spatial.distance import cdist

    found, middles = _checked("points", points), _checked("centres", centres)
    if not np.isfinite(middles).all():
        raise ConfigError("centres: one of them is not finite; they must all be finite")
    if not 0 < sigma < math.inf:
        raise ConfigError(f"sigma: {sigma} is not allowed; it must be above 0 and finite")
    distance = np.asarray(cdist(found, middles), np.float64)
    mode = distance.argmin(axis=1)
    near = distance[np.arange(len(found)), mode] <= WIDTHS * sigma
    return np.bincount(mode[near], minlength=len(middles)), len(found)


def _checked(name: str, points: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(points, np.float64)
    if array.ndim != 2 or array.shape[1] != 2 or not len(array):
        raise ConfigError(f"{name}: the shape {array.shape} is not allowed; it must be [n, 2] with n of at least 1")
    return array
