"""A report's tables, read back by pandas, json, a Markdown parser and a look at LaTeX's syntax."""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from support.hostile import hostile

from gancore.analysis import analyze
from gancore.report import FORMATS, Report, write_report
from gancore.report.escaping import cell, latex, markdown, paragraph
from gancore.store import Store
from gancore.studies import load_study, parse_study
from gancore.words import interval, number

NAMES = ["<script>alert(1)</script>", "=1+1 | 50% & a_b", "\"quoted\" 'too' 😀", "@never {there} \\\\x^~$#"]
HOSTILE = hostile(
    NAMES,
    question="1. Do = names | survive?",
    never='"generator.hidden" = [7]',
    claim="Names <i>help</i> | =1+1 [x](javascript:alert(1))",
)
NAMES[3] = NAMES[3].replace("\\\\", "\\")


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return Store.open(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def hostile(store) -> Report:
    return Report(store, parse_study(HOSTILE), 4)


@pytest.fixture(scope="module")
def fixes(store) -> Report:
    return Report(store, load_study("four-fixes"), 10)


def text_of(report: Report, tmp_path: Path, name: str) -> str:
    chosen = FORMATS[name]
    path = tmp_path / f"a{chosen.endings[0]}"
    write_report(report, path, chosen)
    return path.read_text("utf-8")


def test_csv_has_a_row_a_variant_with_settings_and_intervals(fixes, tmp_path):
    frame = pd.read_csv(StringIO(text_of(fixes, tmp_path, "csv")))
    assert list(frame["variant"]) == [variant.name for variant in fixes.study.variants]
    settings = ["update.kind", "batch_size", "generator.hidden", "dataset.scale"]
    assert set(settings) < set(frame)
    row = frame.loc[frame["variant"] == "batch-256-generator-16-32-radius-0-5"].iloc[0]
    assert [row[name] for name in settings] == ["separate", 256, "[16, 32]", 0.5]
    assert (row["seeds"], row["runs"], row["failed"], row["missing"]) == (10, 10, 0, 0)
    assert row["success"] == row["learned"] / row["runs"]
    for key in ("w1_excess", "curve_p95", "coverage", "near"):
        cells = analyze(fixes.store, fixes.study, key, seeds=10).cells
        known = next(cell for cell in cells if cell.variant == row["variant"])
        for name, own in {"": "iqm", "_low": "low", "_high": "high", "_min": "min", "_max": "max"}.items():
            assert row[key + name] == pytest.approx(getattr(known, own))
        assert row[f"{key}_low"] <= row[key] <= row[f"{key}_high"]
    assert row["success_low"] < row["success"] < row["success_high"]
    assert row["w1_excess_reference"] == 0 and row["w1_excess_collapsed"] > 1
    assert (row["near_reference"], row["coverage_reference"]) == (1, 1)
    numbers = frame.drop(columns=["variant", "label", "dataset", "update.kind", "generator.hidden"])
    assert all(pd.api.types.is_numeric_dtype(numbers[name]) for name in numbers)


def test_csv_has_the_metric_that_is_judged_by_as_well(fixes, tmp_path):
    frame = pd.read_csv(StringIO(text_of(replace(fixes, metric="swd"), tmp_path, "csv")))
    assert {"swd", "swd_low", "w1_excess"} < set(frame)


def test_csv_has_a_row_a_variant_and_dataset(store, tmp_path):
    study = load_study("four-distributions")
    frame = pd.read_csv(StringIO(text_of(Report(store, study, 10), tmp_path, "csv")))
    assert list(frame["dataset"]) == [variant.config.dataset.kind for variant in study.variants]
    table = analyze(store, study, "near", "moons", seeds=10).cells
    ours = frame.loc[frame["dataset"] == "moons", "near"]
    assert list(ours) == pytest.approx([cell.iqm for cell in table])


def test_csv_text_is_not_a_formula_and_numbers_stay_numbers(hostile, tmp_path):
    text = text_of(hostile, tmp_path, "csv")
    frame = pd.read_csv(StringIO(text))
    assert list(frame["label"]) == [NAMES[0], f"'{NAMES[1]}", NAMES[2], f"'{NAMES[3]}"]
    missing = frame.iloc[3]
    assert (missing["runs"], missing["missing"]) == (0, 4)
    assert math.isnan(missing["w1_excess"]) and math.isnan(missing["success"])
    assert "nan" not in text.lower().replace("names", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r+", " =", "\n@"])
def test_a_cell_that_a_spreadsheet_would_run_starts_with_an_apostrophe(start):
    assert cell(f"{start}1+1").startswith("'")
    assert "\t" not in cell(f"{start}1") and "\r" not in cell(f"{start}1")
    assert cell("a=1") == "a=1"


def test_json_has_everything_and_no_number_that_json_does_not_know(hostile, tmp_path):
    text = text_of(hostile, tmp_path, "json")
    data = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert [variant["label"] for variant in data["variants"]] == NAMES
    assert parse_study(data["study"]["toml"]) == hostile.study
    ids = [config.run_id for config in hostile.study.configs(4)]
    assert [run["run_id"] for run in data["runs"]] == ids
    trained = [run for run in data["runs"] if run["status"] != "missing"]
    assert len(trained) == 12
    assert {"tensorflow", "keras"} <= set(trained[0]["versions"])
    assert trained[0]["metrics"]["near"] == hostile.runs["baseline"][0].metrics["near"]
    assert data["summary"][3]["w1_excess"] is None
    assert data["analysis"]["claims"][0]["verdict"] in ("supported", "refuted", "undecided")
    assert {"cells", "effects", "failures", "notes"} < set(data["analysis"])
    assert data["metrics"]["near"]["definition"]
    assert data["gancore"]


def test_latex_tables_are_balanced_and_every_row_has_all_columns(hostile, tmp_path):
    text = text_of(hostile, tmp_path, "latex")
    bare = re.sub(r"^%.*$", "", text, flags=re.MULTILINE)
    bare = re.sub(r"\\[{}%&]", "", bare)
    assert bare.count("{") == bare.count("}")
    assert "%" not in bare
    begun, ended = re.findall(r"\\begin{(\w+)}", text), re.findall(r"\\end{(\w+)}", text)
    assert sorted(begun) == sorted(ended) == ["table"] * 3 + ["tabularx"] * 3
    for table in re.findall(r"\\begin{tabularx}{\\linewidth}.*?\\end{tabularx}", bare, re.DOTALL):
        assert [table.count(rule) for rule in ("\\toprule", "\\midrule", "\\bottomrule")] == [1, 1, 1]
        rows = [line for line in table.splitlines() if line.endswith("\\\\")]
        assert len({line.count("&") for line in rows}) == 1 and len(rows) > 1
    assert r"\textless{}script\textgreater{}alert(1)\textless{}/script\textgreater{}" in text
    assert r"=1+1 \textbar{} 50\% \& a\_b" in text
    assert r"@never \{there\} \textbackslash{}x\textasciicircum{}\textasciitilde{}\$\#" in text
    assert "😀" in text
    assert not re.search("[−–→\u00a0]", text)


def test_latex_names_the_verdict_and_the_interval(fixes, tmp_path):
    text = text_of(fixes, tmp_path, "latex")
    row = fixes.analysis.claims[1]
    line = next(line for line in text.splitlines() if line.startswith(latex(row.text)))
    assert f"& {row.verdict} & w1\\_excess & " in line
    assert "\\label{tab:four-fixes-claims}" in text


def rendered(text: str) -> ElementTree.Element:
    """Markdown as a page, by a parser that lets HTML through: what a name brought would be an element of it."""
    markdown_it = pytest.importorskip("markdown_it")
    html = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    return ElementTree.fromstring(f"<page>{html}</page>")


def words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_markdown_says_the_verdicts_first_and_shows_every_name_as_text(hostile, tmp_path):
    page = rendered(text_of(hostile, tmp_path, "markdown"))
    tags = {element.tag for element in page.iter()}
    assert {"script", "b", "i", "a", "img"}.isdisjoint(tags)
    assert words(page[0]) == '<b>Names</b> & "quotes" | 😀'
    assert words(page[1]) == "1. Do = names | survive?"
    headings = [words(element) for element in page if element.tag == "h2"]
    assert headings == ["Verdicts", "Variants", "Effects", "Notes"]
    claim = page.find("ol/li")
    assert claim is not None
    assert "Names <i>help</i> | =1+1 [x](javascript:alert(1))" in words(claim)
    verdict = hostile.analysis.claims[0].verdict.capitalize()
    assert verdict in words(claim) and f"{NAMES[0]} → {NAMES[1]}" in words(claim)
    variants, effects = page.findall("table")
    rows = [[words(item) for item in row] for row in variants.iter("tr")]
    assert [row[0] for row in rows[1:]] == NAMES
    assert {len(row) for row in rows} == {7}
    assert rows[4][1] == "0 of 0" and rows[4][2] == "–"
    assert "16" in words(page) and "not trained" in words(page)
    assert [words(row[0]) for row in effects.iter("tr")][1].startswith(f"{NAMES[1]} against the baseline")


def test_markdown_numbers_are_those_of_the_analysis(fixes, tmp_path):
    page = rendered(text_of(fixes, tmp_path, "markdown"))
    rows = [[words(item) for item in row] for row in page.findall("table")[0].iter("tr")]
    shown = dict(zip(rows[0], rows[8], strict=True))
    known = fixes.analysis.cells[7]
    assert shown["variant"] == known.label
    assert shown["learned"].startswith(f"{known.learned} of {known.n} (")
    assert shown["w1_excess"] == f"{number(known.iqm)} ({interval(known.low, known.high)})"


@pytest.mark.parametrize(
    "text", ["# a", "- a", "+ a", "1. a", "12) a", "*a*", "`a`", "| a", "<a>", "a_b_", "~~a~~", "---"]
)
def test_markdown_text_stays_text(text):
    page = rendered(paragraph(text))
    assert [element.tag for element in page.iter()] == ["page", "p"]
    assert words(page) == text
    assert "|" not in markdown(text).replace("\\|", "")


def test_a_study_without_claims_says_so(store, tmp_path):
    text = text_of(Report(store, load_study("first-fixes"), 4), tmp_path, "markdown")
    assert "The study states no claim to judge" in text
    assert "\\label{tab:first-fixes-claims}" not in text_of(
        Report(store, load_study("first-fixes"), 4), tmp_path, "latex"
    )
