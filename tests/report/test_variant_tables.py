"""The printed table of variants: chosen columns, intervals or deviations, the best in bold."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gancore.cli import run
from gancore.config import ConfigError
from gancore.report import FORMATS, Report, write_report
from gancore.report.escaping import latex
from gancore.report.options import TableOptions, checked_options
from gancore.store import Store
from gancore.studies import load_study
from gancore.words import interval, number


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return Report(Store.open(tmp_path_factory.mktemp("store")), load_study("circle-vs-parabola"), 4)


def table_of(report: Report, tmp_path: Path, kind: str = "latex") -> list[list[str]]:
    """The table of variants as cells of text."""
    path = tmp_path / f"table{FORMATS[kind].endings[0]}"
    write_report(report, path, FORMATS[kind])
    text = path.read_text("utf-8")
    if kind == "markdown":
        part = text.partition("## Variants")[2].partition("\n\n## ")[0]
        lines = [line.strip("|") for line in part.splitlines() if line.startswith("|") and "---" not in line]
        return [[cell.strip() for cell in line.split("|")] for line in lines]
    part = text.partition("-variants}")[2].partition("\\end{table}")[0]
    lines = [line[: -len("\\\\")] for line in part.splitlines() if line.endswith("\\\\")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)&", line)] for line in lines]


def test_every_metric_has_its_interval_below_it(report: Report, tmp_path: Path) -> None:
    head, *rows = table_of(report, tmp_path)
    assert head == ["variant", "learned", "w1\\_excess", "curve\\_p95", "coverage", "near"]
    few = replace(report, seeds=4)
    assert len(rows) == len(few.study.variants)
    ten = Report(report.store, load_study("four-distributions"), 10)
    _, first, *_ = table_of(ten, tmp_path)
    cell = ten.analysis.cells[0]
    assert number(cell.iqm) in first[2] and latex(f"({interval(cell.low, cell.high)})") in first[2]
    assert all("to" in shown and shown.startswith("\\shortstack[r]{") for shown in first[1:])


def test_columns_are_those_that_were_asked_for_in_their_order(report: Report, tmp_path: Path) -> None:
    chosen = replace(report, options=TableOptions(("mmd2", "runs", "w1")))
    for kind in ("latex", "markdown"):
        head, first, *_ = table_of(chosen, tmp_path, kind)
        assert head == ["variant", "mmd2", "runs", "w1"] and first[2] == "4"
        assert number(np.nan) not in first[1]


def test_means_with_standard_deviations_are_those_of_the_runs(report: Report, tmp_path: Path) -> None:
    chosen = replace(report, options=TableOptions(("w1",), "sd", bold=False))
    _, *rows = table_of(chosen, tmp_path, "markdown")
    for (label, shown), (name, runs) in zip(rows, report.runs.items(), strict=True):
        values = np.array([run.metrics["w1"] for run in runs if run is not None], float)
        assert report.study.variant(name).label == label
        assert shown == f"{number(values.mean())} ± {number(values.std(ddof=1))}"
    assert "$\\pm$" in table_of(chosen, tmp_path)[1][1]


def test_the_best_value_on_each_dataset_is_bold_and_only_that(tmp_path: Path, report: Report) -> None:
    ten = Report(report.store, load_study("four-fixes"), 10, options=TableOptions(("w1_excess", "near"), "none"))
    _, *rows = table_of(ten, tmp_path)
    cells = ten.analysis.cells
    best = min(range(len(cells)), key=lambda i: cells[i].iqm)
    assert [i for i, row in enumerate(rows) if "\\textbf" in row[1]] == [best]
    assert rows[best][1] == f"\\textbf{{{number(cells[best].iqm)}}}"
    plain = replace(ten, options=TableOptions(("w1_excess", "near"), "none", bold=False))
    assert not any("\\textbf" in cell for row in table_of(plain, tmp_path) for cell in row)
    _, *lines = table_of(ten, tmp_path, "markdown")
    assert lines[best][1] == f"**{number(cells[best].iqm)}**"
    several = Report(report.store, load_study("four-distributions"), 10, options=TableOptions(("w1",)))
    bold = [i for i, row in enumerate(table_of(several, tmp_path)[1:]) if "\\textbf" in row[1]]
    kinds = {str(several.study.variants[i].config.dataset.kind) for i in bold}  # type: ignore[attr-defined]
    assert kinds == set(several.study.datasets)


@pytest.mark.parametrize(
    ("columns", "spread", "words"),
    [
        ("w1,sky", "sd", "--columns: 'sky' is not a column; use runs, learned, w1,"),
        ("", "sd", "--columns: '' is not a column"),
        ("w1,w1", "sd", "--columns: 'w1,w1' names a column twice"),
        (None, "std", "--spread: 'std' is not allowed; use one of interval, sd, none"),
    ],
)
def test_what_is_not_allowed_is_named(columns: str | None, spread: str, words: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        checked_options(columns, spread, True)


def test_the_command_line_takes_the_same(tmp_path: Path) -> None:
    out = tmp_path / "t.md"
    arguments = ["--columns", "learned, w1", "--spread", "sd", "--no-bold", "--store", str(tmp_path / "store")]
    assert run(["report", "circle-vs-parabola", "--out", str(out), *arguments]) == 0
    assert re.search(r"^\| variant +\| +learned \| +w1 \|$", out.read_text("utf-8"), re.MULTILINE)
    assert "±" in out.read_text("utf-8")
    assert run(["report", "circle-vs-parabola", "--out", str(out), "--columns", "sky"]) == 2
