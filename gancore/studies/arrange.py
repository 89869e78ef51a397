"""Where a factorial's cells stand: some factors down the rows, the others along the columns."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from gancore.config import ConfigError
from gancore.studies.design import Factor
from gancore.studies.labels import dataset_label
from gancore.studies.study import Study
from gancore.studies.variants import Variant

WIDE = 8
"""Columns at most, as far as factors are left that can go down: more leave no room for their names on a screen."""


@dataclass(frozen=True)
class Arrangement:
    """A table of panels."""

    row_factors: tuple[str, ...]
    """Names of the factors down the rows."""
    column_factors: tuple[str, ...]
    """Names of the factors along the columns."""
    rows: tuple[str, ...]
    """Every row's levels in words."""
    columns: tuple[str, ...]
    """Every column's levels in words."""
    places: dict[str, tuple[int, int]]
    """Variant name → row and column."""


def arrange(study: Study, variants: Sequence[Variant], rows: Sequence[str] | None = None) -> Arrangement | None:
    """Rows and columns for the cells among ``variants``; None where they are no table.

    ``rows`` names the factors that go down; None for the first half of those that vary, and as many more as it takes
    for ``WIDE`` columns. A table needs two factors that vary, cells of one dataset, and no variant beside the cells; or
    several arms on each of several datasets, which go down. Raises ConfigError on an unknown factor.
    """
    for name in rows or ():
        if name not in [factor.name for factor in study.factors]:
            known = ", ".join(factor.name for factor in study.factors) or "none, this study has no factors"
            raise ConfigError.refused("rows", name, f"use {known}", "is not a factor")
    if len(study.datasets) > 1 and len({kind_of(variant) for variant in variants}) > 1:
        return _by_dataset(variants)
    if not variants or any(variant.levels is None for variant in variants):
        return None
    levels = [variant.levels or () for variant in variants]
    varying = [i for i in range(len(study.factors)) if len({one[i] for one in levels}) > 1]
    if len(varying) < 2:
        return None
    if rows:
        down = [i for i in varying if study.factors[i].name in rows]
    else:
        half = len(varying) // 2
        while half < len(varying) - 1 and math.prod(len({one[i] for one in levels}) for i in varying[half:]) > WIDE:
            half += 1
        down = varying[:half]
    along = [i for i in varying if i not in down]
    if not down or not along:
        return None
    row_keys, column_keys = (_keys(study.factors, chosen) for chosen in (down, along))
    places = {
        variant.name: (
            row_keys.index(tuple(own[i] for i in down)),
            column_keys.index(tuple(own[i] for i in along)),
        )
        for variant, own in zip(variants, levels, strict=True)
    }
    if len(set(places.values())) < len(variants):
        return None
    return Arrangement(
        tuple(study.factors[i].name for i in down),
        tuple(study.factors[i].name for i in along),
        tuple(_words(study.factors, down, key) for key in row_keys),
        tuple(_words(study.factors, along, key) for key in column_keys),
        places,
    )


def kind_of(variant: Variant) -> str:
    """What the dataset is called that a variant is trained on."""
    return variant.dataset


def _by_dataset(variants: Sequence[Variant]) -> Arrangement | None:
    """A row per dataset and a column an arm; None where an arm is missing on one, or there is only one."""
    kinds = list(dict.fromkeys(kind_of(variant) for variant in variants))
    arms = {variant.arm: variant.arm_label for variant in variants}
    if len(arms) < 2 or len(variants) != len(kinds) * len(arms):
        return None
    places = {variant.name: (kinds.index(kind_of(variant)), list(arms).index(variant.arm)) for variant in variants}
    rows = tuple(dataset_label(kind) for kind in kinds)
    return Arrangement(("dataset",), ("variant",), rows, tuple(arms.values()), places)


def _keys(factors: Sequence[Factor], chosen: Sequence[int]) -> list[tuple[int, ...]]:
    """Every combination of the chosen factors' levels, the last factor fastest."""
    return list(itertools.product(*(range(len(factors[i].levels)) for i in chosen)))


def _words(factors: Sequence[Factor], chosen: Sequence[int], key: Sequence[int]) -> str:
    """``combined update, batch 256``; a level that sets nothing is named by its factor."""
    parts = []
    for i, level in zip(chosen, key, strict=True):
        words = factors[i].levels[level].words
        parts.append(f"{factors[i].name}: {words}" if words == "as in the base" else words)
    return ", ".join(parts)
