"""Quantity: a number that is measured of a run, with its history; and the register of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gancore.config import ConfigError
from gancore.diagnosis.seen import Seen
from gancore.words import number, percent

Unit = Literal["share", "data units", "degrees", "modes", "times", "number"]
"""``share``: 0 to 1. ``data units``: 1 is the distribution's spread (root mean square distance from its mean)."""
LATE = 0.25
"""The part of a run, at its end, over which a quantity that swings is taken: as for ``analysis.behaviour``."""


@dataclass(frozen=True, eq=False)
class Quantity:
    """One quantity of one run."""

    name: str
    label: str
    unit: Unit
    steps: NDArray[np.int64] = field(repr=False)
    """Steps at which it is known, [n]."""
    values: NDArray[np.float64] = field(repr=False)
    """Its value at each, [n]; not finite where it was not."""
    value: float
    """What it has come to: at the end, or over the last quarter where it swings; NaN where nothing tells."""

    @property
    def known(self) -> bool:
        """Whether there is a number at all."""
        return bool(np.isfinite(self.value))

    @property
    def words(self) -> str:
        """Its value with its unit: ``97%``, ``0.143``, ``13.6°``."""
        if self.unit == "share":
            return percent(self.value)
        if self.unit == "modes":
            return number(self.value, 2) if not self.known else str(round(self.value))
        return f"{number(self.value)}{'°' if self.unit == 'degrees' and self.known else ''}"


Found = tuple[ArrayLike, ArrayLike] | float
"""Steps and values of a history, or the one value that there is, at the step that was reached."""


@dataclass(frozen=True)
class Measure:
    """How one quantity is measured."""

    name: str
    label: str
    unit: Unit
    help: str
    """What it is, in one sentence."""
    late: bool
    """Whether its value is the mean over the last quarter rather than the last one."""
    of: Callable[[Seen], Found | None] = field(repr=False)
    snapshots: int = 0
    """Snapshots at least that a run must have kept for it."""

    def __call__(self, seen: Seen) -> Quantity:
        """Measured of a run; NaN, without a history, where the run does not tell."""
        found = self.of(seen) if len(seen.points) >= self.snapshots else None
        if found is None:
            found = ([], [])
        pair = found if isinstance(found, tuple) else ([seen.step], [found])
        steps, values = np.asarray(pair[0], np.int64), np.asarray(pair[1], np.float64)
        return Quantity(self.name, self.label, self.unit, steps, values, self._value(values))

    def _value(self, values: NDArray[np.float64]) -> float:
        count = max(1, round(LATE * len(values))) if self.late else 1
        late = values[-count:]
        late = late[np.isfinite(late)]
        return float(late.mean()) if len(late) else float("nan")


MEASURES: dict[str, Measure] = {}
"""Every measure by its name, in the order of tables."""


def measure(
    name: str, label: str, unit: Unit, help: str, late: bool = False, snapshots: int = 0
) -> Callable[[Callable[[Seen], Found | None]], Callable[[Seen], Found | None]]:
    """Registers a function of what is seen of a run as a quantity; TypeError where the name is taken."""

    def register(function: Callable[[Seen], Found | None]) -> Callable[[Seen], Found | None]:
        if name in MEASURES:
            taken = MEASURES[name].of.__module__
            raise TypeError(f"{function.__module__}.{function.__name__}: the name {name!r} is taken by {taken}")
        MEASURES[name] = Measure(name, label, unit, help, late, function, snapshots)
        return function

    return register


def get_measure(name: str) -> Measure:
    """The measure of a name; ConfigError names the known ones."""
    if name not in MEASURES:
        raise ConfigError.refused("quantity", name, f"use one of {', '.join(MEASURES)}", "is unknown")
    return MEASURES[name]
