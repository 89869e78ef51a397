"""A report says of every run what diagnoses say of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gancore.report import Report, sections
from gancore.store import Store
from gancore.studies import load_study


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return Report(Store.open(tmp_path_factory.mktemp("diagnosed") / "store"), load_study("first-fixes"), 1)


def test_each_run_of_a_report_has_its_diagnosis(report: Report) -> None:
    found = {row["label"]: [line["diagnosis"] for line in row["lines"]] for row in sections.runs(report)}
    assert any("Oscillation" in said for said in found["baseline"])
    assert all(said for lines in found.values() for said in lines)


def test_a_run_that_is_not_there_has_none(tmp_path: Path) -> None:
    empty = Report(Store(tmp_path), load_study("first-fixes"), 1)
    assert {line["diagnosis"] for row in sections.runs(empty) for line in row["lines"]} == {""}
