"""A ring beside a circle, everywhere: captions speak of modes, and what has no value is a dash with its reason."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.command_line import call, wrong
from support.untrained import untrained

from gancore import jobs
from gancore.analysis import analyze, frame_of, run_table, study_table
from gancore.analysis.pairwise import compare
from gancore.analysis.summaries import headline
from gancore.config import RunConfig
from gancore.metrics import METRICS, applicable, lacking
from gancore.report import FIGURES, FORMATS, Report, write_report
from gancore.store import Store
from gancore.studies import load_study
from gancore.studies.drafts.links import encode_study
from gancore.studies.labels import label_of
from gancore.viewer import study_payload
from gancore.words import OTHER_CURVES, closeness, closeness_explained, closeness_in_short

ROOT = Path(__file__).parents[2]
STUDY = """
name = "circle-and-ring"
title = "A circle and a ring"
question = "Does the penalty help on modes too?"
seeds = 3

[base]
steps = 400

[factors.dataset]
path = "dataset.kind"
levels = ["circle", "ring"]

[factors.penalty]
path = "penalty.kind"
levels = ["none", "r1"]
"""
ON_RING = "No value on Ring of Gaussians: 95% distance (it needs a curve)."
ON_CIRCLE = "No value on Circle: Modes reached, High-quality share (each needs a distribution made of modes)."
SHARES = {"near": 0.97, "coverage": 1.0, "modes": 8.0, "hq": 0.97}


def made_up(config: RunConfig):
    """A run with the metrics that apply, and the history that its loss and penalty give."""
    whole, rng = untrained(config), np.random.default_rng(config.seed)
    metrics = {
        key: np.array([0.5, SHARES.get(key, float(rng.uniform(0.1, 0.2)))]) for key in applicable(config.dataset)
    }
    history = dict(whole.history)
    if config.penalty.active:
        history["d_penalty"] = np.full(len(history["step"]), 0.25)
    if config.loss.boundary is None:
        history = {name: column for name, column in history.items() if "acc" not in name}
    return replace(whole, metrics=metrics, history=history)


def dataset_of(kind: str):
    return RunConfig.model_validate({"dataset": {"kind": kind}}).dataset


@pytest.fixture
def study(own_store: Path, tmp_path: Path):
    """The study, and a store with all its runs."""
    file = tmp_path / "circle-and-ring.toml"
    file.write_text(STUDY)
    study, store = load_study(file), Store(own_store)
    for config in study.configs():
        store.put(made_up(config))
    return study


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch):
    """Neither jobs nor references, which take seconds."""
    for name, value in {"warm": lambda s: None, "live": lambda s, r: None, "list_jobs": lambda s: []}.items():
        monkeypatch.setattr(jobs, name, value)
    monkeypatch.setattr(jobs, "available", lambda: False)
    references = lambda self, dataset, *_: {k: {"mean": 0.1, "low": 0.0, "high": 0.2} for k in applicable(dataset)}  # noqa: E731
    monkeypatch.setattr(Store, "references", references)
    monkeypatch.setattr(Store, "collapsed", lambda self, d: {"one_point": dict.fromkeys(applicable(d), 1.0)})


def shown(page: str, **query: str) -> tuple[AppTest, str]:
    """A page, and all that it says."""
    app = AppTest.from_file(str(ROOT / page), default_timeout=100)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    said = [one.value for kind in (app.markdown, app.caption, app.info, app.warning) for one in kind]
    return app, "\n".join(said).replace("\\", "")


def test_one_function_says_how_close_points_are():
    circle, ring = (
        RunConfig.model_validate({"dataset": {"kind": kind}}).dataset.support() for kind in ("circle", "ring")
    )
    assert closeness(circle, 0.97, 1.0) == "97% near the curve, 100% of it covered"
    assert closeness(ring, 0.97, 1.0) == "97% near a mode, 8 of 8 modes reached"
    assert closeness(ring, None, math.nan) == "– near a mode, – of 8 modes reached"
    assert closeness_in_short(circle, 0.97, 0.5) == "97% near, 50% covered"
    assert closeness_in_short(ring, 0.97, 0.9375) == "97% near, 7.5 of 8 modes"  # a median over seeds
    assert closeness_in_short(ring, None, None) == closeness_in_short(None, 0.5, 0.5) == ""
    assert closeness(None, None, None, 0.031) == "Wasserstein excess 0.0310"
    assert closeness_in_short(None, None, None, 0.031) == "excess 0.0310"
    both = closeness_explained([circle, ring])
    assert "within 0.05 of the curve or within 0.03 of a mode" in both and "Modes: " in both
    assert "Modes" not in closeness_explained([circle]) and "curve" not in closeness_explained([ring])


def test_tables_have_the_metrics_that_apply(study, own_store):
    assert headline(study) == ("w1_excess", "curve_p95", "coverage", "near", "modes", "hq")
    ring = replace(study, variants=tuple(v for v in study.variants if v.config.dataset.kind == "ring"))
    assert headline(ring) == ("w1_excess", "coverage", "modes", "hq")
    assert headline(load_study("four-fixes")) == ("w1_excess", "curve_p95", "coverage", "near")
    table = study_table(Store(own_store), study).set_index("label")
    assert math.isnan(table.loc["Ring of Gaussians", "curve_p95"]) and table.loc["Ring of Gaussians", "modes"] == 8
    assert math.isnan(table.loc["Circle", "modes"]) and table.loc["Circle", "curve_p95"] > 0


def test_what_has_no_value_is_no_failure(study, own_store):
    """Before, a ring counted as the worst value of the circle, and every one of its runs as failed."""
    found = analyze(Store(own_store), study, "curve_p95")
    assert not found.failures and ON_RING in found.notes
    cells = frame_of(found.cells)
    assert cells["diverged"].tolist() == [0] * 4 and cells["n"].tolist() == [3] * 4
    assert cells["iqm"].isna().tolist() == [False, False, True, True]
    assert len(found.effects) == 3 and all(math.isnan(row.estimate) for row in found.effects)
    assert all(math.isnan(row.improvement) for row in found.effects)
    names = [variant.name for variant in study.variants]
    pair = compare(study, run_table(Store(own_store), study), names[0], names[2], "curve_p95")
    assert pair.notes == (ON_RING,) and not pair.pairs and not pair.failures


def test_commands_show_a_dash_and_say_why(study, own_store, tmp_path, capsys):
    file = str(tmp_path / "circle-and-ring.toml")
    code, out, _ = call(capsys, "study", "show", file)
    assert code == 0 and ON_RING in out and ON_CIRCLE in out
    row = next(line for line in out.splitlines() if line.startswith("Ring of Gaussians  ")).split()
    assert row[-5:] == ["–", "1.00", "0.970", "8.00", "0.970"]
    _, out, _ = call(capsys, "study", "analyze", file, "--metric", "curve_p95")
    assert f"note: {ON_RING}" in out
    (tmp_path / "ring.toml").write_text(STUDY.replace('"circle", "ring"', '"ring"'))
    message = wrong(capsys, "study", "analyze", str(tmp_path / "ring.toml"), "--metric", "curve_p95")
    assert "95% distance (it needs a curve)" in message and "w1_excess" in message
    run_id = next(c.run_id for c in study.configs() if c.dataset.kind == "ring")
    _, out, _ = call(capsys, "runs", "show", run_id, "--json")
    assert json.loads(out)["metrics"]["modes"] == 8 and "curve_p95" not in json.loads(out)["metrics"]


def test_the_viewer_speaks_of_modes(study, own_store):
    payload = study_payload(Store(own_store), study, 3)
    at_the_end = [shown["values"] for shown in payload["picks"][0]["shown"] if shown]
    assert [(values["near"][-1], values["coverage"][-1]) for values in at_the_end] == [(0.97, 1.0)] * 4
    assert [(real["near"], real["cells"], real["counted"]) for real in payload["reals"]] == [
        ("within 0.05 of the curve", 64, ""),
        ("within 0.03 of a mode", 8, "modes"),
    ]
    assert payload["curves"]["keys"]["d_penalty"]["label"] == "Gradient penalty"
    known = {one["label"]: "d_penalty" in one["history"]["columns"] for one in payload["curves"]["series"]}
    assert sorted(known.values()) == [False, False, True, True] and not known["Circle"]


def test_reports_speak_of_modes(study, own_store, tmp_path, quick):
    report = Report(Store(own_store), study, 3, "curve_p95")
    for name in ("html", "markdown", "latex", "csv", "json"):
        write_report(report, tmp_path / f"x{FORMATS[name].endings[0]}", FORMATS[name])
    html = (tmp_path / "x.html").read_text()
    assert ON_RING in html and ON_CIRCLE in html and "within 0.03 of a mode" in html
    assert ON_CIRCLE.replace("-", "\\-") in (tmp_path / "x.md").read_text().replace("High-", "High\\-")
    assert "needs a curve" in (tmp_path / "x.tex").read_text()
    rows = {row["label"]: row for row in csv.DictReader((tmp_path / "x.csv").read_text().splitlines())}
    assert rows["Ring of Gaussians"]["curve_p95"] == "" and rows["Ring of Gaussians"]["modes"] == "8.0"
    assert rows["Ring of Gaussians"]["failed"] == "0" and rows["Circle"]["modes"] == ""
    with pytest.raises(ValueError, match="it needs a curve"):
        FIGURES["effects"].draw(report)
    for part in ("grid", "curves"):
        write_report(replace(report, part=part), tmp_path / f"{part}.svg", FORMATS["svg"])
    grid = (tmp_path / "grid.svg").read_text()
    assert "8 of 8 modes" in grid and "within 0.03 of a mode" in grid
    write_report(report, tmp_path / "scripts", FORMATS["scripts"])
    assert len(list((tmp_path / "scripts").glob("*.py"))) == len(report.study.variants)


@pytest.mark.parametrize("kind, absent", [("ring", "95% distance"), ("circle", "Modes reached")])
def test_the_data_page_says_why_a_metric_has_no_value(quick, kind, absent):
    app, _ = shown("pages/data.py", **{"dataset.kind": kind})
    rows = {row[0]: row[1:] for row in app.table[0].value.astype(str).values.tolist()}
    assert set(rows) == {metric.label for metric in METRICS.values()}
    assert rows[absent][0] == "–" and rows[absent][-1].startswith("No value here: it needs a ")


def test_the_training_page_speaks_of_modes(study, quick):
    app, said = shown(
        "pages/training.py", **{"dataset.kind": "ring", "penalty.kind": "r1", "steps": "400", "seeds": "1"}
    )
    assert "97% near a mode, 8 of 8 modes reached" in said and "curve" not in said.replace("needs a curve", "").replace(
        OTHER_CURVES, ""
    )
    rows = {row[0]: row[1] for row in app.dataframe[0].value.astype(str).values.tolist()}
    assert rows["Modes reached"] == "8.00" and rows["95% distance"] == "–"
    assert "No value here: Mean distance, 95% distance, Largest gap (each needs a curve)." in said


def test_the_ablation_page_says_why_there_is_no_value(study, quick):
    run = next(c for c in study.configs() if c.dataset.kind == "ring")
    link = {"study": "own", "design": encode_study(study), "metric": "curve_p95", "run": run.run_id[:12]}
    _, said = shown("pages/ablation.py", **link)
    assert ON_RING in said and ON_CIRCLE in said
    assert "97% near a mode, 8 of 8 modes reached" in said and "97% near the curve, 100% of it covered" in said
    assert "nothing to compare yet" not in said


def test_a_critic_has_no_accuracy_anywhere(own_store, tmp_path, quick, monkeypatch):
    """A history without d_acc columns, as of a loss whose output is no decision."""
    config = RunConfig.model_validate({"steps": 400})
    monkeypatch.setattr(type(config.loss), "boundary", None)
    (tmp_path / "critic.toml").write_text(
        'name = "critic"\ntitle = "Critic"\nquestion = "?"\nseeds = 1\n[base]\nsteps = 400\n'
        '[factors.batch]\npath = "batch_size"\nlevels = [100, 64]\n'
    )
    study, store = load_study(tmp_path / "critic.toml"), Store(own_store)
    for one in study.configs():
        store.put(made_up(one))
    report = Report(store, study, 1)
    for name in ("html", "svg", "csv"):
        write_report(replace(report, part="curves"), tmp_path / f"x.{name}", FORMATS[name])
    assert "Discriminator loss" in (tmp_path / "x.svg").read_text()
    _, said = shown("pages/ablation.py", study="own", design=encode_study(study))
    monkeypatch.undo()


def test_every_metric_is_applicable_or_lacking_with_a_reason():
    for kind in ("circle", "ring"):
        dataset = dataset_of(kind)
        assert set(applicable(dataset)) | set(lacking(dataset)) == set(METRICS)
        assert not set(applicable(dataset)) & set(lacking(dataset))


def test_a_label_can_be_made_of_a_ring_with_its_own_fields():
    config = RunConfig.model_validate({"dataset": {"kind": "ring", "count": 5}})
    assert label_of(config) == "Ring of Gaussians, dataset count 5"
