"""The printed table of variants: which columns it has, what stands beside each mean, and which value is best."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gancore.analysis import Analysis
from gancore.analysis import Cell as Measured
from gancore.analysis.outcomes import OVERALL, outcomes_of
from gancore.analysis.summaries import outcome_of
from gancore.report.base import Report
from gancore.report.options import TableOptions
from gancore.studies import Variant
from gancore.words import fraction, interval, number, percent


@dataclass(frozen=True)
class Cell:
    """One value of the table."""

    value: str
    beside: str = ""
    """What it is uncertain by."""
    best: bool = False

    def __str__(self) -> str:
        return f"{self.value} {self.beside}".strip()


def variant_cells(report: Report, found: Mapping[str, Analysis]) -> list[dict[str, Cell]]:
    """A row a variant: its label, then the columns of ``report.options``; ``found`` has an analysis a metric."""
    options = report.options
    cells = {key: single(analysis) for key, analysis in found.items()}
    columns = options.columns or ("learned", *found)
    values = {key: _middles(report, key, cells[key]) for key in columns if key in cells}
    rows: list[dict[str, Cell]] = []
    for i, variant in enumerate(report.study.variants):
        one = next(iter(cells.values()))[i]
        row = {"variant": Cell(variant.label)}
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
    return _with_best(report, values, rows) if options.bold else rows


def in_words(options: TableOptions) -> str:
    """What the table's numbers are, in sentences."""
    means = {
        "interval": "of metrics the interquartile mean over seeds is given with its 95% bootstrap interval",
        "sd": "of metrics the mean over seeds is given ± the standard deviation over seeds",
        "none": "of metrics the interquartile mean over seeds is given",
    }[options.spread]
    best = " The best value of each metric is in bold." if options.bold else ""
    return f"Shares have 95% Wilson intervals; {means}.{best}"


def single(analysis: Analysis) -> list[Measured]:
    """The cells of single datasets, in the order of the study's variants."""
    return [row for row in analysis.cells if row.dataset != OVERALL]


def _middles(report: Report, key: str, cells: list[Measured]) -> list[tuple[float, str]]:
    """A variant's mean, and what stands beside it; a run that failed counts as everywhere as the worst value."""
    if report.options.spread != "sd":
        shown = report.options.spread == "interval"
        ends = [interval(cell.low, cell.high, none="") if shown else "" for cell in cells]
        return [(cell.iqm, f"({end})" if end else "") for cell, end in zip(cells, ends, strict=True)]
    outcomes = outcomes_of(report.study, report.table, key)
    found = []
    for variant in report.study.variants:
        values = outcome_of(report.study, outcomes, variant.name)[0]
        values = values[np.isfinite(values)]
        spread = f"± {number(float(values.std(ddof=1)))}" if values.size > 1 else ""
        found.append((float(values.mean()) if values.size else math.nan, spread))
    return found


def _with_best(
    report: Report, values: Mapping[str, list[tuple[float, str]]], rows: list[dict[str, Cell]]
) -> list[dict[str, Cell]]:
    """The rows with the best value of each metric marked, on every dataset for itself; all that read the same are."""
    from gancore.metrics import METRICS

    groups: dict[str, list[int]] = {}
    for i, variant in enumerate(report.study.variants):
        groups.setdefault(_kind(variant), []).append(i)
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
    return str(variant.config.dataset.kind)  # type: ignore[attr-defined]
