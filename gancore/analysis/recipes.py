"""Recipes: the settings that studies found to work, by how often their runs learned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gancore.analysis.analysis import Analysis
from gancore.analysis.confounds import IGNORED
from gancore.analysis.rows import Cell
from gancore.config import RunConfig, differing, flatten
from gancore.datasets.named import name_of
from gancore.studies.labels import piece_of
from gancore.studies.study import Study
from gancore.studies.variants import Variant
from gancore.words import setting_value


class Recipe(NamedTuple):
    """Settings that learned their dataset in most of their runs."""

    words: str
    """What is changed, such as ``combined update + batch 256``."""
    instead: str
    """What the baseline has in its place: ``separate updates, batch 32``."""
    config: RunConfig
    study: str
    """The study whose runs say so."""
    variant: str
    """Its variant's name there."""
    learned: int
    runs: int
    low: float
    """Wilson's 95% interval of the rate."""
    high: float
    same_task: bool
    """Whether it learns the very points that the baseline fails on, rather than an easier or harder version of them."""

    @property
    def title(self) -> str:
        """Its words, to stand alone: ``Combined update + batch 256``."""
        return f"{self.words[:1].upper()}{self.words[1:]}"


def recipes(analysed: Iterable[tuple[Study, Analysis]], baseline: RunConfig) -> list[Recipe]:
    """The settings that work on the baseline's kind of dataset, from studies and their analyses.

    Settings work where at least half of their runs learned and the success rate's 95% interval lies above the
    baseline's; nothing works where no study has the baseline itself. Those on the baseline's own points come first,
    then those with the fewest changes, then the most successful. Settings that several studies have count once, from
    the study with the most runs.
    """
    cells: dict[str, tuple[Study, Variant, Cell]] = {}
    for study, analysis in analysed:
        for variant, cell in cells_of(study, analysis):
            config = variant.config
            if cell.n and name_of(config.dataset) == name_of(baseline.dataset):
                known = cells.get(config.run_id)
                if known is None or cell.n > known[2].n:
                    cells[config.run_id] = study, variant, cell
    usual = cells.get(baseline.run_id)
    if usual is None:
        return []
    good = [
        _recipe(study, variant, cell, baseline)
        for study, variant, cell in cells.values()
        if cell.success >= 0.5 and cell.success_low > usual[2].success_high
    ]
    return sorted(
        good, key=lambda one: (not one.same_task, len(changed(one.config, baseline)), -one.learned / one.runs)
    )


def changed(config: RunConfig, baseline: RunConfig) -> list[str]:
    """The settings in which two configs train differently: not the seed, nor how often something is written down."""
    return differing([baseline, config], IGNORED)


def pieces_of(config: RunConfig, paths: Iterable[str]) -> list[str]:
    """Settings of a config in words, those of its dataset last: ``batch 256``, ``radius 0.5``."""
    flat = flatten(config)
    there = sorted((path for path in paths if path in flat), key=lambda path: path.startswith("dataset."))
    radius = "dataset.scale" if name_of(config.dataset) == "circle" else ""  # the unit circle, scaled
    return [f"radius {setting_value(flat[path])}" if path == radius else piece_of(path, flat[path]) for path in there]


def _recipe(study: Study, variant: Variant, cell: Cell, baseline: RunConfig) -> Recipe:
    paths = changed(variant.config, baseline)
    return Recipe(
        " + ".join(pieces_of(variant.config, paths)),
        ", ".join(pieces_of(baseline, paths)),
        variant.config,
        study.name,
        variant.name,
        cell.learned,
        cell.n,
        cell.success_low,
        cell.success_high,
        variant.config.dataset == baseline.dataset,
    )


def cells_of(study: Study, analysis: Analysis) -> Iterable[tuple[Variant, Cell]]:
    """A study's variants with their cells: an analysis names the arm, and the dataset beside it."""
    for cell in analysis.cells:
        for variant in study.variants:
            here = cell.dataset in ("all", variant.dataset)
            if here and cell.variant in (variant.name, variant.arm):
                yield variant, cell
