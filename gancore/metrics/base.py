"""Metric: one function of a comparison, registered with what a reader needs to know about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from gancore.config import ConfigError
from gancore.datasets import Area, Curve
from gancore.datasets.modes import ModeSupport, mode_support
from gancore.metrics.even import centre, even_points
from gancore.parts import Dataset, Support

Array = NDArray[np.float64]
T = TypeVar("T")
References = Mapping[str, Mapping[str, float]]
"""Metric key → mean, low and high of what fresh real points score in the place of fakes."""


class Measured(dict[str, dict[str, float]]):
    """References that know how many points they were measured with."""

    def __init__(self, values: Mapping[str, Mapping[str, float]], points: int) -> None:
        super().__init__({key: dict(row) for key, row in values.items()})
        self.points = points
        """Fakes, and as many reals, of every pair."""


Need = Literal["", "support", "curve", "area", "modes"]
"""What a metric asks of a distribution: nothing, a support with cells, that it is a curve or an area, or modes."""

WITHOUT: dict[Need, str] = {
    "support": "needs a distribution whose support is known",
    "curve": "needs a curve",
    "area": "needs an area",
    "modes": "needs a distribution made of modes",
}
"""Why a metric has no value where its need is not met."""

When = Literal["every", "some", "last"]
"""At which snapshots a metric is computed: every one, a few (always the last among them), or the last alone."""

POINTS = 2000
"""Fakes, and reals, that a score is made of: many metrics change with their number, and so do their references."""

SUBSET = 1000
"""Fakes, and reals, that metrics of all pairs are made of: the first ones. Their cost is quadratic."""

BATCHES = 3
"""Batches of POINTS fakes that w1 is the mean over at the last snapshot; at others the snapshot's own is all there is.

One batch of as many costs three times as much: the time grows faster than the number. Its value for perfect samples is
lower, but no less noisy."""

NEIGHBOURS = 5
"""k of the metrics that look at nearest neighbours."""


@dataclass(frozen=True)
class Comparison:
    """Fakes [n, 2] and fresh reals [n, 2] in unit coordinates, with what several metrics share.

    ``more``: further fakes [m, 2], for metrics that are worth more of them.
    """

    dataset: Dataset
    fake: Array
    real: Array
    references: References
    more: Array | None = None
    _values: dict[str, float] = field(default_factory=dict[str, float], repr=False)
    _shared: dict[Any, Any] = field(default_factory=dict[Any, Any], repr=False)

    def value(self, key: str) -> float:
        """A metric's value, computed once."""
        if key not in self._values:
            self._values[key] = float(get_metric(key).compute(self))
        return self._values[key]

    def shared(self, make: Callable[[Comparison], T]) -> T:
        """What a function makes of this comparison, made once however many metrics ask for it; not to be changed."""
        if make not in self._shared:
            self._shared[make] = make(self)
        return self._shared[make]

    def reference(self, key: str) -> float:
        """The mean of a metric for fresh real points; ConfigError if it is not among the references."""
        if key not in self.references:
            raise ConfigError.of(
                "references", f"{key!r} is missing among {sorted(self.references)}; use references(dataset)"
            )
        return self.references[key]["mean"]

    def even(self, n: int) -> Array:
        """Points [n, 2] of the distribution that stand for equal shares of its probability."""
        return even_points(self.dataset, n)  # type: ignore[arg-type]  # frozen, so hashable

    @property
    def centre(self) -> Array:
        """A place [2] amid the distribution; what is computed in float32 is computed from there."""
        return centre(self.dataset)  # type: ignore[arg-type]  # frozen, so hashable

    @property
    def batches(self) -> list[Array]:
        """The fakes, and as many of ``more`` again and again, BATCHES at most."""
        size = len(self.fake)
        more = self.fake[:0] if self.more is None else self.more[: (BATCHES - 1) * size]
        return [self.fake, *(more[i : i + size] for i in range(0, len(more) - size + 1, size))]

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
        if isinstance(self.support, ModeSupport) and self.support is self.modes:  # whose metrics ask for the modes
            distance, mode = self.belonging
            return distance, self.support.cell(self.fake, mode)
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
    def belonging(self) -> tuple[Array, NDArray[np.intp]]:
        """Distance [n] of the fakes to their mode, counted as the modes' ``near`` is, and that mode [n]."""
        return self.modes.belonging(self.fake)

    @cached_property
    def across(self) -> Array:
        """Distances [m, m] from each fake (rows) to each real (columns) among the first SUBSET of both."""
        from scipy.spatial.distance import cdist

        return np.asarray(cdist(self.fake[:SUBSET], self.real[:SUBSET]), np.float64)

    @cached_property
    def among_fakes(self) -> Array:
        """Distances [m(m-1)/2] of the pairs of different fakes among the first SUBSET."""
        return pairs(self.fake[:SUBSET])

    @cached_property
    def across_even(self) -> Array:
        """Distances [m, m] from each of the first SUBSET fakes (rows) to each of as many even points (columns)."""
        from scipy.spatial.distance import cdist

        return np.asarray(cdist(self.fake[:SUBSET], self.even(SUBSET)), np.float64)


def _met(value: T | None, need: Need) -> T:
    if value is None:
        raise ConfigError(f"metric: it {WITHOUT[need]}")
    return value


def pairs(points: Array) -> Array:
    """Distances [n(n-1)/2] of the pairs of different points [n, 2]."""
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
            "area": lambda: isinstance(dataset, Area),
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
    return {key: METRICS[key] for key in _applicable(dataset, tuple(METRICS))}  # type: ignore[arg-type]  # hashable


@lru_cache(maxsize=64)
def _applicable(dataset: Dataset, known: tuple[str, ...]) -> tuple[str, ...]:
    """Their keys among the known ones; each snapshot asks."""
    return tuple(key for key in known if METRICS[key].applies(dataset))


def lacking(dataset: Dataset) -> dict[str, str]:
    """The metrics that have no value on a distribution, each with the reason: ``curve_p95`` → ``needs a curve``."""
    return {key: WITHOUT[metric.needs] for key, metric in METRICS.items() if not metric.applies(dataset)}


def lacking_in_words(lacking: Mapping[str, str], where: str = "here") -> str:
    """``No value here: 95% distance, Largest gap (each needs a curve).``; empty where every metric has one."""
    sentences: list[str] = []
    for reason in dict.fromkeys(lacking.values()):
        labels = [METRICS[key].label for key, why in lacking.items() if why == reason]
        sentences.append(f"No value {where}: {', '.join(labels)} ({'each' if len(labels) > 1 else 'it'} {reason}).")
    return " ".join(sentences)


def get_metric(key: str) -> Metric:
    """The metric of a key; ConfigError names the known ones."""
    if key not in METRICS:
        raise ConfigError.refused("metric", key, f"use one of {', '.join(METRICS)}", "is unknown")
    return METRICS[key]
