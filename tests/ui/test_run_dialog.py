"""The dialog of one run: what it shows, what its link finds or cannot find, and what it gives away."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.chromium import browsing, in_browser
from support.pages import made_up, words
from support.tables import HOSTILE, descriptions, diverged, serving

from gancore import jobs
from gancore.metrics import METRICS
from gancore.store import Store
from gancore.studies import load_study, parse_study
from gancore.words import number


def page() -> None:
    """A page that opens the run that its link names, beside a step slider like the grid's."""
    import os
    from pathlib import Path

    import streamlit as st

    from gancore.studies import load_study, parse_study
    from gancore.ui.ablation import run_dialog
    from gancore.ui.frame import setup
    from gancore.ui.selection import Selection

    store = setup("Ablation")
    text = os.environ.get("STUDY_FILE")
    study = parse_study(Path(text).read_text()) if text else load_study("four-fixes", store)
    st.select_slider("Training step", list(range(0, 10_001, 400)), value=10_000, key="step", bind="query-params")
    selection = Selection(store, study, int(st.query_params.get("seeds", study.seeds)))
    run = run_dialog.from_url(selection)
    if run is not None:
        run_dialog.show(selection, run)


@pytest.fixture(autouse=True)
def training_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "available", lambda: True)


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def link_of(variant: str, seed: int) -> str:
    study = load_study("four-fixes")
    return study.configs_of(variant, seed + 1)[seed].run_id[:12]


def titles(app: AppTest) -> list[str]:
    return [block.proto.dialog.title for block in app.get("dialog")]


def test_a_link_opens_its_run() -> None:
    app = opened(run=link_of("batch-256", 3))
    assert not app.exception and not app.warning
    assert titles(app) == ["batch 256, seed 3"]
    run = Store.open("nowhere").find(link_of("batch-256", 3))
    said = words(app)
    assert run.run_id[:12] in said and "finished 10,000 steps" in said and f"keras {run.versions['keras']}" in said
    charts = descriptions(app)
    assert len(charts) == 3 and all(charts) and charts[0].startswith("Circle, batch 256, seed 3 at step 10,000: ")
    (metrics, differs, everything) = (frame.value for frame in app.dataframe)
    known = sorted(METRICS, key=lambda key: key not in run.metrics)  # what has no value on a circle comes last
    assert metrics["metric"].tolist() == [METRICS[key].label for key in known]
    assert metrics["value"].tolist()[0] == number(run.metrics["w1"])
    assert float(metrics["collapsed"].tolist()[0]) > float(metrics["reference"].tolist()[0].split()[0]) > 0
    assert differs[["path", "this", "baseline"]].to_numpy().tolist() == [["batch_size", "256", "32"]]
    assert dict(zip(everything["Name in files"], everything["Value"], strict=True))["seed"] == "3"
    assert app.code[0].value == "gancore train --dataset circle --set batch_size=256 --seed 3"
    assert app.query_params["run"] == run.run_id[:12]


def test_the_baseline_differs_in_nothing() -> None:
    app = opened(run=link_of("baseline", 0))
    assert "They are the same as the baseline's." in words(app) and len(app.dataframe) == 2


def test_the_dialog_starts_at_the_pages_step_and_moves_alone() -> None:
    app = opened(run=link_of("baseline", 0), step="4000")
    key = f"run_step_{link_of('baseline', 0)}"
    assert app.select_slider(key=key).value == 4000
    assert "generated at step 4,000" in words(app)
    app.select_slider(key=key).set_value(0).run()
    assert "generated at step 0" in words(app) and app.select_slider(key="step").value == 4000


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("../../etc/passwd", "run: '../../etc/passwd' is not allowed; use the first 12 digits"),
        ("ABCDEF012345", "run: 'ABCDEF012345' is not allowed"),
        ("<b>x</b>", "run: '<b>x</b>' is not allowed"),
        ("0" * 64, "is not allowed; use the first 12 digits"),
        ("0" * 12, "run: '000000000000' is not among the runs of four-fixes with 40 seeds."),
    ],
)
def test_what_a_link_cannot_find_is_said_and_leaves_the_url(wanted: str, said: str) -> None:
    app = opened(run=wanted)
    assert not app.exception and not titles(app)
    assert said in words(app) and len(app.warning) == 1
    assert "run" not in app.query_params
    app.run()
    assert not app.warning


def test_a_run_beyond_the_seeds_or_not_trained_is_said() -> None:
    assert "is not among the runs of four-fixes with 2 seeds" in words(opened(run=link_of("baseline", 5), seeds="2"))
    app = opened(run=link_of("baseline", 44), seeds="45")
    assert "(baseline, seed 44) is not trained yet." in words(app) and not titles(app)


def test_the_files_are_the_runs_own_and_the_link_carries_its_settings(own_store: Path) -> None:
    study = load_study("four-fixes")
    config = study.configs_of("combined-update-batch-256", 7)[6]
    Store(own_store).put(made_up(config))  # an own run has weights, so there are Keras models of it
    app = opened(run=config.run_id[:12])
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == ["Config (JSON)", "History (CSV)", "Keras script", "Models (Keras ≥ 3)"]
    from gancore.ui.ablation import run_dialog

    query = run_dialog._training_query(config)
    assert query == {"batch_size": "256", "update.kind": "combined", "seeds": "7", "shown": "6"}
    opened_there = AppTest.from_file(str(Path(__file__).parents[2] / "pages/training.py"), default_timeout=60)
    for name, value in query.items():
        opened_there.query_params[name] = value
    opened_there.run()
    assert not opened_there.exception and not opened_there.warning
    assert config.run_id in words(opened_there)


def panels() -> None:
    """A page on which a panel was clicked; the query says which."""
    import streamlit as st

    from gancore.studies import load_study
    from gancore.ui.ablation import run_dialog
    from gancore.ui.frame import setup
    from gancore.ui.selection import Selection

    store = setup("Ablation")
    seed = st.query_params.get("of", "")
    picked = {"variant": st.query_params.get("variant"), "seed": int(seed) if seed.isdecimal() else seed or None}
    run_dialog.open_panel(Selection(store, load_study("first-fixes", store), 42), picked)


@pytest.mark.parametrize(
    ("variant", "seed", "title"),
    [
        ("combined", "4", ["combined update, seed 4"]),
        ("combined", "41", []),
        ("combined", "42", []),
        ("combined", "x", []),
        ("nobody", "0", []),
    ],
)
def test_a_clicked_panel_opens_its_run_and_puts_it_into_the_url(variant: str, seed: str, title: list[str]) -> None:
    app = AppTest.from_function(panels, default_timeout=60)
    app.query_params["variant"], app.query_params["of"] = variant, seed
    app.run()
    assert not app.exception and titles(app) == title
    study = load_study("first-fixes")
    run_id = study.configs_of("combined", 42)[4].run_id
    assert ("run" in app.query_params) == bool(title)
    if title:
        assert app.query_params["run"] == run_id[:12] and run_id[:12] in words(app)
    assert ("combined update, seed 41, is not trained yet." in words(app)) == (seed == "41")


def test_typed_names_stay_text_and_a_diverged_run_says_so(
    own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = parse_study(HOSTILE)
    one, two = study.configs_of("one", 1)[0], study.configs_of("two", 1)[0]
    Store(own_store).put(made_up(one))
    Store(own_store).put(diverged(two))
    path = tmp_path / "hostile.toml"
    path.write_text(HOSTILE)
    monkeypatch.setenv("STUDY_FILE", str(path))
    for config, variant in ((one, study.variant("one")), (two, study.variant("two"))):
        app = opened(run=config.run_id[:12])
        assert not app.exception
        (title,) = titles(app)
        assert variant.label not in title and re.sub(r"\\(.)", r"\1", title) == f"{variant.label}, seed 0"
    assert "**diverged** at step 7" in words(app)
    assert set(app.dataframe[0].value["value"]) == {"–"}


def test_a_damaged_run_is_said_and_not_opened(own_store: Path) -> None:
    config = load_study("four-fixes").configs_of("baseline", 45)[44]  # not in the gallery
    run = Store(own_store).put(made_up(config))
    (history,) = own_store.glob("runs/*/*/history*")
    history.write_bytes(bytes(history.stat().st_size))  # as long as before, so that only reading it tells
    app = opened(run=run.run_id[:12], seeds="45")
    assert not app.exception and not titles(app)
    assert run.run_id[:8] in words(app) and "run" not in app.query_params


@in_browser
def test_closing_the_dialog_takes_the_run_out_of_the_url(tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with serving(page, tmp_path) as address, browsing() as browser:
        view = browser.new_page(viewport={"width": 1400, "height": 1000})
        view.goto(f"{address}/?run={link_of('baseline', 2)}&step=2000")
        dialog = view.get_by_role("dialog")
        expect(dialog.get_by_text("baseline, seed 2")).to_be_visible(timeout=60_000)
        expect(dialog.get_by_text("All settings")).to_be_visible(timeout=30_000)
        with view.expect_download() as download:
            dialog.get_by_role("button", name="Config (JSON)").click()
        assert json.loads(download.value.path().read_text())["seed"] == 2
        assert "run=" in view.url
        view.keyboard.press("Escape")
        expect(dialog).to_have_count(0, timeout=30_000)
        view.wait_for_url(re.compile(r"\?step=2000$"), timeout=30_000)
