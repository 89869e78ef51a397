"""Effects of a factorial: which cells a contrast adds and which it takes away."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gancore.analysis.estimates import Array
from gancore.studies.design import Design, Factor


@dataclass(frozen=True)
class Effect:
    """A main effect or two-way interaction, as a weight a cell."""

    kind: Literal["main", "interaction"]
    """``main`` or ``interaction``."""
    name: str
    """Factor names, joined by ×; with the level where a factor has more than two."""
    label: str
    """In words: from which level to which."""
    factors: tuple[tuple[str, int], ...]
    """The one or two factors and the levels that are compared with their first."""
    weights: Array
    """[cells] in the order of ``design.cells``; the effect is their product with the cells' means, summed."""
    aliases: tuple[str, ...] = ()
    """Effects that a fraction cannot tell from this one, with a minus where they have the opposite sign."""


def effects_of(design: Design) -> list[Effect]:
    """Main effects, then two-way interactions; in a fraction those that are the same contrast only once.

    A main effect is the mean of the cells at a level minus that of the cells at the first level. An interaction is
    half of how much an effect differs between the other factor's two levels, so that it has a main effect's scale.
    """
    cells = np.array(design.cells, int).reshape(len(design.cells), len(design.factors))
    varied = [(i, factor) for i, factor in enumerate(design.factors) if len(factor.levels) > 1]
    found = [
        Effect(
            "main",
            _name(factor, level),
            f"{factor.levels[0].words} → {factor.levels[level].words}",
            ((factor.name, level),),
            _difference(cells[:, i], level),
        )
        for i, factor in varied
        for level in range(1, len(factor.levels))
    ]
    for (i, one), (j, other) in itertools.combinations(varied, 2):
        for k, m in itertools.product(range(1, len(one.levels)), range(1, len(other.levels))):
            weights = np.zeros(len(cells))
            for level, sign in ((m, 0.5), (0, -0.5)):
                there = cells[:, j] == level
                weights[there] += sign * _difference(cells[there, i], k)
            name = f"{_name(one, k)} × {_name(other, m)}"
            label = f"{one.levels[k].words} together with {other.levels[m].words}"
            found.append(Effect("interaction", name, label, ((one.name, k), (other.name, m)), weights))
    return _merged(found) if design.generators else found


def paired_cells(design: Design, factor: str, level: int) -> list[tuple[int, int]]:
    """Pairs of cells that differ in one factor alone: at its first level, and at ``level``."""
    place = [f.name for f in design.factors].index(factor)
    number = {cell: i for i, cell in enumerate(design.cells)}
    pairs: list[tuple[int, int]] = []
    for cell, i in number.items():
        changed = (*cell[:place], level, *cell[place + 1 :])
        if cell[place] == 0 and changed in number:
            pairs.append((i, number[changed]))
    return pairs


def single_views(design: Design, factor: str, level: int) -> dict[str, tuple[int, int] | None]:
    """The pair of cells of ``alone`` and of ``last``; None where a fraction has not both.

    alone: the level added to the baseline. last: the level added when all other factors have their last level,
    which is also what removing it from all of them costs.
    """
    place = [f.name for f in design.factors].index(factor)
    number = {cell: i for i, cell in enumerate(design.cells)}
    found: dict[str, tuple[int, int] | None] = {}
    for view, rest in (
        ("alone", [0] * len(design.factors)),
        ("last", [len(f.levels) - 1 for f in design.factors]),
    ):
        without, with_it = (number.get((*rest[:place], at, *rest[place + 1 :])) for at in (0, level))
        found[view] = None if without is None or with_it is None else (without, with_it)
    return found


def per_seed(values: Array, weights: Sequence[Array] | Array) -> Array:
    """Contrasts [..., E, seeds] of values [..., cells, seeds] with weights [E, cells]."""
    return np.asarray(weights, np.float64) @ values


def _difference(levels: Array, level: int) -> Array:
    """Weights [cells]: the mean at ``level`` minus the mean at the first."""
    at, first = levels == level, levels == 0
    return at / max(1, at.sum()) - first / max(1, first.sum())


def _name(factor: Factor, level: int) -> str:
    return factor.name if len(factor.levels) == 2 else f"{factor.name}: {factor.levels[level].words}"


def _merged(effects: Sequence[Effect]) -> list[Effect]:
    """Effects whose weights are not another's, which then names them as its aliases."""
    kept: list[Effect] = []
    for effect in effects:
        for i, other in enumerate(kept):
            sign = 1 if np.allclose(effect.weights, other.weights) else -1
            if np.allclose(effect.weights, sign * other.weights):
                alias = effect.name if sign == 1 else f"−{effect.name}"
                kept[i] = replace(other, aliases=(*other.aliases, alias))
                break
        else:
            kept.append(effect)
    return kept
