"""The printed table of variants: which columns it has, what stands beside each mean, and which value is best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gancore.analysis import Analysis, EffectRow
from gancore.analysis import Cell as Measured
from gancore.analysis.outcomes import OVERALL, datasets_of, outcomes_of
from gancore.report.options import TableOptions
from gancore.studies import Study, Variant
from gancore.studies.labels import dataset_words
from gancore.words import chance, fraction, interval, number, percent, signed

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Cell:
    """One value of the table."""

    value: str
    beside: str = ""
    """What it is uncertain by."""
    best: bool = False

    def __str__(self) -> str:
        return f"{self.value} {self.beside}".strip()


def variant_cells(
    study: Study, found: Mapping[str, Analysis], options: TableOptions, runs: pd.DataFrame | None = None
) -> list[dict[str, Cell]]:
    """A row per variant: its label, then the columns of ``options``.

    ``found`` has an analysis per metric, all of the same datasets; ``runs`` (see ``run_table``) is needed for standard
    deviations alone.
    """
    cells = {key: single(analysis) for key, analysis in found.items()}
    first = next(iter(cells.values()))
    labels = {(kind, v.arm or v.name): v.label for kind, variants in datasets_of(study).items() for v in variants}
    columns = options.columns or ("learned", *found)
    values = {key: _middles(study, key, cells[key], options, runs) for key in columns if key in cells}
    rows: list[dict[str, Cell]] = []
    for i, one in enumerate(first):
        row = {"variant": Cell(labels.get((one.dataset, one.variant), one.label))}
        for name in columns:
            if name == "runs":
                row[name] = Cell(str(one.n))
            elif name == "learned":
                ends = interval(one.success_low, one.success_high, percent, "")
                row[name] = Cell(fraction(one.learned, one.n), f"({ends})" if ends else "")
            else:
                middle, beside = values[name][i]
                row[name] = Cell(number(middle), beside)
        rows.append(row)
    return _with_best(study, first, values, rows) if options.bold else rows


def in_words(options: TableOptions) -> str:
    """What the table's numbers are, in sentences."""
    means = {
        "interval": "of metrics the interquartile mean over seeds is given with its 95% bootstrap interval",
        "sd": "of metrics the mean over seeds is given ± the standard deviation over seeds",
        "none": "of metrics the interquartile mean over seeds is given",
    }[options.spread]
    best = " The best value of each metric is in bold." if options.bold else ""
    return f"Shares have 95% Wilson intervals; {means}.{best}"


def effect_words(row: EffectRow, analysis: Analysis) -> dict[str, str]:
    """An effect with its interval, as words by their columns."""
    same = f" (= {', '.join(row.aliases)})" if row.aliases else ""
    where = f"{dataset_words(row.dataset)}: " if len(analysis.datasets) > 1 else ""
    against = " against the baseline" if row.kind == "difference" else ""
    return {
        "effect": f"{where}{row.label}{against}{same}",
        f"change in {analysis.metric}": signed(row.estimate),
        "interval": interval(row.low, row.high, signed),
        "p (Holm)": chance(row.p_holm),
    }


def single(analysis: Analysis) -> list[Measured]:
    """The cells of single datasets, in the order of the study's variants; else those of all together."""
    return [row for row in analysis.cells if row.dataset != OVERALL] or list(analysis.cells)


def _middles(
    study: Study, key: str, cells: Sequence[Measured], options: TableOptions, runs: pd.DataFrame | None
) -> list[tuple[float, str]]:
    """A variant's mean, and what stands beside it; a run that failed counts as everywhere as the worst value."""
    if options.spread != "sd" or runs is None:
        shown = options.spread == "interval"
        ends = [interval(cell.low, cell.high, none="") if shown else "" for cell in cells]
        return [(cell.iqm, f"({end})" if end else "") for cell, end in zip(cells, ends, strict=True)]
    outcomes, arms = outcomes_of(study, runs, key), [str(arm.name) for arm in study.arms]
    found = []
    for cell in cells:
        kinds = list(outcomes) if cell.dataset == OVERALL else [cell.dataset]
        values = np.mean([outcomes[kind].values[arms.index(cell.variant)] for kind in kinds], axis=0)
        values = values[np.isfinite(values)]
        spread = f"± {number(float(values.std(ddof=1)))}" if values.size > 1 else ""
        found.append((float(values.mean()) if values.size else math.nan, spread))
    return found


def _with_best(
    study: Study,
    cells: Sequence[Measured],
    values: Mapping[str, list[tuple[float, str]]],
    rows: list[dict[str, Cell]],
) -> list[dict[str, Cell]]:
    """The rows with the best value of each metric marked, on every dataset for itself; all that read the same are."""
    from gancore.metrics import METRICS

    kinds = {v.arm or v.name: _kind(v) for v in study.variants}  # where the study compares datasets, each has its own
    groups: dict[str, list[int]] = {}
    for i, cell in enumerate(cells):
        groups.setdefault(kinds[cell.variant] if cell.dataset == "all" else cell.dataset, []).append(i)
    for key, pairs in values.items():
        for places in groups.values():
            known = [pairs[i][0] for i in places if math.isfinite(pairs[i][0])]
            if len(known) < 2:
                continue
            best = number((min if METRICS[key].better == "lower" else max)(known))
            for i in places:
                if rows[i][key].value == best:
                    rows[i][key] = Cell(best, rows[i][key].beside, True)
    return rows


def _kind(variant: Variant) -> str:
    return variant.dataset
