"""A worker that was killed is replaced though another trains for the same job, by those who watch and by the other."""

from __future__ import annotations

import os
import signal
import time

import pytest
from support.endless import ENDLESS
from support.fake_workers import fake_workers

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.jobs import pool
from gancore.jobs.folders import JobFolders, write_json
from gancore.jobs.keeper import Keeper
from gancore.store import Store

__all__ = ["fake_workers"]


def runs(count: int, **changes: object) -> list[RunConfig]:
    settings = {"steps": 1000, "latent.dim": 4, "dataset.size": 200} | changes
    return [with_changes(RunConfig(), settings | {"seed": seed}) for seed in range(count)]


def until(condition, seconds: float = 300.0):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return value


@pytest.fixture
def training(own_store, fake_workers):
    """A job of four runs: slot 0 trains the first two, and slot 1 has just been killed."""
    store = Store.open(own_store)
    job = jobs.submit(store, runs(4), "half")
    until(lambda: sorted(fake_workers.starts) == [0, 1])
    status = pool.identity() | {"state": "training", "ready": True, "run_ids": job.run_ids[:2], "step": 5}
    write_json(JobFolders(store.root).slot_status(0), status)
    killed = pool._children[(store.root, 1)]
    killed.kill()
    killed.wait()
    return job


@pytest.mark.parametrize("watch", ["page or command", "another worker"])
def test_a_killed_worker_is_replaced_while_another_trains(training, fake_workers, watch):
    if watch == "another worker":
        Keeper(training.store).look()
    else:
        assert training.progress().state == "running"
    until(lambda: sorted(fake_workers.starts) == [0, 1, 1])
    assert pool._children[(training.store.root, 1)].poll() is None


def test_none_is_started_where_no_run_waits(training, fake_workers):
    for run_id in training.run_ids[2:]:
        write_json(JobFolders(training.store.root).failure(run_id), {"message": "out of luck"})
    training.progress()
    Keeper(training.store).look()
    time.sleep(0.1)
    assert sorted(fake_workers.starts) == [0, 1]


@pytest.mark.parametrize("wish", ["pause", "cancel"])
def test_none_is_started_for_a_job_that_wants_nothing(training, fake_workers, wish):
    write_json(JobFolders(training.store.root).job(training.job_id) / "control.json", {"wish": wish})
    training.progress()
    Keeper(training.store).look()
    time.sleep(0.1)
    assert sorted(fake_workers.starts) == [0, 1]


def test_the_keeper_survives_what_goes_wrong(own_store, monkeypatch, caplog):
    from gancore.jobs import keeper

    def fails(store: Store) -> list[jobs.Job]:
        raise OSError("the disk is away")

    monkeypatch.setattr(keeper, "list_jobs", fails)
    Keeper(Store(own_store)).look()
    assert "the disk is away" in caplog.text


@pytest.mark.slow
def test_a_real_worker_replaces_another_though_nobody_watches(own_store):
    store = Store.open(own_store)
    job = jobs.submit(store, runs(8, **ENDLESS), "unwatched", workers=2, idle=5)

    def busy() -> dict[int, dict]:
        # One with a pace has compiled, which it may do on every core.
        return {status["slot"]: status for status in pool.workers(store.root) if status.get("pace")}

    try:
        before = until(lambda: busy() if len(busy()) == 2 else None)
        os.killpg(before[1]["pid"], signal.SIGKILL)
        pool._children[(store.root, 1)].wait()
        after = until(lambda: next((s for s in pool.workers(store.root) if s["slot"] == 1), None))
        assert after["pid"] != before[1]["pid"]
        trains = until(lambda: busy().get(1))
        if hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1:
            cores = [os.sched_getaffinity(status["pid"]) for status in (before[0], trains)]
            assert not cores[0] & cores[1]  # it was not left on the core of the one that started it
    finally:
        job.cancel()
        for _ in range(3):
            for status in pool.workers(store.root):
                pool.end_worker(status)
            time.sleep(0.1)
