"""What it costs to say how far points are from a distribution, and in which cell they lie: for every one of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, get_args, get_origin

import numpy as np

from gancore.benchmarks.case import Case
from gancore.benchmarks.processes import answer_of, started
from gancore.config import ConfigError, Dataset, parse_config
from gancore.datasets.named import NAMED
from gancore.parts import Support
from gancore.parts.backend import environment
from gancore.parts.dataset import Array
from gancore.parts.errors import shortened
from gancore.words import typed

STAR = [(1 - k % 2 / 2, k * np.pi / 32) for k in range(64)]
CORNERS = ", ".join(f"{typed(r * np.cos(a), 4)}, {typed(r * np.sin(a), 4)}" for r, a in STAR)
TOGETHER: list[dict[str, Any]] = [
    {"kind": "blobs", "gaussians": " / ".join(f"1 {k % 10} {k // 10} 0.1 0.05 0.2" for k in range(100))},
    {"kind": "ring", "count": 100, "imbalance": 1000.0},
    {"kind": "random_mixture", "count": 100, "sigma": 0.5},
    {"kind": "spiral", "turns": 4, "arms": 8, "inner": 0.0},
    {"kind": "circles", "count": 8, "factor": 0.95},
    {"kind": "lissajous", "a": 9, "b": 8},
    {"kind": "polygon", "vertices": CORNERS},
    {"kind": "polynomial", "coefficients": [0.0] * 15 + [1000.0]},
    {"kind": "formula", "x": "cos(t) + 0.5*cos(3.1*t)", "y": "sin(t) - 0.5*sin(3.1*t)", "end": "20*pi"},
    {"kind": "formula", "x": "; ".join(f"{k} + 0.3*cos(t)" for k in range(16)), "y": "sin(t)"},
    {"kind": "pinwheel", "arms": 8, "radial": 0.33, "tangential": 0.01, "rate": 0.5},
]
"""Settings that make a distribution large together."""
POINTS = 2000
REPEATS = 15
SEED = 33


class Located(NamedTuple):
    """One setting of a distribution."""

    setting: str
    """Its kind or name, and what differs from the defaults."""
    milliseconds: float
    """Median processor time of one ``locate`` of 2,000 points, of the slowest cloud."""
    cloud: str
    """The slowest: ``near``, ``wide`` or ``collapsed``."""


def searched(repeats: int = REPEATS) -> list[Located]:
    """The rows of ``every_search``, of a process as a worker is one.

    In another, a thread of numpy's matrix products that waits for more of them counts as processor time.
    """
    command = [sys.executable, "-m", "gancore.benchmarks.nearest", str(repeats)]
    return [Located(*row) for row in answer_of(started(command, environment()))["rows"]]


def every_search(repeats: int = REPEATS) -> Iterator[Located]:
    """A row for each distribution at its defaults, at either end and each choice of its fields, some at several ends
    together, and each named constant."""
    for setting, dataset in settings():
        support = dataset.support()
        if support is not None:
            yield located(setting, dataset, support, repeats)


def settings() -> Iterator[tuple[str, Dataset]]:
    """What ``every_search`` measures."""
    for kind in sorted(Dataset.registry):
        member = Dataset.registry[kind]
        yield kind, member()  # type: ignore[misc]  # of this family
        for name, value in _extremes(member):
            try:
                yield f"{kind}, {name} {value}", parse_config({"dataset": {"kind": kind, name: value}}).dataset
            except ConfigError:  # an end that goes with other settings alone
                continue
    for given in TOGETHER:
        words = ", ".join(f"{name} {shortened(str(value), 24)}" for name, value in given.items() if name != "kind")
        yield f"{given['kind']}, {words}", parse_config({"dataset": given}).dataset
    for name, constant in NAMED.items():
        yield name, constant.dataset


def located(setting: str, dataset: Dataset, support: Support, repeats: int) -> Located:
    """The time of each cloud's search, tables excluded, which are made once."""
    slowest = Located(setting, 0.0, "")
    for cloud, points in clouds(dataset).items():
        support.locate(points)
        times = []
        for _ in range(repeats):
            start = time.process_time()
            support.locate(points)
            times.append(1000 * (time.process_time() - start))
        slowest = max(slowest, Located(setting, float(np.median(times)), cloud), key=lambda row: row.milliseconds)
    return slowest


def clouds(dataset: Dataset) -> dict[str, Array]:
    """Points [2000, 2] as a good generator makes them, an untrained one, and one that has collapsed."""
    rng = np.random.default_rng(SEED)
    low, high = dataset.extent()
    size = float((high - low).max())
    return {
        "near": dataset.unit(dataset.ideal(rng, POINTS)) + 0.02 * size * rng.normal(size=(POINTS, 2)),
        "wide": (low + high) / 2 + 0.75 * size * rng.uniform(-1, 1, (POINTS, 2)),
        "collapsed": dataset.mean() + 0.05 * size * rng.normal(size=(POINTS, 2)),
    }


def _extremes(member: type[Any]) -> Iterator[tuple[str, Any]]:
    """Fields of the member's own, each with the ends of its range or its other choices."""
    for name, field in member.model_fields.items():
        if name in Dataset.model_fields or name == "kind":
            continue
        if get_origin(field.annotation) is Literal:
            yield from ((name, value) for value in get_args(field.annotation) if value != field.default)
        if field.annotation in (int, float):
            for limit in ("ge", "gt", "le", "lt"):
                for end in (getattr(one, limit, None) for one in field.metadata):
                    if end is not None:
                        yield name, end + {"gt": 0.01, "lt": -1}.get(limit, 0)


if __name__ == "__main__":
    Case.answer({"rows": list(every_search(int(sys.argv[1])))})
