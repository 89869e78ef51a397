"""Metric: one function of a comparison, registered with what a reader needs to know about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gancore.config import ConfigError
from gancore.datasets import Curve

Array = NDArray[np.float64]
Floors = Mapping[str, Mapping[str, float]]
"""Metric key → mean, low and high of real points against real points."""


class Measured(dict[str, dict[str, float]]):
    """Floors that know how many points they were measured with."""

    def __init__(self, values: Mapping[str, Mapping[str, float]], points: int) -> None:
        super().__init__({key: dict(row) for key, row in values.items()})
        self.points = points
        """Fakes, and as many reals, of every pair."""


When = Literal["every", "some", "last"]
"""At which snapshots a metric is computed: every one, a few (always the last among them), or the last alone."""

NEAR = 0.05
"""A fake is near the support up to this distance, in unit coordinates."""

POINTS = 2000
"""Fakes, and reals, that a score is made of: many metrics change with their number, and so do their references."""

SUBSET = 1000
"""Fakes, and reals, that metrics of all pairs are made of: the first ones. Their cost is quadratic, of w1 cubic."""

NEIGHBOURS = 5
"""k of the metrics that look at nearest neighbours."""


@dataclass(frozen=True)
class Comparison:
    """Fakes against reals, both [n, 2] in unit coordinates, with what several metrics share."""

    dataset: Curve
    fake: Array
    real: Array
    floors: Floors
    _values: dict[str, float] = field(default_factory=dict, repr=False)

    def value(self, key: str) -> float:
        """A metric's value, computed once."""
        if key not in self._values:
            self._values[key] = float(get_metric(key).compute(self))
        return self._values[key]

    def floor(self, key: str) -> float:
        """The mean of a metric for real points against real points; ConfigError if it is not among the floors."""
        if key not in self.floors:
            raise ConfigError.of("floors", f"{key!r} is missing among {sorted(self.floors)}; use floors(dataset)")
        return self.floors[key]["mean"]

    @cached_property
    def _nearest(self) -> tuple[Array, Array]:
        return self.dataset.nearest(self.fake)

    @property
    def distance(self) -> Array:
        """Distance [n] of the fakes to the noise-free support."""
        return self._nearest[0]

    @cached_property
    def covered(self) -> Array:
        """Coordinates of the support points nearest to the near fakes, ascending."""
        return np.sort(self._nearest[1][self.distance <= NEAR])

    @cached_property
    def across(self) -> Array:
        """Distances [m, m] from each fake (rows) to each real (columns) among the first SUBSET of both."""
        from scipy.spatial.distance import cdist

        return np.asarray(cdist(self.fake[:SUBSET], self.real[:SUBSET]), np.float64)

    @cached_property
    def among_fakes(self) -> Array:
        """Distances [m(m-1)/2] of the pairs of different fakes among the first SUBSET."""
        return _pairs(self.fake[:SUBSET])

    @cached_property
    def among_reals(self) -> Array:
        """Distances [m(m-1)/2] of the pairs of different reals among the first SUBSET."""
        return _pairs(self.real[:SUBSET])


def _pairs(points: Array) -> Array:
    from scipy.spatial.distance import pdist

    return np.asarray(pdist(points), np.float64)


@dataclass(frozen=True)
class Metric:
    """A registered metric."""

    key: str
    label: str
    better: Literal["lower", "higher"]
    definition: str
    unit: str
    source: str
    headline: bool
    when: When
    points: int
    """Fakes, and as many reals, that it is computed from; its reference is measured with the same number."""
    compute: Callable[[Comparison], float]


METRICS: dict[str, Metric] = {}
"""Every metric by key, in the order of tables and JSON."""


def metric(
    key: str,
    label: str,
    better: Literal["lower", "higher"],
    definition: str,
    source: str,
    *,
    unit: str = "",
    headline: bool = False,
    when: When = "every",
    points: int = POINTS,
) -> Callable[[Callable[[Comparison], float]], Callable[[Comparison], float]]:
    """Decorator that registers a function of a Comparison; ``when`` says at which snapshots it is worth its time.

    ``points`` is how many of the comparison's fakes and reals it takes, ``POINTS`` unless it says otherwise.
    """

    def register(compute: Callable[[Comparison], float]) -> Callable[[Comparison], float]:
        if key in METRICS:
            raise TypeError(f"{compute.__module__}: the metric {key!r} is taken by {METRICS[key].compute.__module__}")
        METRICS[key] = Metric(key, label, better, definition, unit, source, headline, when, points, compute)
        return compute

    return register


def get_metric(key: str) -> Metric:
    """The metric of a key; ConfigError names the known ones."""
    if key not in METRICS:
        raise ConfigError.refused("metric", key, f"use one of {', '.join(METRICS)}", "is unknown")
    return METRICS[key]
