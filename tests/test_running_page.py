"""Running a study from its page: start, more seeds, run until decided, cancel, and the page's seeds that follow."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from test_pages import FakeJob, made_up

from gancore import jobs
from gancore.config import RunConfig
from gancore.store import Store
from gancore.studies import load_study, parse_study
from gancore.studies.drafts import encode_study
from gancore.ui.training import progress

SMALL = """
name = "small"
title = "Small <b>study</b>"
question = "Is it?"
seeds = 4
base = {steps = 40, log_every = 20, snapshot_every = 20}
[factors.scale]
path = "dataset.scale"
levels = [1.0, 0.5]
[[claim]]
text = "Half the *scale* helps."
factor = "scale"
"""
STUDY = parse_study(SMALL)


def page() -> None:
    """A page with nothing but the study, its seeds and the section."""
    import streamlit as st

    from gancore.store import Store
    from gancore.studies import known_studies, load_study
    from gancore.studies.drafts import decode_study
    from gancore.ui import running
    from gancore.ui.selection import Selection

    store = Store.open()
    running.prepare()
    name = st.selectbox("Study", ["own", *known_studies(store)], key="study", bind="query-params")
    study = decode_study(st.query_params["design"]) if name == "own" else load_study(name, store)
    seeds = st.slider("Seeds", 1, 64, study.seeds, key="seeds", bind="query-params")
    selection = Selection(store, study, seeds)
    running.section(selection)
    running.standing(selection)


class Jobs(list[FakeJob]):
    """Jobs that were submitted, newest last; none of them trains anything."""

    def submit(self, store: Store, configs: list[RunConfig], label: str, deadline: float | None = None) -> FakeJob:
        job = FakeJob(list(configs), label)
        job.deadline = deadline
        job.job_id = f"{len(self):012x}"
        self.append(job)
        return job


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> Jobs:
    found = Jobs()
    monkeypatch.setattr(jobs, "submit", found.submit)
    monkeypatch.setattr(jobs, "list_jobs", lambda store: found[::-1])
    monkeypatch.setattr(jobs, "get_job", lambda store, job_id: next((j for j in found if j.job_id == job_id), None))
    monkeypatch.setattr(jobs, "available", lambda: True)
    monkeypatch.setattr(jobs, "estimate", lambda store, configs: 42.0)
    return found


def opened(design: str = "", **query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in ({"design": design or encode_study(STUDY)} | query).items():
        app.query_params[name] = value
    return app.run()


def words(app: AppTest) -> str:
    elements = [*app.error, *app.warning, *app.info, *app.markdown, *app.caption]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for element in elements))


def finish(store: Store, configs: list[RunConfig], helps: float = 0.0) -> None:
    """Runs as if they were trained; the smaller scale is better by ``helps``, and by nothing on average besides."""
    for config in configs:
        run = made_up(config)
        value = 0.3 if config.dataset.scale == 1 else 0.3 - helps + 0.02 * (-1) ** config.seed
        metrics = run.metrics | {"w1_excess": np.full(len(run.snapshot_steps), value)}
        store.put(replace(run, metrics=metrics))


def test_start_trains_what_is_missing_and_says_what_it_takes(own_store, queue: Jobs) -> None:
    app = opened()
    assert not app.exception, app.exception
    assert "0 of 8 runs finished" in words(app) and "about 40 s" in words(app) and not queue
    assert app.button(key="start").label == "Train the missing 8 runs"
    app.button(key="start").click().run()
    assert queue[0].configs == STUDY.configs()
    assert "Small <b>study</b>, 4 seeds" in re.sub(r"\\(.)", r"\1", app.get("progress")[0].proto.text)
    assert not [b for b in app.button if b.key in ("start", "more_seeds", "until_start")]
    assert "runs finished" not in words(app)  # the job's own line counts


@pytest.mark.parametrize(("drawn", "ago", "again"), [(0, 11, True), (0, 5, False), (1, 11, False), (None, 11, False)])
def test_a_page_draws_what_is_stored_meanwhile(
    own_store, monkeypatch: pytest.MonkeyPatch, drawn: int | None, ago: float, again: bool
) -> None:
    class Again(Exception):
        pass

    def rerun() -> None:
        raise Again

    monkeypatch.setattr("gancore.ui.training.progress.st.rerun", rerun)
    look = partial(progress._watch, Store.open(), FakeJob(STUDY.configs(), "a job"), False, drawn)
    if again:
        with pytest.raises(Again):
            look(time.monotonic() - ago)
    else:
        look(time.monotonic() - ago)


def test_ten_more_seeds_moves_the_pages_seeds_and_starts(own_store, queue: Jobs) -> None:
    app = opened()
    assert app.button(key="more_seeds").label == "Add 10 seeds"
    app.button(key="more_seeds").click().run()
    assert not app.exception, app.exception
    assert queue[0].configs == STUDY.configs(14)
    assert app.slider(key="seeds").value == 14 and app.query_params["seeds"] in ("14", ["14"])
    app = opened(seeds="60")
    queue.clear()
    app.run()
    assert app.button(key="more_seeds").label == "Add 4 seeds"
    app = opened(seeds="64")
    assert app.button(key="more_seeds").disabled


def test_more_seeds_of_a_complete_study(own_store, queue: Jobs) -> None:
    finish(Store.open(), STUDY.configs())
    app = opened()
    assert "8 of 8 runs finished: 2 variants × 4 seeds." in words(app)
    assert not [b for b in app.button if b.key == "start"]
    app.button(key="more_seeds").click().run()
    assert len(queue[0].configs) == 28


def started(most: int = 30, minutes: int = 30) -> AppTest:
    app = opened()
    app.number_input(key="until_most").set_value(most).run()
    app.number_input(key="until_minutes").set_value(minutes).run()
    app.button(key="until_start").click().run()
    assert not app.exception, app.exception
    return app


def test_the_rule_is_said_before_anything_starts(own_store, queue: Jobs) -> None:
    app = opened()
    assert "6 looks are planned: at 10, 20, 30, 40, 50 and 60 seeds" in words(app)
    app.number_input(key="until_most").set_value(20).run()
    assert "2 looks are planned: at 10 and 20 seeds" in words(app) and "99.22%" in words(app)
    assert app.multiselect(key="until_claims").options == ["1. Half the *scale* helps."]
    assert not queue


def test_until_decided_trains_batch_after_batch_and_stops_when_it_is(own_store, queue: Jobs) -> None:
    store, app = Store.open(), started()
    assert queue[0].configs == STUDY.configs(10)
    assert "Training up to 10 seeds now, 30 at most. Nothing is decided" in words(app)
    assert app.slider(key="seeds").value == 10  # the page shows what is trained
    finish(store, queue[0].configs)  # no difference
    queue[0].state = "finished"
    app.run()
    assert queue[1].configs == STUDY.configs(20) and len(queue) == 2
    assert app.slider(key="seeds").value == 20
    assert "Undecided after 10 of at most 30 seeds: 1 of 1." in words(app)
    finish(store, [config for config in queue[1].configs if config.seed >= 10], helps=2.0)
    queue[1].state = "finished"
    app.run()
    assert len(queue) == 2 and not app.exception
    assert "Run until decided: stopped." in words(app)
    assert "Everything asked for is decided after 20 of at most 30 seeds." in words(app)
    table = app.dataframe[0].value
    assert table["verdict"].tolist() == ["supported"] and table["claim"].tolist() == ["Half the *scale* helps."]
    app.button(key="until_dismiss").click().run()
    assert "Run until decided: stopped." not in words(app)


def test_until_decided_ends_at_the_last_look(own_store, queue: Jobs) -> None:
    store, app = Store.open(), started(most=10)
    finish(store, queue[0].configs)
    queue[0].state = "finished"
    app.run()
    assert len(queue) == 1
    assert "Undecided after 10 of at most 10 seeds: 1 of 1." in words(app)


def test_cancelling_the_job_ends_the_sequence(own_store, queue: Jobs) -> None:
    app = started()
    app.button(key=f"cancel_{queue[0].job_id}").click().run()
    assert queue[0].asked == ["cancel"]
    app.run()
    assert len(queue) == 1
    assert "The job was cancelled. Nothing is decided" in words(app)
    app.run()
    assert len(queue) == 1 and app.button(key="start").label == "Train the missing 20 runs"


def test_the_time_limit_ends_it(own_store, queue: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "estimate", lambda store, configs: 120.0)
    app = started(minutes=1)
    assert not queue
    # Starting the page takes some of the 60 s.
    assert re.search(r"Training up to 10 seeds takes about 2 min; only (60|[1-5]?\d) s is left\.", words(app))
    monkeypatch.setattr(jobs, "estimate", lambda store, configs: 1.0)
    app = started(minutes=1)
    # The job has the time itself, so it ends whatever page is open then.
    now = time.time()
    assert queue[0].deadline == pytest.approx(now + 60, abs=30)
    monkeypatch.setattr("gancore.ui.running.until.time.time", lambda: now + 61)
    queue[0].state = "cancelled"
    app.run()
    assert "The time is up." in words(app) and len(queue) == 1


def test_runs_that_fail_end_it_with_the_reason(own_store, queue: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    app = started()
    finish(Store.open(), queue[0].configs[:-1])
    queue[0].state = "failed"
    monkeypatch.setattr(FakeJob, "failures", lambda self: {self.run_ids[-1]: "out of <memory>"})
    app.run()
    assert len(queue) == 1
    assert "Some runs could not be trained (out of <memory>)." in words(app)


def test_another_study_or_visit_is_left_alone(own_store, queue: Jobs) -> None:
    app = started()
    finish(Store.open(), queue[0].configs)
    queue[0].state = "finished"
    app.selectbox(key="study").set_value("first-fixes").run()
    assert len(queue) == 1 and "Run until decided." not in words(app)
    opened()  # a link, in another visit, starts nothing
    assert len(queue) == 1
    app.selectbox(key="study").set_value("own").run()
    assert len(queue) == 2  # back at its study it goes on


def test_where_nothing_can_be_trained_nothing_can_be_started(own_store, queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "available", lambda: False)
    monkeypatch.setattr(jobs, "unavailable", lambda: "Training needs TensorFlow.")
    monkeypatch.setattr(jobs, "estimate", lambda store, configs: None)
    app = opened()
    assert app.button(key="start").disabled and app.button(key="more_seeds").disabled
    assert "Training needs TensorFlow." in words(app)


def test_a_study_without_claims_waits_for_its_variants(own_store, queue: Jobs) -> None:
    app = opened(encode_study(load_study("first-fixes")))
    assert "Stops when these are decided: all variants against the baseline." in words(app)
    app.number_input(key="until_most").set_value(4).run()
    app.button(key="until_start").click().run()
    assert not queue  # the shipped runs are complete at four seeds
    assert "Undecided after 4 of at most 4 seeds: 4 of 4." in words(app)
