"""The Training page: a setting changes while a job trains, and stored runs are branched from and trained on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support import queued
from support.paths import ROOT
from support.untrained import untrained

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.jobs import Job, pool
from gancore.jobs.folders import JobFolders, write_json
from gancore.store import Store

no_processes = queued.no_processes
RATE = "d_optimizer.learning_rate"
SHORT = {"steps": 1000}
CHANGED = "600:d_optimizer.learning_rate=0.0001"


@pytest.fixture
def store(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(jobs, "available", lambda: True)
    monkeypatch.setattr(jobs, "warm", lambda store: None)
    monkeypatch.setattr(Store, "open", Store)
    return Store(own_store)


def seeds(**changes: Any) -> list[RunConfig]:
    return [with_changes(RunConfig(), SHORT | changes | {"seed": seed}) for seed in range(2)]


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages/training.py"), default_timeout=60)
    for name, value in {"seeds": "2", "steps": "1000"}.items() | query.items():
        app.query_params[name] = value
    return shown(app.run())


def shown(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    elements = [*app.error, *app.success, *app.warning, *app.info, *app.markdown, *app.caption]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for element in elements))


@pytest.fixture
def running(store: Store, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job of two seeds, which a worker has trained for 600 of 1,000 steps."""
    job = jobs.submit(store, seeds(), "two seeds")
    told = {"slot": 0, "run_ids": job.run_ids, "state": "training", "ready": True, "step": 600, "pace": 0.0}
    write_json(JobFolders(store.root).slot_status(0), told)
    monkeypatch.setattr(pool, "workers", lambda root: [told])
    return job


def change(app: AppTest, value: str, path: str = RATE) -> AppTest:
    app.selectbox(key="change_path").select(path)
    app.text_input(key="change_value").set_value(value)
    return shown(app.button(key="change_now").click().run())


def test_a_rate_changes_while_a_job_trains_and_the_form_goes_with_it(running: Job) -> None:
    app = change(opened(), "1e-4")
    job = jobs.get_job(running.store, running.job_id)
    assert job is not None and job.configs == seeds(changes=CHANGED)
    assert "Changed: discriminator learning rate 0.0001 from step 600, in 2 runs." in words(app)
    assert "This job trains:** 1,000 steps, discriminator learning rate 0.0001 from step 600" in words(app)
    assert app.text_input(key="changes").value == CHANGED and "not this job's" not in words(app)
    assert app.text_input(key="change_value").value == ""
    # Put back in the form: the settings of the next job, not of this one.
    app = shown(app.button(key="put_back_0").click().run())
    assert app.text_input(key="changes").value == "" and "not this job's" in words(app)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("7", "d_optimizer.learning_rate: '7' is not allowed; it must be less than or equal to 1"),
        ("", "d_optimizer.learning_rate: '' is not allowed; it must be a number"),
        ("0.0002", "is what all unfinished runs have already; use another value"),
    ],
)
def test_what_is_not_allowed_changes_nothing_and_is_said(running: Job, value: str, says: str) -> None:
    before = (running.folder / "job.json").read_bytes()
    app = change(opened(), value)
    (box,) = app.error
    assert re.sub(r"\\(.)", r"\1", box.value).startswith("Nothing was changed. ") and says in words(app)
    assert (running.folder / "job.json").read_bytes() == before and app.text_input(key="changes").value == ""


def test_a_stored_run_is_branched_from_at_a_step(store: Store) -> None:
    for config in seeds(snapshot_every=500):
        store.put(untrained(config))
    app = opened(snapshot_every="500")
    assert "The run ends here." in words(app) and not [one for one in app.button if one.key == "branch_now"]
    app = opened(snapshot_every="500", step="0")
    app.selectbox(key="branch_path").select(RATE)
    app.text_input(key="branch_value").set_value("5")
    app = shown(app.button(key="branch_now").click().run())
    assert "d_optimizer.learning_rate: '5' is not allowed; it must be less than or equal to 1" in words(app)
    assert not jobs.list_jobs(store)
    app.text_input(key="branch_value").set_value("1e-4")
    app = shown(app.button(key="branch_now").click().run())
    (job,) = jobs.list_jobs(store)
    assert job.configs == seeds(snapshot_every=500, **{RATE: 1e-4}), "a branch from the start is another run"
    assert app.text_input(key=RATE).value == "0.0001"


def test_a_stored_run_is_trained_on(store: Store) -> None:
    for config in seeds():
        store.put(untrained(config))
    app = opened()
    assert "No state is kept there: the 1,000 steps before are trained again first." in words(app)
    app.number_input(key="train_on_to").set_value(3000)
    app = shown(app.run())
    shown(app.button(key="train_on_now").click().run())
    (job,) = jobs.list_jobs(store)
    assert job.configs == seeds(steps=3000)
    assert job.label == "3,000 steps, 2 seeds"


def test_a_run_whose_schedule_ends_with_it_says_why_it_is_not_trained_on(store: Store) -> None:
    settings = {"g_optimizer.schedule.kind": "cosine", "g_optimizer.schedule.end": 1000}
    store.put(untrained(with_changes(RunConfig(), SHORT | settings)))
    app = opened(seeds="1", **{name: str(value) for name, value in settings.items()})
    assert "g_optimizer.schedule.end: 1000 is where the run ends" in words(app)
    assert not [button for button in app.button if button.key == "train_on_now"]


def test_the_curves_of_a_run_show_where_a_setting_changed(store: Store) -> None:
    for config in seeds(changes=CHANGED):
        store.put(untrained(config))
    app = opened(changes=CHANGED)
    assert "┆ discriminator learning rate 0.0001 from step 600" in words(app)
    marked = [
        chart for chart in app.get("vega_lite_chart") if "marked: discriminator learning rate" in chart.proto.spec
    ]
    assert len(marked) == 2
