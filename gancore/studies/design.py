"""Designs: factors with levels, whole or in fractions, budgets and claims; all plain values, checked when made."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from gancore.config import ConfigError, RunConfig, quoted, with_changes
from gancore.studies.labels import piece_of

MAX_VARIANTS = 128
"""Variants of a study: every recipe on six distributions."""
MAX_SEEDS = 64
Direction = Literal["better", "lower", "higher"]


@dataclass(frozen=True)
class Level:
    """One level of a factor: what it sets, and perhaps words of its own."""

    changes: dict[str, Any]
    """Dotted path → value, on top of the study's base; empty where the base is the level."""
    label: str | None = None
    """Its own words; None for words made from what it sets."""

    @property
    def words(self) -> str:
        """Its name for people: ``batch 256``."""
        return (
            self.label or ", ".join(piece_of(path, value) for path, value in self.changes.items()) or "as in the base"
        )


@dataclass(frozen=True)
class Factor:
    """Something that a study varies; the first level is the baseline's."""

    name: str
    levels: tuple[Level, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Every setting that one of its levels sets."""
        return tuple(dict.fromkeys(path for level in self.levels for path in level.changes))

    def level(self, value: Any) -> int:
        """The number of the level with these words, or with this value where it sets one path; raises ConfigError."""
        words = [level.words for level in self.levels]
        if isinstance(value, str) and value in words:
            return words.index(value)
        for number, level in enumerate(self.levels):
            if len(level.changes) == 1 and _same(next(iter(level.changes.values())), value):
                return number
        raise ConfigError(f"{quoted(value)} is not a level of {self.name}; use one of {', '.join(map(repr, words))}")


@dataclass(frozen=True)
class Budget:
    """What every variant may use: as many steps, or as many real samples seen by the discriminator."""

    unit: Literal["steps", "samples"]
    amount: int

    def applied(self, config: RunConfig, name: str) -> RunConfig:
        """The config with its steps set: ``amount`` of them, or amount / (batch_size · d_steps). Raises ConfigError."""
        steps = self.amount
        if self.unit == "samples":
            a_step = config.batch_size * config.update.rounds
            steps, rest = divmod(self.amount, a_step)
            if rest:
                near = max(1, round(self.amount / a_step)) * a_step
                allowed = f"use a multiple of that, such as {near}"
                reason = f"{self.amount} is not a whole number of steps of {name!r}, which sees {a_step} samples a step"
                raise ConfigError.of("budget.samples", f"{reason}; {allowed}", self.amount, allowed)
        return with_changes(config, {"steps": steps})


@dataclass(frozen=True)
class Claim:
    """A sentence that a study can support or refute.

    Either about a factor's level against the baseline's, or about two variants (``before``, ``after``).
    """

    text: str
    factor: str | None = None
    level: int | None = None
    before: str | None = None
    """``from`` in a study file: a variant's name (without the dataset)."""
    after: str | None = None
    """``to`` in a study file."""
    metric: str | None = None
    """None to judge it by the metric of the analysis."""
    direction: Direction = "better"
    """What is claimed to happen to the metric; ``better`` is the metric's own good direction."""


@dataclass(frozen=True)
class Design:
    """Factors, and which of their cells are trained."""

    factors: tuple[Factor, ...] = ()
    generators: tuple[str, ...] = ()
    """``radius = update * batch``: a factor whose level follows from the others'; empty for every combination."""
    cells: tuple[tuple[int, ...], ...] = field(init=False, compare=False, default=())
    """Level numbers, a cell each in the order of the factors; the first is the baseline."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", tuple(_cells(self.factors, self.generators)) if self.factors else ())

    def factor(self, name: str) -> Factor:
        """The factor of that name, or that sets that path; raises ConfigError."""
        for factor in self.factors:
            if name == factor.name or name in factor.paths:
                return factor
        known = ", ".join(factor.name for factor in self.factors)
        raise ConfigError(f"{quoted(name)} is not a factor; " + (f"use one of {known}" if known else "there are none"))

    def changes(self, cell: Sequence[int]) -> dict[str, Any]:
        """What a cell sets, all factors together."""
        merged: dict[str, Any] = {}
        for factor, level in zip(self.factors, cell, strict=True):
            merged |= factor.levels[level].changes
        return merged

    def label(self, cell: Sequence[int]) -> str | None:
        """A cell's name from its levels' words; None where no level has words of its own."""
        if not any(level.label for factor in self.factors for level in factor.levels):
            return None
        words = [f.levels[level].words for f, level in zip(self.factors, cell, strict=True) if level]
        return ", ".join(words) or "baseline"


def half(factors: Sequence[str]) -> str:
    """The generator of the half fraction: the last factor is the product of all others.

    With four factors main effects are then free of two-way interactions (resolution IV).
    """
    return f"{factors[-1]} = {' * '.join(factors[:-1])}"


def check_factors(factors: Sequence[Factor]) -> None:
    """Raise ConfigError where two factors set the same path, levels read the same, or the product is too large."""
    owner: dict[str, str] = {}
    for factor in factors:
        for path in factor.paths:
            for other, name in owner.items():
                if name != factor.name and overlap(path, other):
                    reason = f"{quoted(path)} is also set by factors.{name}; use another"
                    raise ConfigError.of(f"factors.{factor.name}.path", reason, path)
            owner[path] = factor.name
        words = [level.words for level in factor.levels]
        for level in factor.levels:
            if level.label and words.count(level.label) > 1:
                reason = f"two are called {level.label!r}; use other labels"
                raise ConfigError.of(f"factors.{factor.name}.levels", reason)
    count = math.prod(len(factor.levels) for factor in factors)
    if count > MAX_VARIANTS**2:  # a fraction may be of a larger product, yet not of one too large to list
        raise ConfigError.of("factors", f"their product has {count:,} variants; at most {MAX_VARIANTS} are allowed")


def overlap(path: str, other: str) -> bool:
    """Whether one dotted path is the other, or a group around it."""
    return path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.")


def _cells(factors: Sequence[Factor], generators: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """Level numbers [factors] of every cell, the last factor fastest.

    A generated factor has its second level where an odd number of the factors in its product have theirs
    (Box, Hunter and Hunter 2005, chapter 6, with the signs that keep the baseline among the cells).
    """
    names = [factor.name for factor in factors]
    rules = dict(_rule(text, factors) for text in generators)
    for name, sources in rules.items():
        made = [source for source in sources if source in rules]
        if made:
            raise ConfigError.of(
                "generators", f"{name!r} is made of {made[0]!r}, which is made itself; use free factors"
            )
    free = [factor for factor in factors if factor.name not in rules]
    count = math.prod(len(factor.levels) for factor in free)
    if count > MAX_VARIANTS:
        raise ConfigError.of("factors", f"their product has {count:,} variants; at most {MAX_VARIANTS} are allowed")
    cells: list[tuple[int, ...]] = []
    for combination in itertools.product(*(range(len(factor.levels)) for factor in free)):
        levels = dict(zip((factor.name for factor in free), combination, strict=True))
        for name, sources in rules.items():
            levels[name] = sum(levels[source] for source in sources) % 2
        cells.append(tuple(levels[name] for name in names))
    if rules:
        for (i, one), (j, other) in itertools.combinations(enumerate(names), 2):
            agree = sum(cell[i] == cell[j] for cell in cells)
            if agree in (0, len(cells)):
                raise ConfigError.of("generators", f"{one!r} and {other!r} always change together; use another product")
    yield from cells


def _rule(text: str, factors: Sequence[Factor]) -> tuple[str, list[str]]:
    """``c = a * b`` → c and [a, b]; raises ConfigError."""
    left, equals, right = text.partition("=")
    made, sources = left.strip(), [source.strip() for source in re.split(r"\*", right)]
    two = [factor.name for factor in factors if len(factor.levels) == 2]
    if not equals or len(sources) < 2 or len({made, *sources}) <= len(sources):
        raise ConfigError.refused("generators", text, "it must be a product of other factors, such as c = a * b")
    for name in (made, *sources):
        if name not in two:
            raise ConfigError.refused("generators", name, f"use {', '.join(two)}", "is not a factor with two levels")
    return made, sources


def _same(one: Any, other: Any) -> bool:
    """Equal as settings: true is not 1, and lists are compared by their items."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other
