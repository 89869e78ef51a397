"""Rows of an analysis: plain data and back, and a claim's verdict is that of the view that decides."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from gancore.analysis import Analysis, analysis_from, analysis_of, analyze, plain_analysis, run_table
from gancore.config import ConfigError
from gancore.store import Store
from gancore.studies import finished_studies, load_study


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    """What the bundles that ship with gancore have as their analyses."""
    return {bundle.name: bundle.analysis for bundle in Store.open().layers}


@pytest.mark.parametrize("name", finished_studies())
def test_a_shipped_analysis_is_the_same_after_reading_and_writing(shipped, name: str) -> None:
    rows = analysis_from(shipped[name])
    assert plain_analysis(rows) == shipped[name]
    assert [claim.verdict for claim in rows.claims] == [claim["verdict"] for claim in shipped[name]["claims"]]


@pytest.mark.parametrize("seeds", [2, 4])
def test_what_is_computed_is_the_same_after_writing_and_reading(seeds: int) -> None:
    made = analyze(Store.open(), load_study("four-fixes-controls"), seeds=seeds)
    text = json.dumps(plain_analysis(made), allow_nan=False)
    again = analysis_from(json.loads(text))
    assert json.dumps(plain_analysis(again), allow_nan=False) == text
    assert [(claim.verdict, claim.needs) for claim in again.claims] == [(c.verdict, c.needs) for c in made.claims]


def test_what_is_not_known_is_nan_in_rows_and_null_in_plain_data(tmp_path) -> None:
    study = load_study("four-fixes")
    made = analysis_of(study, run_table(Store(tmp_path), study))
    again = analysis_from(plain_analysis(made))
    assert plain_analysis(made)["cells"][0]["iqm"] is None
    assert math.isnan(again.cells[0].iqm) and math.isnan(again.effects[0].estimate)
    assert [claim.deciding for claim in again.claims] == [None] * len(study.claims)
    assert {claim.verdict for claim in again.claims} == {"undecided"}


def test_a_claim_is_judged_by_the_view_that_decides(shipped) -> None:
    row = analysis_from(shipped["four-fixes"]).claims[0]
    assert row.view == "average" and row.average is not None and list(row.views) == ["alone", "average", "last"]
    for verdict in ("supported", "refuted", "undecided"):
        other = {"supported": "refuted"}.get(verdict, "supported")
        views = {"alone": replace(row.average, verdict=other), "average": replace(row.average, verdict=verdict)}
        assert replace(row, **views).verdict == verdict  # type: ignore[arg-type]
    with pytest.raises(FrozenInstanceError):
        row.needs = "more"  # type: ignore[misc]


def changed(content: dict[str, Any], table: str, **values: Any) -> dict[str, Any]:
    first, *rest = content[table]
    return content | {table: [first | values, *rest]}


@pytest.mark.parametrize(
    ("table", "values", "reason"),
    [
        ("cells", {"n": "many"}, "analysis.cells.0.n: 'many' is not allowed"),
        (
            "claims",
            {"average": {"estimate": 1.0, "low": 0.0, "high": 2.0, "verdict": "maybe"}},
            "'maybe' is not allowed",
        ),
        ("claims", {"direction": "up"}, "analysis.claims.0.direction: 'up' is not allowed"),
        ("effects", {"kind": None}, "analysis.effects.0.kind: None is not allowed"),
    ],
)
def test_plain_data_that_is_no_analysis_is_refused_by_field_and_value(shipped, table, values, reason) -> None:
    with pytest.raises(ConfigError, match=reason):
        analysis_from(changed(shipped["four-fixes"], table, **values))


def test_plain_data_that_lacks_a_part_is_refused(shipped) -> None:
    for name in ("cells", "better", "notes"):
        lacking = {key: value for key, value in shipped["four-fixes"].items() if key != name}
        with pytest.raises(ConfigError, match=f"analysis.{name}: .* is not allowed; Field required"):
            analysis_from(lacking)
    assert isinstance(analysis_from(shipped["four-fixes"]), Analysis)


def test_a_page_computes_what_a_bundle_does_not_say_readably(monkeypatch) -> None:
    from gancore.store import Bundle
    from gancore.ui.ablation import verdicts

    store, study = Store.open(), load_study("first-fixes")
    known = verdicts.analysis(store, study)
    monkeypatch.setattr(Bundle, "analysis", {"study": "first-fixes", "cells": "none"})
    again = verdicts.analysis(store, study)
    assert plain_analysis(again) == plain_analysis(known)
