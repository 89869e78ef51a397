"""Metric: one function of a comparison, registered with what a reader needs to know about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from gancore.config import ConfigError
from gancore.datasets import Curve
from gancore.datasets.modes import ModeSupport, mode_support
from gancore.parts import Dataset, Support

Array = NDArray[np.float64]
T = TypeVar("T")
Floors = Mapping[str, Mapping[str, float]]
"""Metric key → mean, low and high of real points against real points."""


class Measured(dict[str, dict[str, float]]):
    """Floors that know how many points they were measured with."""

    def __init__(self, values: Mapping[str, Mapping[str, float]], points: int) -> None:
        super().__init__({key: dict(row) for key, row in values.items()})
        self.points = points
        """Fakes, and as many reals, of every pair."""


Need = Literal["", "support", "curve", "modes"]
"""What a metric asks of a distribution: nothing, a support with cells, that it is a curve, or modes."""

WITHOUT: dict[Need, str] = {
    "support": "needs a distribution whose support is known",
    "curve": "needs a curve",
    "modes": "needs a distribution made of modes",
}
"""Why a metric has no value where its need is not met."""

When = Literal["every", "some", "last"]
"""At which snapshots a metric is computed: every one, a few (always the last among them), or the last alone."""

POINTS = 2000
"""Fakes, and reals, that a score is made of: many metrics change with their number, and so do their references."""

SUBSET = 1000
"""Fakes, and reals, that metrics of all pairs are made of: the first ones. Their cost is quadratic, of w1 cubic."""

NEIGHBOURS = 5
"""k of the metrics that look at nearest neighbours."""


@dataclass(frozen=True)
class Comparison:
    """Fakes against reals, both [n, 2] in unit coordinates, with what several metrics share."""

    dataset: Dataset
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
    def support(self) -> Support:
        """Where the distribution is; ConfigError where nobody knows."""
        return _met(self.dataset.support(), "support")

    @cached_property
    def _nearest(self) -> tuple[Array, Array]:
        """Distance [n] of the fakes to the curve, and the coordinate [n] of the nearest point on it."""
        return self.curve.nearest(self.fake)

    @property
    def curve(self) -> Curve:
        """The distribution, which is a curve; ConfigError where it is not."""
        return _met(self.dataset if isinstance(self.dataset, Curve) else None, "curve")

    @cached_property
    def located(self) -> tuple[Array, NDArray[np.intp]]:
        """Distance [n] of the fakes to the noise-free support, and the cell [n] of the nearest place on it."""
        if isinstance(self.dataset, Curve):  # max_gap asks for the coordinates, which are looked up once
            return self._nearest[0], self.dataset.support().cell(self._nearest[1])
        return self.support.locate(self.fake)

    @property
    def distance(self) -> Array:
        """Distance [n] of the fakes to the noise-free support."""
        return self.located[0]

    @cached_property
    def near(self) -> NDArray[np.bool_]:
        """Which fakes [n] are near the support."""
        return self.distance <= self.support.near

    @cached_property
    def covered(self) -> Array:
        """Coordinates of the points of the curve nearest to the near fakes, ascending."""
        return np.sort(self._nearest[1][self.near])

    @cached_property
    def modes(self) -> ModeSupport:
        """What the mixture is made of, and what is expected of each mode; ConfigError where there are no modes."""
        _met(self.dataset.modes(), "modes")
        return mode_support(self.dataset)

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


def _met(value: T | None, need: Need) -> T:
    if value is None:
        raise ConfigError(f"metric: it {WITHOUT[need]}")
    return value


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
    needs: Need
    compute: Callable[[Comparison], float]

    def applies(self, dataset: Dataset) -> bool:
        """Whether the distribution has what the metric needs."""
        return {
            "": lambda: True,
            "support": lambda: dataset.support() is not None,
            "curve": lambda: isinstance(dataset, Curve),
            "modes": lambda: dataset.modes() is not None,
        }[self.needs]()


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
    needs: Need = "",
) -> Callable[[Callable[[Comparison], float]], Callable[[Comparison], float]]:
    """Decorator that registers a function of a Comparison.

    ``when`` says at which snapshots it is worth its time, ``needs`` what a distribution must have to be judged by it,
    and ``points`` how many of the comparison's fakes and reals it takes.
    """

    def register(compute: Callable[[Comparison], float]) -> Callable[[Comparison], float]:
        if key in METRICS:
            raise TypeError(f"{compute.__module__}: the metric {key!r} is taken by {METRICS[key].compute.__module__}")
        METRICS[key] = Metric(key, label, better, definition, unit, source, headline, when, points, needs, compute)
        return compute

    return register


def applicable(dataset: Dataset) -> dict[str, Metric]:
    """The metrics that a distribution can be judged by, by key, in their order."""
    return {key: metric for key, metric in METRICS.items() if metric.applies(dataset)}


def lacking(dataset: Dataset) -> dict[str, str]:
    """The metrics that have no value on a distribution, each with the reason: ``curve_p95`` → ``needs a curve``."""
    return {key: WITHOUT[metric.needs] for key, metric in METRICS.items() if not metric.applies(dataset)}


def lacking_in_words(lacking: Mapping[str, str], where: str = "here") -> str:
    """``No value here: 95% distance, Largest gap (each needs a curve).``; empty where every metric has one."""
    sentences = []
    for reason in dict.fromkeys(lacking.values()):
        labels = [METRICS[key].label for key, why in lacking.items() if why == reason]
        sentences.append(f"No value {where}: {', '.join(labels)} ({'each' if len(labels) > 1 else 'it'} {reason}).")
    return " ".join(sentences)


def get_metric(key: str) -> Metric:
    """The metric of a key; ConfigError names the known ones."""
    if key not in METRICS:
        raise ConfigError.refused("metric", key, f"use one of {', '.join(METRICS)}", "is unknown")
    return METRICS[key]
