"""Success over numbers that a study varies: which of them and how far, from the cells of its analysis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gancore.analysis.estimates import success_interval
from gancore.analysis.rows import Cell
from gancore.studies.design import Factor
from gancore.studies.study import Study
from gancore.words import setting_value
from gancore.words.settings import setting_in_label

MOST = 3
"""Numbers that a surface shows: along, upward, and a panel each."""
FEWEST = 3
"""Values that one of them has at least; what has two of each is read from a table."""


class Axis(NamedTuple):
    """A factor whose levels are numbers."""

    name: str
    """The factor's."""
    words: str
    """What the numbers are: ``learning rate``."""
    values: tuple[float, ...]
    """From the lowest."""


class Place(NamedTuple):
    """Runs with the same numbers."""

    x: float
    y: float
    panel: float | None
    learned: int
    runs: int
    low: float
    """Wilson's 95% interval of the share that learned."""
    high: float


class Surface(NamedTuple):
    """How often runs learned, by two or three numbers."""

    x: Axis
    y: Axis
    panel: Axis | None
    places: list[Place]

    @property
    def panels(self) -> Sequence[float | None]:
        """What the panels are of; one of None where there are two numbers."""
        return self.panel.values if self.panel else [None]

    def title(self, panel: float | None) -> str:
        """What a panel is of, ``batch size 256``; empty where there is one."""
        return f"{self.panel.words} {setting_value(panel)}" if self.panel else ""

    def of(self, panel: float | None) -> list[Place]:
        """The places of a panel, row by row."""
        return [place for place in self.places if place.panel == panel]


def suits(study: Study) -> bool:
    """Whether a study varies two or three numbers, of which one has three values or more."""
    return bool(_axes(study))


def surface_of(study: Study, cells: Sequence[Cell], dataset: str) -> Surface | None:
    """The surface of a study on one dataset (or ``overall``); None where it does not suit, or has no runs there.

    Of three the one with the fewest values has a panel each; along the axis goes the one with the most. Cells that
    differ in other factors alone are counted together, and those of levels that the study does not have, which another
    version's analysis may name otherwise, are left out.
    """
    axes = _axes(study)
    if not axes:
        return None
    x, y, *rest = axes
    panel = rest[0] if rest else None
    numbers = {factor.name: dict(_levels(factor)) for factor in study.factors}
    counted: dict[tuple[float, ...], list[int]] = {}
    for cell in cells:
        key = tuple(numbers[axis.name].get(cell.factors.get(axis.name, ""), math.nan) for axis in axes)
        if cell.dataset == dataset and all(map(math.isfinite, key)):
            pair = counted.setdefault(key, [0, 0])
            pair[0], pair[1] = pair[0] + cell.learned, pair[1] + cell.n
    places = [
        Place(key[0], key[1], key[2] if panel else None, learned, runs, *success_interval(learned, runs))
        for key, (learned, runs) in sorted(counted.items())
    ]
    return Surface(x, y, panel, places) if places else None


def _axes(study: Study) -> list[Axis]:
    """The numbers that a study varies, the one with the most values first; none where they make no surface."""
    axes = sorted(filter(None, map(_axis, study.factors)), key=lambda axis: -len(axis.values))
    return axes if 2 <= len(axes) <= MOST and len(axes[0].values) >= FEWEST else []


def _axis(factor: Factor) -> Axis | None:
    levels = dict(_levels(factor))
    if len(levels) < 2 or not all(map(math.isfinite, levels.values())):
        return None
    return Axis(factor.name, _words(factor), tuple(sorted(set(levels.values()))))


def _levels(factor: Factor) -> Iterator[tuple[str, float]]:
    """Words of each level and the one number that it sets; NaN where that is no number, or several."""
    for level in factor.levels:
        values = set(map(str, level.changes.values()))
        value = next(iter(level.changes.values()), None)
        single = len(values) == 1 and isinstance(value, int | float) and not isinstance(value, bool)
        yield level.words, float(value) if single and value is not None else math.nan


def _words(factor: Factor) -> str:
    """What all the settings that a factor sets end with: ``learning rate`` of both networks'."""
    named = [setting_in_label(path).split() for path in factor.paths]
    shared: list[str] = []
    for words in zip(*map(reversed, named), strict=False):
        if len(set(words)) > 1:
            break
        shared.insert(0, words[0])
    return " ".join(shared) or factor.name
