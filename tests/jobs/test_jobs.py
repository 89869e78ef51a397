"""Jobs with real worker processes: sharing, progress, pause, cancel, crashes."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest
from support.endless import ENDLESS

from gancore import jobs
from gancore.config import ConfigError, RunConfig, with_changes
from gancore.jobs import pool
from gancore.jobs.folders import JobFolders, read_json, write_json
from gancore.store import Store, StoreError

TINY = {"latent.dim": 4, "generator.hidden": [8], "discriminator.hidden": [8], "batch_size": 8, "dataset.size": 200}


def configs(count: int, **changes) -> list[RunConfig]:
    settings = TINY | {"steps": 200, "log_every": 50, "snapshot_every": 100} | changes
    return [with_changes(RunConfig(), settings | {"seed": seed}) for seed in range(count)]


def endless(count: int, first: int) -> list[RunConfig]:
    """Runs that do not end, with seeds from ``first`` on; each test has its own, and so no checkpoint to start from."""
    return [with_changes(RunConfig(), ENDLESS | {"seed": first + k}) for k in range(count)]


def until(condition, seconds: float = 300.0):
    """Wait for a condition to hold and give its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One store with warm workers for the whole file; they end with it."""
    opened = Store.open(tmp_path_factory.mktemp("jobs"))
    yield opened
    for status in pool.workers(opened.root):
        pool.end_worker(status)
    for child in list(pool._children.values()):
        child.kill()
        child.wait()
    pool._children.clear()


@pytest.mark.slow
class TestWorkers:
    def test_a_job_trains_what_is_missing_and_only_that(self, store):
        first = jobs.submit(store, configs(2), "first")
        until(lambda: not first.progress().active)
        progress = first.progress()
        assert (progress.state, progress.done, progress.failed, progress.total) == ("finished", 2, 0, 2)
        assert progress.steps_done == progress.steps_total == 400
        created = [store.get(run_id).created for run_id in first.run_ids]
        second = jobs.submit(store, configs(3), "second")
        until(lambda: not second.progress().active)
        assert [store.get(run_id).created for run_id in first.run_ids] == created
        run = store.get(second.run_ids[2])
        assert run.status == "finished"
        assert run.history["step"].tolist() == [50, 100, 150, 200]
        assert run.snapshots.shape == (3, 2000, 2)
        assert set(run.versions) >= {"python", "tensorflow", "keras", "numpy", "gancore"}

    def test_two_jobs_that_want_the_same_run_share_it(self, store):
        wanted = configs(1, steps=6000, log_every=1000, snapshot_every=3000)
        one, two = jobs.submit(store, wanted, "one"), jobs.submit(store, wanted, "two")
        # Looked for from the moment on at which one has taken it, which then compiles.
        busy = until(lambda: [status for status in pool.workers(store.root) if status.get("run_ids")])
        assert len(busy) == 1
        until(lambda: one.progress().steps_done > 0)
        assert two.progress().steps_done > 0
        one.cancel()
        until(lambda: two.progress().state == "finished")
        assert one.progress().state == "finished"  # what it wanted is there, whoever trained it

    def test_pause_holds_and_resume_goes_on(self, store):
        (config,) = endless(1, 100)
        job = jobs.submit(store, [config], "pause")
        until(lambda: job.progress().steps_done > 0)
        job.pause()
        assert job.progress().state == "paused"

        def stands_still() -> int:
            before = job.progress().steps_done
            time.sleep(1.0)
            return before if job.progress().steps_done == before else 0

        before = until(stands_still)
        time.sleep(1.0)
        assert job.progress().steps_done == before
        again = jobs.get_job(Store.open(store.root), job.job_id)  # as a new session finds it
        again.resume()
        until(lambda: job.progress().steps_done > before)
        live = until(lambda: jobs.live(store, config.run_id))
        assert live.points.shape == (2000, 2)
        assert live.step > 0
        until(lambda: job.progress().steps_per_second > 0)
        job.cancel()
        assert job.progress().state == "cancelled"

    def test_cancel_ends_a_run_of_many_minutes_and_keeps_nothing_half_done(self, store):
        wanted = endless(2, 200)
        job = jobs.submit(store, wanted, "cancel")
        until(lambda: job.progress().state in ("starting", "running"))
        job.cancel()
        until(lambda: not any(status.get("run_ids") for status in pool.workers(store.root)))
        assert job.progress().state == "cancelled"
        assert all(config.run_id not in store for config in wanted)
        jobs.submit(store, configs(1, steps=300), "after")  # workers that were ended come back
        until(lambda: configs(1, steps=300)[0].run_id in store)

    def test_a_job_ends_with_its_time_though_nobody_watches(self, store):
        wanted = endless(2, 300)
        first = jobs.submit(store, wanted, "first")
        until(lambda: any(status.get("step") for status in pool.workers(store.root)))
        jobs.submit(store, wanted, "in time", deadline=time.time() + 12)
        first.dismiss()
        first.cancel()
        job = next(job for job in jobs.list_jobs(store) if job.label == "in time")
        until(lambda: job.overdue)  # not before: between the jobs there is a moment in which no worker trains
        until(lambda: not any(status.get("run_ids") for status in pool.workers(store.root)))
        assert job.overdue and job.progress().state == "cancelled"
        assert all(config.run_id not in store for config in wanted)
        job.resume()
        assert job.progress().state == "cancelled"

    def test_a_killed_worker_is_replaced_and_the_run_trained(self, store):
        (config,) = configs(1, steps=20_000, log_every=5_000, snapshot_every=10_000)
        job = jobs.submit(store, [config], "killed")
        victim = until(lambda: next((s for s in pool.workers(store.root) if s.get("run_ids")), None))
        os.killpg(victim["pid"], signal.SIGKILL)
        until(lambda: job.progress().state == "finished")
        assert store.get(config.run_id).steps == 20_000

    def test_a_killed_run_goes_on_from_its_checkpoint_and_ends_bit_identical(self, store):
        from gancore.jobs.checkpoints import checkpoint_step

        (config,) = configs(1, steps=300_000, log_every=30_000, snapshot_every=150_000)
        folders = JobFolders(store.root)
        job = jobs.submit(store, [config], "whole")
        until(lambda: job.progress().state == "finished")
        whole = store.get(config.run_id)
        weights, history, final = dict(whole.weights), whole.history.copy(), whole.final.copy()
        assert checkpoint_step(folders, config.run_id) == 0  # a finished run leaves none
        store.remove(config.run_id)

        job = jobs.submit(store, [config], "cut off")
        until(lambda: job.progress().steps_done > 20_000)
        job.pause()
        step = until(lambda: checkpoint_step(folders, config.run_id))
        job.resume()
        victim = until(lambda: next((s for s in pool.workers(store.root) if s.get("step", 0) > step), None))
        os.killpg(victim["pid"], signal.SIGKILL)
        assert step <= checkpoint_step(folders, config.run_id) < 300_000
        until(lambda: job.progress().state == "finished")
        again = store.get(config.run_id)
        assert all(np.array_equal(weights[name], again.weights[name]) for name in weights)
        assert history.equals(again.history)
        assert np.array_equal(final, again.final)

    def test_a_job_of_another_version_fails_with_a_sentence(self, store):
        job = jobs.submit(store, configs(1, steps=77), "old")
        job.cancel()
        path = JobFolders(store.root).job(job.job_id) / "job.json"
        content = read_json(path)
        content["configs"][0]["steps"] = 78  # hashes to another id, as under another version
        write_json(path, content)
        job = jobs.get_job(store, job.job_id)
        assert job is not None
        job.resume()
        until(lambda: job.progress().state == "failed")
        assert "another version" in job.progress().message

    def test_a_run_whose_worker_keeps_dying_fails_with_a_reason(self, store):
        (config,) = configs(1, steps=222)
        folders = JobFolders(store.root)
        write_json(folders.attempt(config.run_id), {"attempts": 3})
        from gancore.jobs.worker import Worker

        assert not Worker(store.root, 63, 1.0)._may_try(config)
        assert "3 times" in read_json(folders.failure(config.run_id))["message"]
        job = jobs.submit(store, [config], "again")  # asking again is a new chance
        until(lambda: job.progress().state == "finished")
        assert job.failures() == {}

    def test_company_does_not_change_a_stored_result(self, store):
        (alone,) = configs(1, steps=150)
        job = jobs.submit(store, [alone], "alone")
        until(lambda: not job.progress().active)
        first = store.get(alone.run_id)
        weights, history = dict(first.weights), first.history.copy()
        store.remove(alone.run_id)
        job = jobs.submit(store, configs(4, steps=150), "together")
        until(lambda: not job.progress().active)
        second = store.get(alone.run_id)
        assert all(np.array_equal(weights[name], second.weights[name]) for name in weights)
        assert history.equals(second.history)


@pytest.mark.slow
def test_the_first_row_is_shown_as_soon_as_it_is_there(monkeypatch, own_store):
    from gancore.jobs.worker import Worker
    from gancore.recording.events import Finished, Row, Snapshot, Tick
    from gancore.recording.recorder import Recorder
    from gancore.training.step import measures_of

    monkeypatch.setattr(pool, "ensure_workers", lambda *args, **kwargs: None)
    store = Store.open(own_store)
    (config,) = configs(1)
    jobs.submit(store, [config], "first row")
    shown = []

    def events():
        yield Snapshot(0, np.zeros((1, 2000, 2), np.float32))
        yield Tick(1, list)
        shown.append(len(jobs.live(store, config.run_id).history))
        yield Row(50, {name: np.zeros(1) for name in measures_of(RunConfig())})
        yield Tick(50, list)  # far less than LIVE_EVERY after the one before
        shown.append(jobs.live(store, config.run_id).history["step"].tolist())
        yield Finished(200, [{}], [None])

    recorder = Recorder([config], store.references)
    monkeypatch.setattr(recorder, "results", list)
    Worker(store.root, 63, 1.0)._record(recorder, events(), 0, [config], [config.run_id])
    recorder.close()
    assert shown == [0, [50]]


def test_jobs_are_listed_newest_first_and_forgotten_on_request(monkeypatch, own_store):
    monkeypatch.setattr(pool, "ensure_workers", lambda *args, **kwargs: None)
    store = Store.open(own_store)
    old = jobs.submit(store, configs(1), "old <b>name</b>")
    new = jobs.submit(store, configs(2), "new")
    assert {job.job_id for job in jobs.list_jobs(store)} == {old.job_id, new.job_id}
    assert jobs.get_job(store, old.job_id).label == "old <b>name</b>"
    assert new.configs == configs(2)
    assert new.progress().state == "waiting"
    new.dismiss()
    assert jobs.get_job(store, new.job_id) is not None  # still wanted
    new.cancel()
    new.dismiss()
    assert jobs.get_job(store, new.job_id) is None


def test_hostile_and_wrong_requests_are_refused(own_store, tmp_path):
    store = Store.open(own_store)
    for job_id in ("../../etc", "", "x" * 12, "0" * 13):
        assert jobs.get_job(store, job_id) is None
    with pytest.raises(ConfigError, match="runs: a job of 0"):
        jobs.submit(store, [], "nothing")
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        jobs.submit(Store.open(blocked / "store"), configs(1), "nowhere")


def test_estimates_follow_what_is_missing(own_store, monkeypatch):
    monkeypatch.setattr(pool, "default_workers", lambda memory=None: 1)
    monkeypatch.setattr(pool, "unavailable", lambda: "")
    store = Store.open(own_store)
    shipped = [RunConfig(seed=0)]
    assert jobs.estimate(store, shipped) == 0.0
    # Two lanes cost the same whether one or both are taken; a third run takes a second group.
    one, two, three = (jobs.estimate(store, configs(n, steps=20_000)) or 0.0 for n in (1, 2, 3))
    assert one == two < three < 2 * one
    monkeypatch.setattr(pool, "default_workers", lambda memory=None: 2)
    assert jobs.estimate(store, configs(3, steps=20_000)) == one
    monkeypatch.setattr(pool, "available", lambda: False)
    assert jobs.estimate(store, configs(1)) is None


def test_without_tensorflow_training_says_so(monkeypatch):
    monkeypatch.setattr(pool.importlib.util, "find_spec", lambda name: None)
    assert "not installed" in jobs.unavailable()
    assert not jobs.available()
