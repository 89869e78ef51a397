"""Every metric of one set of fakes, its floors, and when the costly ones are worth their time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from gancore.config import ConfigError, RunConfig
from gancore.datasets import Curve
from gancore.metrics.base import METRICS, Comparison, Floors

POINTS = 2000
"""Fakes, and reals, that a score is made of."""

LARGEST = 1e15
"""Fakes beyond this (in unit coordinates) count as not finite: float32 sums would overflow soon."""


def score(dataset: Curve, fake: ArrayLike, real: ArrayLike, floors: Floors, exact: bool = True) -> dict[str, float]:
    """Metric key → value for fakes [n, 2] against reals [n, 2], both in dataset coordinates.

    With ``exact=False`` the costly metrics (w1 and what needs it, about 0.1 s) are NaN. If a fake is not
    finite every metric is NaN and ``learned`` 0. Raises ConfigError on a wrong shape.
    """
    fake, real = _checked("fake", fake, dataset), _checked("real", real, dataset)
    if fake.shape != real.shape:
        raise ConfigError(f"fake: {len(fake)} points against {len(real)} reals; it must be as many")
    if not np.abs(fake).max() <= LARGEST:
        return dict.fromkeys(METRICS, math.nan) | {"learned": 0.0}
    comparison = Comparison(dataset, fake, real, floors)
    return {key: math.nan if metric.costly and not exact else comparison.value(key) for key, metric in METRICS.items()}


def floors(dataset: Curve, pairs: int = 20) -> dict[str, dict[str, float]]:
    """Metric key → mean, low and high over pairs of 2,000 fresh real points; takes about 0.1 s a pair.

    The same for every call: the points come from a fixed seed.
    """
    if pairs < 1:
        raise ConfigError(f"pairs: {pairs} is not allowed; it must be at least 1")
    rng = np.random.default_rng(20)
    drawn = [(dataset.sample(rng, POINTS), dataset.sample(rng, POINTS)) for _ in range(pairs)]
    comparisons = [Comparison(dataset, dataset.unit(fake), dataset.unit(real), {}) for fake, real in drawn]
    known = {"w1": _summary([comparison.value("w1") for comparison in comparisons])}
    comparisons = [Comparison(c.dataset, c.fake, c.real, known, c._values) for c in comparisons]
    return {key: _summary([comparison.value(key) for comparison in comparisons]) for key in METRICS}


def needs_exact(config: RunConfig) -> set[int]:
    """Snapshot steps at which the costly metrics are computed: always the last.

    One for about each second that training takes, so that w1 stays near a tenth of it: first the last
    quarter of the checkpoints, which the success rate is read from, then evenly the earlier ones.
    """
    steps = config.snapshot_steps
    samples = config.steps * config.batch_size * config.update.d_steps
    seconds = 0.4 + 2e-6 * samples  # a 64-128 generator on one core: 1 s for 320,000 samples, 5.5 s for 2.56 million
    late = steps[-max(1, len(steps) // 4) :]
    early = steps[: -len(late)]
    count = max(1, int(seconds))
    return {*_evenly(late, count), *_evenly(early, count - len(late))}


def _evenly(steps: list[int], count: int) -> list[int]:
    """Up to ``count`` of the steps, evenly spaced back from the last."""
    if count >= len(steps):
        return steps
    return [steps[-1 - i * len(steps) // count] for i in range(max(0, count))]


def _checked(name: str, points: ArrayLike, dataset: Curve) -> np.ndarray:
    points = dataset.unit(points)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ConfigError(f"{name}: the shape {points.shape} is not allowed; it must be [n, 2]")
    return points


def _summary(values: list[float]) -> dict[str, float]:
    return {"mean": float(np.mean(values)), "low": min(values), "high": max(values)}
