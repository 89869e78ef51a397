"""What the comparison view is fed: points, numbers and curves, and how few bytes they take."""

from __future__ import annotations

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support import viewed
from support.chromium import ROOT
from support.viewed import points_of, unpacked

from gancore.analysis import pick_seed, runs_of
from gancore.config import ConfigError
from gancore.recording.window import Window
from gancore.studies import load_study, parse_study
from gancore.studies.arrange import arrange
from gancore.viewer import EACH, TOGETHER, script, study_payload, style
from gancore.viewer.packing import LARGEST, MISSING, packed_numbers, packed_points
from gancore.viewer.payload import BUDGET, FEWEST

store = viewed.store


LIMIT = 1_500_000
"""Bytes of the view's first load."""


def test_points_keep_their_place_and_what_is_not_a_number_stays_so():
    points = np.array([[0.0, 1.0], [-1.25, np.nan], [9.0, -9.0]])
    found = points_of(packed_points(points, Window()), [0, 0, 1.25, 1.25])
    np.testing.assert_allclose(found[0], points[0], atol=1e-4)
    assert np.isnan(found[1, 1])
    np.testing.assert_allclose(found[2], [2.5, -2.5], atol=1e-9)


def numbers_of(column: dict) -> np.ndarray:
    codes = unpacked(column["codes"], "<u2").astype(float)
    bent = column["low"] + codes / LARGEST * (column["high"] - column["low"])
    return np.where(codes == MISSING, np.nan, column["middle"] + column["unit"] * np.sinh(bent))


@pytest.mark.parametrize(
    "values",
    [
        [1.5, np.nan, np.inf],
        [np.nan, np.nan],
        [0.25, 0.25, 0.25],
        [1000.0, 1000.5, 1001.0],
        [0.0, *np.linspace(-3, 7, 200), *[5.0] * 300],
        [*np.linspace(0.4, 0.9, 100), 5e6],
        [*np.linspace(0.4, 0.9, 100), -2e9, 9e9],
    ],
)
def test_numbers_keep_their_values_within_a_ten_thousandth_of_their_range(values):
    given = np.array(values)
    found = numbers_of(packed_numbers(given))
    sound = np.isfinite(given)
    assert np.isnan(found[~sound]).all()
    np.testing.assert_allclose(
        found[sound], given[sound], rtol=2e-6, atol=1e-4 * np.ptp(given[sound]) if sound.any() else 0
    )


def test_an_explosion_takes_no_detail_from_the_rest():
    usual = np.random.default_rng(0).normal(0.7, 0.1, 500)
    found = numbers_of(packed_numbers(np.append(usual, 1e4)))
    np.testing.assert_allclose(found[:-1], usual, atol=1e-2)
    assert found[-1] == pytest.approx(1e4, rel=1e-4)


def test_a_panel_holds_the_chosen_seed_s_points_and_scores(store):
    study = load_study("first-fixes", store)
    payload = study_payload(store, study, 4, ["median", "worst"])
    for pick in payload["picks"]:
        for panel, shown in zip(payload["panels"], pick["shown"], strict=True):
            run = pick_seed(runs_of(store, study, 4)[panel["key"]], pick["name"])
            assert shown["seed"] == run.config.seed
            assert shown["steps"] == run.snapshot_steps
            cloud = points_of(shown["points"], payload["reals"][0]["window"]).reshape(
                len(shown["steps"]), shown["count"], 2
            )
            np.testing.assert_allclose(cloud[3], run.snapshots[3][: shown["count"]], atol=1e-4)
            np.testing.assert_allclose(cloud[-1], run.final[: shown["count"]], atol=1e-4)
            assert shown["values"]["near"][-1] == pytest.approx(run.metrics["near"], abs=1e-4)


def test_curves_hold_every_run_s_rows(store):
    study = load_study("first-fixes", store)
    payload = study_payload(store, study, 4)
    (series,) = [one for one in payload["curves"]["series"] if one["key"] == study.variants[1].name]
    runs = runs_of(store, study, 4)[series["key"]]
    assert series["seeds"] == [0, 1, 2, 3]
    table = numbers_of(series["history"]["columns"]["d_acc"]).reshape(4, -1)
    for row, run in zip(table, runs, strict=True):
        np.testing.assert_allclose(row, run.history["d_acc"], atol=1e-4 * np.ptp(table))
    assert payload["curves"]["rows"] == [50, 50]
    assert unpacked(series["history"]["steps"], "<u4").tolist() == runs[0].history["step"].tolist()
    near = numbers_of(series["scores"]["columns"]["near"]).reshape(4, -1)
    np.testing.assert_allclose(near[2], runs[2].scores["near"], atol=1e-4)


@pytest.mark.parametrize("pick", ["median", "best", "3", TOGETHER, EACH])
@pytest.mark.parametrize("name", ["four-fixes", "four-distributions"])
def test_the_first_load_stays_small_whatever_is_shown(store, name, pick):
    study = load_study(name, store)
    payload = study_payload(store, study, 10, [pick])
    assert len(json.dumps(payload)) + len(script()) + len(style()) <= LIMIT
    assert len(payload["panels"]) == len(study.variants) * (10 if pick == EACH else 1)


@pytest.fixture
def repeated(monkeypatch):
    """Studies of more seeds than are stored: the stored runs come round again."""

    def more(store, study, seeds):
        found = runs_of(store, study, 10)
        return {name: [runs[seed % len(runs)] for seed in range(seeds)] for name, runs in found.items()}

    monkeypatch.setattr("gancore.viewer.payload.runs_of", more)


@pytest.mark.parametrize("pick", ["median", TOGETHER, EACH])
@pytest.mark.parametrize("seeds", [10, 20, 30, 64])
@pytest.mark.parametrize("name", ["first-fixes", "four-fixes", "four-distributions"])
def test_the_first_load_stays_small_with_many_seeds(store, repeated, name, seeds, pick):
    study = load_study(name, store)
    payload = study_payload(store, study, seeds, [pick])
    assert len(json.dumps(payload)) + len(script()) + len(style()) <= LIMIT
    shown = payload["picks"][0]["shown"]
    assert sum(len(one["steps"]) * one["count"] for one in shown) <= 2 * BUDGET
    last = runs_of(store, study, 1)[study.variants[0].name][0].snapshot_steps[-1]
    for one in shown:
        whole = one["end_alone"] != one["seeds"]  # of four-fixes' 40 seeds three a variant are
        assert len(one["steps"]) >= (4 if whole else 1) and one["count"] >= FEWEST
        assert one["steps"][0] == (0 if whole else last) and one["steps"][-1] == last


def test_too_many_curves_are_thinned_evenly_and_say_so(store, repeated):
    study = load_study("four-fixes", store)
    curves = study_payload(store, study, 64)["curves"]
    kept, rows = curves["rows"]
    assert rows == 50 and 10 < kept < 25
    steps = unpacked(curves["series"][0]["history"]["steps"], "<u4")
    assert len(steps) == kept
    known = runs_of(store, study, 1)[study.variants[0].name][0].history
    assert (steps[0], steps[-1]) == (known["step"].iloc[0], known["step"].iloc[-1])
    assert np.diff(steps).max() <= 1.5 * np.diff(steps).mean()
    found = numbers_of(curves["series"][0]["history"]["columns"]["g_loss"]).reshape(64, kept)[0]
    wanted = known.set_index("step")["g_loss"].loc[steps]
    np.testing.assert_allclose(found, wanted, atol=1e-4 * np.ptp(known["g_loss"]))
    assert study_payload(store, study, 20)["curves"]["rows"] == [50, 50]


def test_all_seeds_share_a_panel(store):
    study = load_study("first-fixes", store)
    payload = study_payload(store, study, 4, [TOGETHER])
    shown = payload["picks"][0]["shown"][0]
    assert shown["seeds"] == [0, 1, 2, 3]
    assert shown["count"] == 4 * shown["share"]
    cloud = points_of(shown["points"], payload["reals"][0]["window"]).reshape(len(shown["steps"]), 4, shown["share"], 2)
    runs = runs_of(store, study, 4)[study.variants[0].name]
    for seed, run in enumerate(runs):
        np.testing.assert_allclose(cloud[-1, seed], run.final[: shown["share"]], atol=1e-4)


def test_a_rerun_sends_nothing_anew_whatever_the_browser_has_put_into_the_address():
    app = AppTest.from_file(str(ROOT / "pages" / "ablation.py"), default_timeout=120)
    app.query_params |= {"study": "first-fixes", "step": "4000", "left": "near"}

    def sent() -> str:
        (view,) = (one for one in app.run().get("bidi_component") if "viewer" in one.proto.component_name)
        return view.proto.json

    first = sent()
    assert json.loads(first)["state"] == {"step": 4000, "left": "near"}
    app.query_params["step"] = "6000"
    assert sent() == first


def test_what_is_not_trained_is_an_empty_panel(store):
    text = load_study("first-fixes", store).with_overrides(steps=123).to_toml()
    study = parse_study(text)
    payload = study_payload(store, study, 2)
    assert payload["picks"][0]["shown"] == [None] * len(study.variants)
    assert payload["curves"]["series"] == []


def test_a_factorial_becomes_a_table_of_its_levels(store):
    study = load_study("four-fixes", store)
    table = arrange(study, study.variants)
    assert table is not None
    assert len(table.rows) == len(table.columns) == 4
    assert len(set(table.places.values())) == 16
    assert table.places["baseline"] == (0, 0)
    assert table.row_factors == ("update", "batch")
    other = arrange(study, study.variants, ["radius"])
    assert other is not None
    assert other.rows == ("radius 1", "radius 0.5")
    assert len(other.columns) == 8
    rates = load_study("rates")
    wide = arrange(rates, rates.variants)
    assert wide is not None and (len(wide.rows), len(wide.columns)) == (10, 4), (
        "no more columns than a screen has room for"
    )
    assert arrange(study, study.variants[:1]) is None, "one cell is no table"
    with pytest.raises(ConfigError, match="rows: 'x' is not a factor; use update, batch"):
        arrange(study, study.variants, ["x"])


def test_several_datasets_are_the_rows(store):
    study = load_study("four-distributions", store)
    table = arrange(study, study.variants)
    assert table is not None
    assert table.rows == ("Parabola", "Circle", "Two moons", "Swiss roll")
    assert len(table.columns) == len(study.variants) // 4
    assert arrange(study, study.variants[:-1]) is None, "an arm is missing on one dataset"
