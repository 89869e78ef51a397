"""What a score is read against: references (real points) and collapsed values (a generator that has collapsed)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from gancore.config import ConfigError
from gancore.metrics.base import BATCHES, POINTS, Array, Comparison, Measured, References, applicable
from gancore.metrics.evaluate import LEAST
from gancore.parts import Dataset

T = TypeVar("T")
Progress = Callable[[float], object]
"""Called with the share that is done; whatever it raises ends the computation."""


def references(dataset: Dataset, pairs: int = 20, points: int = POINTS, progress: Progress | None = None) -> Measured:
    """Metric key → mean, low and high over pairs of fresh real points, 2,000 and 2,000; takes about 0.13 s a pair.

    The first of a pair are in the place of fakes, with as many batches more of them as at the last snapshot.
    The same for every call: the points come from a fixed seed. Fewer ``points`` (20 to 2,000) are for scores of as
    many. ``progress`` is called before each draw. Raises ConfigError.
    """
    if pairs < 1:
        raise ConfigError(f"pairs: {pairs} is not allowed; it must be at least 1")
    if not LEAST <= points <= POINTS:
        raise ConfigError(f"points: {points} is not allowed; it must be {LEAST} to {POINTS:,}")
    rng = np.random.default_rng(20)
    sizes = points, (BATCHES - 1) * points
    drawn = [
        (*(_unit_ideal(dataset, rng, size) for size in sizes), _unit_sample(dataset, rng, points)) for _ in range(pairs)
    ]
    # First w1 alone, since other metrics need its mean; the pairs' distances are too large to keep them meanwhile.
    w1 = [Comparison(dataset, fake, real, {}, more).value("w1") for fake, more, real in _told(drawn, progress, 0.0)]
    known = {"w1": summary(w1)}
    rows = [
        _values(Comparison(dataset, fake, real, known, more, {"w1": value}))
        for (fake, more, real), value in zip(_told(drawn, progress, 0.5), w1, strict=True)
    ]
    return Measured({key: summary([row[key] for row in rows]) for key in rows[0]}, points)


def collapsed(dataset: Dataset, references: References) -> dict[str, dict[str, float]]:
    """``one_point`` and ``mean`` → metric key → value of 2,000 fakes all there, against 2,000 fresh real points.

    ``one_point`` lies on the support, in the middle of its probability (of the moons: where the lower one begins; of a
    mixture: its first mode); ``mean`` is the mean of the noise-free points. The same for every call. ``references``
    must hold w1's; where they were measured with fewer points, so are these.
    """
    points = references.points if isinstance(references, Measured) else POINTS
    real = _unit_sample(dataset, np.random.default_rng(21), points)
    spots = {"one_point": dataset.middle(), "mean": dataset.mean()}
    return {
        name: _values(Comparison(dataset, spot.repeat(points, 0), real, references)) for name, spot in spots.items()
    }


def _told(items: Sequence[T], progress: Progress | None, start: float) -> Iterator[T]:
    """The items, each announced: the share that is done goes from ``start`` through half of everything."""
    for index, item in enumerate(items):
        if progress:
            progress(start + 0.5 * index / len(items))
        yield item


def _unit_sample(dataset: Dataset, rng: np.random.Generator, points: int = POINTS) -> Array:
    return dataset.unit(dataset.sample(rng, points))


def _unit_ideal(dataset: Dataset, rng: np.random.Generator, points: int) -> Array:
    return dataset.unit(dataset.ideal(rng, points))


def _values(comparison: Comparison) -> dict[str, float]:
    return {key: comparison.value(key) for key in applicable(comparison.dataset)}


def summary(values: list[float]) -> dict[str, float]:
    """A reference: mean, low and high of what real points score."""
    return {"mean": float(np.mean(values)), "low": min(values), "high": max(values)}
