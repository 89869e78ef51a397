"""The table of variants and the comparison of two on a page: what they show, what they carry, what they refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from support.chromium import browsing, in_browser
from support.pages import made_up, words
from support.tables import HOSTILE, descriptions, diverged, serving

from gancore.analysis import run_table
from gancore.analysis.claims import first_pair
from gancore.analysis.pairwise import compare
from gancore.analysis.summaries import middle_table, success_table
from gancore.figures.tables import MARKS, variant_rows
from gancore.store import Store
from gancore.studies import load_study, parse_study
from gancore.ui.ablation.table import setting_in_words, table_key
from gancore.words import interval, number, signed


def page() -> None:
    """Both sections, as a page calls them; the query says of which study."""
    import os
    from dataclasses import replace
    from pathlib import Path

    import streamlit as st

    from gancore.studies import load_study, parse_study
    from gancore.ui.ablation import compare, table
    from gancore.ui.frame import setup
    from gancore.ui.selection import Selection

    store = setup("Ablation")
    query = st.query_params
    text = os.environ.get("STUDY_FILE")
    study = parse_study(Path(text).read_text()) if text else load_study(query.get("study", "four-fixes"), store)
    seeds, metric = int(query.get("seeds", study.seeds)), query.get("metric", "w1_excess")
    shown = tuple(variant.name for variant in study.variants if query.get("only", "") in variant.name)
    selection = Selection(store, study, seeds, query.get("seed", "median"), metric=metric, shown=shown)
    picked = table.section(selection)
    st.text(f"picked: {', '.join(picked)}")
    compare.section(replace(selection, shown=tuple(picked)) if picked else selection)


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def test_a_row_a_variant_with_what_it_changes_and_numbers_that_sort() -> None:
    app = opened(first="baseline", second="generator-16-32")
    assert not app.exception and not app.warning
    frame = app.dataframe[0].value
    study = load_study("four-fixes")
    assert frame["variant"].tolist() == [variant.label for variant in study.variants]
    changed = ["dataset.scale", "generator.hidden", "update.kind", "batch_size"]
    assert [name for name in frame if "." in name or name == "batch_size"] == changed
    assert frame["batch_size"].tolist() == [v.config.batch_size for v in study.variants]
    assert set(frame["generator.hidden"]) == {"64-128", "16-32"}
    for key in ("w1_excess", "curve_p95", "coverage", "near", "seconds", "batch_size"):
        assert pd.api.types.is_numeric_dtype(frame[key]), key
    assert set(frame["trained"]) == {"40 of 40 trained"} and set(frame["missing"]) == {0}
    assert frame["mark"].tolist() == [MARKS[0]] * 8 + [MARKS[1]] * 8


def test_the_numbers_are_those_of_the_stored_runs(own_store: Path) -> None:
    study, store = load_study("four-fixes"), Store.open(own_store)
    runs = run_table(store, study)
    middle, success = middle_table(study, runs, "w1_excess"), success_table(study, runs)
    frame = opened().dataframe[0].value
    assert frame["w1_excess"].tolist() == pytest.approx(middle["iqm"].tolist())
    rates = [float(text.partition("%")[0]) / 100 for text in frame["success"]]
    assert rates == pytest.approx(success["success"].tolist(), abs=0.005)
    ends = [
        tuple(int(end) for end in re.findall(r"(\d+)%", text.replace("<1%", "0%"))[1:]) for text in frame["success"]
    ]
    assert ends == [
        (round(100 * low), round(100 * high))
        for low, high in zip(success["success_low"], success["success_high"], strict=True)
    ]
    # It sorts as text, and as text sorts as the rates do.
    assert frame.sort_values("success")["variant"].tolist() == (
        frame.assign(rate=rates).sort_values(["rate", "success"])["variant"].tolist()
    )
    last = middle.iloc[-1]
    assert frame["w1_excess_interval"].tolist()[-1] == interval(last["low"], last["high"])
    references = store.references(study.base.dataset)["curve_p95"]["mean"]
    collapsed = store.collapsed(study.base.dataset)["one_point"]["curve_p95"]
    assert frame["curve_p95_bounds"].tolist()[0] == f"{number(references)} | {number(collapsed)}"


def test_the_chosen_metric_stands_first_and_once() -> None:
    columns = list(opened(study="first-fixes", metric="recall").dataframe[0].value)
    measured = [name.removesuffix("_interval") for name in columns if name.endswith("_interval")]
    assert measured == ["recall", "w1_excess", "curve_p95", "coverage", "near"]
    again = list(opened(study="first-fixes", metric="near").dataframe[0].value)
    assert [name for name in again if name.endswith("_interval")][0] == "near_interval" and again.count("near") == 1


def test_unfinished_and_empty_studies_have_helpful_rows() -> None:
    app = opened(study="first-fixes", seeds="42")  # the gallery has forty of them
    assert not app.exception
    frame = app.dataframe[0].value
    assert set(frame["trained"]) == {"40 of 42 trained"} and set(frame["missing"]) == {2}
    assert "not trained with seeds 40, 41" in words(app)
    few = opened(study="first-fixes", seeds="4").dataframe[0].value
    assert set(few["w1_excess_interval"]) == {"too few seeds"} and not any(few["w1_excess"].isna())
    none = AppTest.from_function(empty, default_timeout=60).run()
    assert not none.exception and not none.warning
    frame = none.dataframe[0].value
    assert set(frame["trained"]) == {"0 of 2 trained"}
    assert all(frame["w1_excess"].isna()) and all(frame["success"].isna())
    assert "No seed has a value of both" in words(none)
    assert "Not trained yet." in words(none)


def empty() -> None:
    from gancore.store import Store
    from gancore.studies import load_study
    from gancore.ui.ablation import compare, table
    from gancore.ui.frame import setup
    from gancore.ui.selection import Selection

    setup("Ablation")
    study = load_study("first-fixes")
    table.section(Selection(Store(), study, 2))
    compare.section(Selection(Store(), study, 2))


def test_no_variant_is_said() -> None:
    app = opened(study="first-fixes", only="nothing-like-this")
    assert "No variant is chosen." in words(app) and app.text[0].value == "picked:"


def test_picked_rows_are_named_and_do_not_outlive_their_rows() -> None:
    names = [variant.name for variant in load_study("first-fixes").variants]
    app = AppTest.from_function(page, default_timeout=60)
    app.query_params["study"] = "first-fixes"
    app.session_state[table_key(names)] = {"selection": {"rows": [3, 1], "columns": [], "cells": []}}
    app.run()
    assert app.text[0].value == f"picked: {names[1]}, {names[3]}"
    assert "Compared below: **combined update** with **generator 16-32**" in words(app)
    app.query_params["only"] = "b"  # other rows: none of them is picked
    app.run()
    assert app.text[0].value == "picked:"


def test_a_link_opens_the_same_comparison_and_says_what_it_cannot() -> None:
    app = opened(study="four-fixes", first="batch-256", second="combined-update")
    assert not app.exception and not app.error
    assert (app.selectbox(key="first").value, app.selectbox(key="second").value) == ("batch-256", "combined-update")
    wrong = opened(study="first-fixes", first="../../etc", second="<b>")
    assert not wrong.exception
    assert "first: '../../etc' is not allowed; use one of baseline, combined" in words(wrong)
    assert "second: '<b>' is not allowed" in words(wrong)
    assert (wrong.selectbox(key="first").value, wrong.selectbox(key="second").value) == ("baseline", "all")


def test_swap_and_choice_are_in_the_url() -> None:
    app = opened(study="first-fixes")
    assert (app.selectbox(key="first").value, app.selectbox(key="second").value) == ("baseline", "all")
    before = [text for text in words(app).splitlines() if text.startswith("- ") and "minus" in text]
    app.button(key="swap").click().run()
    assert not app.exception
    assert (app.selectbox(key="first").value, app.selectbox(key="second").value) == ("all", "baseline")
    after = [text for text in words(app).splitlines() if text.startswith("- ") and "minus" in text]
    assert before[0].startswith("- “all of these” minus “baseline”") and after[0].startswith("- “baseline” minus “all")
    assert app.query_params["first"] == "all" and app.query_params["second"] == "baseline"
    del app.query_params["first"]  # as the browser's Back does
    app.query_params["second"] = "combined"
    app.run()
    assert (app.selectbox(key="first").value, app.selectbox(key="second").value) == ("baseline", "combined")
    assert app.query_params.get("first") is None  # what a link says already is not written again
    app.selectbox(key="second").set_value("baseline").run()
    assert "Both are the same variant" in words(app) and not app.get("vega_lite_chart")


def test_what_the_page_is_about_leads_the_lists_and_leaves_the_defaults() -> None:
    app = opened(study="first-fixes", only="b")
    labels = ["baseline", "combined update", "batch 256", "generator 16-32", "all of these"]
    assert app.selectbox(key="first").options == labels
    assert app.selectbox(key="second").options[:4] == [labels[-1], *labels[:3]]
    assert (app.selectbox(key="first").value, app.selectbox(key="second").value) == ("baseline", "all")


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("four-distributions", ("parabola-baseline", "parabola-all")),  # what its first claim is about, on one dataset
        ("four-fixes", ("baseline", "combined-update-batch-256-generator-16-32-radius-0-5")),
        ("circle-vs-parabola", ("parabola", "two-moons")),
    ],
)
def test_the_pair_to_begin_with_is_one_that_can_be_compared(name: str, pair: tuple[str, str]) -> None:
    assert first_pair(load_study(name)) == pair


def test_one_variant_alone_is_said(own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.toml"
    path.write_text('name = "one"\ntitle = "One"\nquestion = "Which?"\nseeds = 1\n[[variant]]\nname = "only"\n')
    monkeypatch.setenv("STUDY_FILE", str(path))
    app = opened()
    assert not app.exception and "nothing to compare" in words(app)


def test_another_study_falls_back_silently() -> None:
    app = opened(study="four-fixes", second="batch-256-generator-16-32")
    app.query_params["study"] = "first-fixes"
    app.run()
    assert not app.exception and "not allowed" not in words(app)
    assert (app.selectbox(key="first").value, app.selectbox(key="second").value) == ("baseline", "all")


def test_the_comparison_shows_points_seeds_curves_and_settings(own_store: Path) -> None:
    app = opened(study="first-fixes", first="baseline", second="all")
    charts = descriptions(app)
    assert len(charts) == 6 and all(charts)
    assert sum("scatter of" in text for text in charts) == 2
    assert sum("joined by seed" in text for text in charts) == 1
    assert sum("seed by seed around zero" in text for text in charts) == 1
    study = load_study("first-fixes")
    found = compare(study, run_table(Store.open(own_store), study), "baseline", "all")
    assert signed(found.difference.value) in words(app)
    assert "differ in more than one thing" in words(app) and "3 settings differ" in words(app)
    assert "for this comparison alone" in words(app)
    settings = app.dataframe[1].value
    assert settings["path"].tolist() == ["generator.hidden", "update.kind", "batch_size"]
    assert settings["second"].tolist() == ["16,32", "combined", "256"]


def test_one_setting_has_no_warning_where_nothing_else_moves() -> None:
    app = opened(study="first-fixes", first="baseline", second="generator-16-32")
    assert "more than one thing" not in words(app)
    assert app.dataframe[1].value["words"].tolist() == ["Generator hidden"]


def test_typed_names_stay_text_and_a_failed_run_is_named(
    own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = parse_study(HOSTILE)
    for config in study.configs():
        Store(own_store).put(diverged(config) if config.seed and config.batch_size == 64 else made_up(config))
    path = tmp_path / "hostile.toml"
    path.write_text(HOSTILE)
    monkeypatch.setenv("STUDY_FILE", str(path))
    app = opened()
    assert not app.exception
    labels = [variant.label for variant in study.variants]
    # What a spreadsheet would run is text in the table's own download.
    assert app.dataframe[0].value["variant"].tolist() == [labels[0], "'=HYPERLINK(1)", labels[2]]
    assert app.dataframe[0].value["diverged"].tolist() == [0, 0, 1]
    labels.remove("=HYPERLINK(1)")
    said = "\n".join(str(element.value) for element in [*app.markdown, *app.caption])
    assert labels[0] not in said and labels[1] not in said
    for label in labels:
        assert label in words(app)
    assert f"“{labels[1]}”, seed 1, diverged; it counts as 0.31" in words(app)
    assert any(labels[0] in text for text in descriptions(app))
    for element in [*app.markdown, *app.caption]:
        assert not re.search(r"(?<!\\)<(img|script)", str(element.value))


def test_settings_are_named_in_words() -> None:
    assert setting_in_words("g_optimizer.learning_rate") == "Generator learning rate"
    assert (setting_in_words("update.kind"), setting_in_words("batch_size")) == ("Update", "Batch size")


def test_small_settings_keep_their_value_and_tiny_metrics_lose_their_sign() -> None:
    successes = pd.DataFrame(
        [
            {"variant": "a", "label": "A", "seeds": 3, "n": 3, "diverged": 0, "missing": 0, "learned": 1}
            | {"success": 1 / 3, "success_low": 0.06, "success_high": 0.79, "seconds": 2.0}
        ]
    )
    middles = {"d": pd.DataFrame([{"variant": "a", "iqm": -1e-5, "low": -0.0001, "high": 0.25}])}
    rows = variant_rows(
        successes, middles, {"a": {"d": (0.0, 1.25)}}, {"rate": [0.0002], "on": [True], "none": [None]}, [16]
    )
    row = rows.iloc[0]
    assert (row["rate"], row["on"], row["mark"], row["success"]) == (0.0002, "yes", MARKS[2], " 33% (6% to 79%)")
    assert (row["d"], row["d_interval"], row["d_bounds"]) == (-1e-5, "−0.000100 to 0.250", "0.000 | 1.25")


@in_browser
def test_two_ticked_rows_become_the_comparison_in_the_url(tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with serving(page, tmp_path) as address, browsing() as browser:
        view = browser.new_page(viewport={"width": 1400, "height": 1000})
        view.goto(f"{address}/?study=first-fixes")
        expect(view.get_by_text("What differs")).to_be_visible(timeout=60_000)
        table = view.get_by_test_id("stDataFrame").first
        for row, said in ((1, "picked: combined"), (3, "picked: combined, generator-16-32")):
            table.click(position={"x": 18, "y": 36 + 35 * row + 17})
            expect(view.get_by_text(said, exact=True)).to_be_visible(timeout=30_000)
        view.wait_for_url(re.compile("first=combined.*second=generator-16-32"), timeout=30_000)
