"""A setting of a running or paused job changes: what its runs become, and where they go on."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support import queued
from support.untrained import untrained

from gancore import jobs
from gancore.config import ConfigError, RunConfig, with_changes
from gancore.jobs import pool
from gancore.jobs.changing import may_begin, successors, take_along
from gancore.jobs.checkpoints import checkpoint_step, write_checkpoint
from gancore.jobs.folders import JobFolders, write_json
from gancore.jobs.locks import RunLock
from gancore.jobs.request import read_request
from gancore.studies.labels import label_of

no_processes, store = queued.no_processes, queued.store

RATE = "d_optimizer.learning_rate"


def configs(count: int, **changes) -> list[RunConfig]:
    settings = {"steps": 1000, "log_every": 500, "snapshot_every": 500, "dataset.size": 100} | changes
    return [with_changes(RunConfig(), settings | {"seed": seed}) for seed in range(count)]


def at(store, config: RunConfig, step: int) -> None:
    write_checkpoint(JobFolders(store.root), config.run_id, {"step": np.array(step)})


def submit(store, runs):
    job = jobs.submit(store, runs, "three seeds")
    job.pause()
    return job


def test_unfinished_runs_change_together_and_finished_ones_stay(store):
    runs = configs(3)
    job = submit(store, runs)
    store.put(untrained(runs[0]))
    at(store, runs[1], 400)
    at(store, runs[2], 300)
    made = jobs.change(job, RATE, "1e-4")
    assert str(made) == f"400:{RATE}=0.0001"
    changed = [with_changes(config, {"changes": [str(made)]}) for config in runs[1:]]
    again = jobs.get_job(store, job.job_id)
    assert again.run_ids == job.run_ids == [runs[0].run_id, *(config.run_id for config in changed)]
    assert again.configs == [runs[0], *changed] and again.progress().done == 1
    assert again.label == "three seeds; discriminator learning rate 0.0001 from step 400"
    folders = JobFolders(store.root)
    assert [checkpoint_step(folders, config.run_id) for config in changed] == [400, 300]
    assert label_of(changed[0], runs) == "discriminator learning rate 0.0001 from step 400"
    assert again.request.became(runs[1].run_id) == changed[0].run_id
    assert again.request.became(runs[0].run_id) is None


def test_what_nothing_was_trained_of_has_the_setting_from_the_start(store):
    runs = configs(2)
    job = submit(store, runs)
    assert jobs.change(job, RATE, 1e-4).step == 0
    assert job.configs == [with_changes(config, {RATE: 1e-4}) for config in runs]


def test_a_second_change_comes_after_the_first_or_in_its_place(store):
    runs = configs(1)
    job = submit(store, runs)
    at(store, runs[0], 400)
    jobs.change(job, RATE, 1e-4)
    jobs.change(job, RATE, 3e-4)
    assert [str(change) for change in job.configs[0].changes] == [f"400:{RATE}=0.0003"]
    at(store, job.configs[0], 600)
    jobs.change(job, "g_optimizer.beta_1", 0.9)
    assert [change.step for change in job.configs[0].changes] == [400, 600]
    assert job.request.became(runs[0].run_id) == job.run_ids[0]
    jobs.change(job, "g_optimizer.beta_1", 0.5)
    assert [change.step for change in job.configs[0].changes] == [400], "put back before anything came of it"


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (RATE, "7", rf"^{RATE}: .7. is not allowed; it must be less than or equal to 1"),
        (RATE, "0", rf"^{RATE}: .0. is not allowed; it must be greater than 0"),
        (RATE, "fast", rf"^{RATE}: 'fast' is not allowed; it must be a number"),
        (RATE, "nan", rf"^{RATE}: .*finite"),
        (RATE, "0.0002", rf"^{RATE}: '0.0002' is what all unfinished runs have already; use another value"),
        ("batch_size", "64", "^batch_size: it does not change while a run trains, .*; use one of"),
        ("seed", "3", "^seed: it does not change while a run trains"),
        ("penalty.gamma", "1", r"^penalty\.gamma: there is no such setting"),
        ("ema.decay", "0.9", r"^ema\.decay: .*what it averages begins with the run"),
    ],
)
def test_what_is_not_allowed_changes_nothing(store, path, value, says):
    runs = configs(2)
    job = submit(store, runs)
    at(store, runs[0], 400)
    before = (job.folder / "job.json").read_bytes()
    with pytest.raises(ConfigError, match=says) as caught:
        jobs.change(job, path, value)
    assert caught.value.path == path
    assert (job.folder / "job.json").read_bytes() == before
    assert sorted(path.name for path in (store.root / "jobs" / "checkpoints").iterdir()) == [f"{runs[0].run_id}.npz"]


def test_a_job_that_has_ended_does_not_change(store):
    runs = configs(1)
    job = submit(store, runs)
    job.cancel()
    with pytest.raises(ConfigError, match="trains nothing any more"):
        jobs.change(job, RATE, 1e-4)
    store.put(untrained(runs[0]))
    with pytest.raises(ConfigError, match="trains nothing any more"):
        jobs.change(job, RATE, 1e-4)


def status(store, monkeypatch, runs, **more) -> None:
    told = {"slot": 0, "run_ids": [config.run_id for config in runs], "state": "training", "ready": True} | more
    write_json(JobFolders(store.root).slot_status(0), told)
    monkeypatch.setattr(pool, "workers", lambda root: [told])


def test_a_change_comes_where_the_foremost_is_about_to_be(store, monkeypatch):
    runs = configs(2, steps=1_000_000, log_every=100_000, snapshot_every=100_000)
    job = submit(store, runs)
    job.resume()
    at(store, runs[0], 5000)
    at(store, runs[1], 5000)
    status(store, monkeypatch, runs, step=9000, pace=4000.0)  # of both runs together
    assert 9000 + 2000 * 0.35 <= jobs.change(job, RATE, 1e-4).step <= 9000 + 2000 * 2.4
    assert [checkpoint_step(JobFolders(store.root), run_id) for run_id in job.run_ids] == [5000, 5000]


def test_a_run_that_is_about_to_end_is_left_alone(store, monkeypatch):
    runs = configs(2)
    job = submit(store, runs)
    job.resume()
    at(store, runs[1], 100)
    status(store, monkeypatch, runs[:1], step=999, pace=1000.0)
    assert jobs.change(job, RATE, 1e-4).step == 100
    assert job.configs[0] == runs[0] and job.configs[1] != runs[1]


def test_who_trains_a_run_learns_what_became_of_it_and_hands_it_over(store):
    runs = configs(1)
    job = submit(store, runs)
    job.resume()
    at(store, runs[0], 400)
    jobs.change(job, RATE, 1e-4)
    new, folders, told = job.configs[0], JobFolders(store.root), set()
    assert successors(store, runs, told) == [(runs[0], new)]
    assert successors(store, runs, told) == [], "told once"
    assert successors(store, [new], set()) == []
    lock = RunLock(folders.run_lock(runs[0].run_id))
    assert may_begin(store, job.request, new.run_id)
    lock.take()
    assert not may_begin(store, job.request, new.run_id), "it is about to be handed over"
    other = jobs.submit(store, runs, "another that wants it as it was")
    assert may_begin(store, job.request, new.run_id)
    other.cancel()
    lock.release()
    for step, kept in ((300, 400), (400, 400), (500, 400)):  # further back, there, and past the change
        at(store, runs[0], step)
        take_along(folders, runs[0], new)
        assert checkpoint_step(folders, new.run_id) == kept


def test_whatever_a_job_was_asked_for_before_can_still_be_read(store):
    job = submit(store, configs(1))
    plain = json.loads((job.folder / "job.json").read_text())
    del plain["instead"], plain["changed"]
    write_json(job.folder / "job.json", plain)
    assert read_request(job.folder / "job.json").instead == {}
