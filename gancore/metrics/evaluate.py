"""Every metric of one set of fakes, and which of them are worth their time at which snapshot."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from gancore.config import ConfigError, RunConfig
from gancore.metrics.base import POINTS, Comparison, Measured, References, When, applicable
from gancore.parts import Dataset

METRICS_VERSION = 2
"""Moves when a metric is added or gives other numbers; ``gancore runs rescore`` then brings stored runs up to it."""

LEAST = 20
"""Points below which nearest neighbours and held-out halves say nothing."""

LARGEST = 1e15
"""Fakes beyond this (in unit coordinates) count as not finite: float32 sums would overflow soon."""

_COMPUTED: dict[When, tuple[When, ...]] = {
    "every": ("every",),
    "some": ("every", "some"),
    "last": ("every", "some", "last"),
}


def score(
    dataset: Dataset,
    fake: ArrayLike,
    real: ArrayLike | None,
    references: References,
    when: When = "last",
    more: ArrayLike | None = None,
) -> dict[str, float]:
    """Metric key → value for fakes [n, 2] against reals [n, 2], both in dataset coordinates.

    The keys are those of the metrics whose need the dataset meets. What compares fakes with the distribution itself
    takes points of equal probability for it (``Dataset.even``); the reals are for what compares two samples, and may be
    None unless ``when`` is ``last``.

    A score is of as many points as its references are, 2,000 fakes and 2,000 reals (``POINTS``) unless ``references``
    was asked for fewer, because metrics such as ``c2st`` and ``precision`` change with their number. Of more points the
    same ones are drawn every time; fewer are refused. References written by hand (a plain dictionary) are taken to be
    of the points given, and of 2,000 at most. Where ``when`` is ``last``, ``w1`` is the mean over up to three batches
    (``BATCHES``) of as many fakes, the others from ``more`` [m, 2], or else from those that were not drawn: it has less
    noise then.

    ``when`` is the kind of snapshot: what is computed only at rarer ones is NaN (``every`` takes 1 ms, ``some``
    0.03 s more for w1 and what needs it, ``last`` 0.1 s more). If a fake is not finite every metric is NaN and
    ``learned`` 0. Raises ConfigError on a wrong shape, or fewer points than the references are of.
    """
    if when not in _COMPUTED:
        raise ConfigError(f"when: {when!r} is not allowed; it must be one of {', '.join(_COMPUTED)}")
    fake = _checked("fake", fake, dataset)
    if real is None and when == "last":
        raise ConfigError("real: None is not allowed at the last snapshot; some metrics compare two samples")
    real = np.zeros((len(fake), 2)) if real is None else _checked("real", real, dataset)
    if fake.shape != real.shape:
        raise ConfigError(f"fake: {len(fake)} points against {len(real)} reals; it must be as many")
    size = references.points if isinstance(references, Measured) else min(max(len(fake), LEAST), POINTS)
    if len(fake) < size:
        also = f", or use references(dataset, points={len(fake)})" if size > len(fake) >= LEAST else ""
        raise ConfigError(f"fake: {len(fake):,} points are not enough; it must be at least {size:,}{also}")
    rest = np.zeros((0, 2))
    if when == "last":
        rest = _others(fake, size) if more is None else _checked("more", more, dataset)
    if not max(np.abs(fake).max(), np.abs(rest).max(initial=0)) <= LARGEST:
        return dict.fromkeys(applicable(dataset), math.nan) | {"learned": 0.0}
    comparison = Comparison(dataset, _drawn(fake, size), _drawn(real, size), references, rest)
    wanted = _COMPUTED[when]
    return {
        key: comparison.value(key) if metric.when in wanted else math.nan for key, metric in applicable(dataset).items()
    }


def needs_exact(config: RunConfig) -> set[int]:
    """Snapshot steps at which w1 and what needs it are computed: always the last.

    One for about each second that training takes, so that w1 stays near a tenth of it: first the last
    quarter of the snapshots, which the success rate is read from, then evenly the earlier ones.
    """
    steps = config.snapshot_steps
    samples = config.steps * config.batch_size * config.update.rounds
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


def _drawn(points: np.ndarray, size: int) -> np.ndarray:
    """So many of the points, in a random order that is the same for every call; exactly as many stay as they are."""
    return points if len(points) == size else points[_order(len(points))[:size]]


def _others(points: np.ndarray, size: int) -> np.ndarray:
    """The points that ``_drawn`` leaves out."""
    return points[_order(len(points))[size:]] if len(points) > size else points[:0]


def _order(n: int) -> np.ndarray:
    return np.random.default_rng(0).permutation(n)


def _checked(name: str, points: ArrayLike, dataset: Dataset) -> np.ndarray:
    points = dataset.unit(points)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ConfigError(f"{name}: the shape {points.shape} is not allowed; it must be [n, 2]")
    return points
