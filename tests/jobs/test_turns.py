"""Which job a worker serves: watched ones before others, and otherwise each in its turn."""

from __future__ import annotations

import os
import time

import numpy as np
import pytest
from support import queued
from support.untrained import untrained

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.jobs import pool, turns
from gancore.jobs.checkpoints import checkpoint_step
from gancore.jobs.folders import JobFolders
from gancore.jobs.job import Job
from gancore.jobs.worker import Worker
from gancore.store import Store

no_processes, store = queued.no_processes, queued.store

LONG = {"steps": 1000, "log_every": 100, "snapshot_every": 500, "latent.dim": 4}


def runs(first: int, count: int = 2) -> list[RunConfig]:
    return [with_changes(RunConfig(), LONG | {"seed": seed}) for seed in range(first, first + count)]


def unwatched(job: Job) -> Job:
    """The job as it is when its command was killed a while ago."""
    before = time.time() - 60
    os.utime(job.folder / "watched", (before, before))
    return job


def served(store: Store) -> list[str]:
    """The jobs whose runs a worker takes, one claim after the other; what it takes is stored."""
    found = []
    while True:
        with Worker(store.root, 63, 1.0).claim() as group:
            if not group:
                return found
            of = next(job for job in jobs.list_jobs(store) if group[0].run_id in job.run_ids)
            found.append(of.label)
            for config in group:
                store.put(untrained(config))


def test_an_old_job_that_nobody_watches_does_not_block_a_new_one(store):
    unwatched(jobs.submit(store, runs(0, 6), "killed"))
    jobs.submit(store, runs(10, 4), "new")
    assert served(store) == ["new", "new", "killed", "killed", "killed"]


def test_jobs_that_are_alike_take_turns(store):
    jobs.submit(store, runs(0, 6), "one")
    jobs.submit(store, runs(10, 4), "two")
    assert served(store) == ["one", "two", "one", "two", "one"]


def test_so_do_jobs_that_nobody_watches(store):
    unwatched(jobs.submit(store, runs(0, 4), "one"))
    unwatched(jobs.submit(store, runs(10, 4), "two"))
    assert served(store) == ["one", "two", "one", "two"]


@pytest.mark.parametrize(
    ("mine", "other", "yields"),
    [(False, True, True), (True, True, False), (False, False, False), (True, False, False)],
)
def test_runs_that_nobody_watches_make_room_for_a_job_that_waits(store, mine, other, yields):
    first, second = jobs.submit(store, runs(0), "first"), jobs.submit(store, runs(10), "second")
    for job, watched in ((first, mine), (second, other)):
        if not watched:
            unwatched(job)
    assert turns.has_to_yield(store, jobs.list_jobs(store), first.run_ids) is yields


def test_nothing_makes_room_for_a_job_that_is_served_or_lacks_nothing(store, monkeypatch):
    first, second = unwatched(jobs.submit(store, runs(0), "first")), jobs.submit(store, runs(10), "second")
    monkeypatch.setattr(pool, "workers", lambda root: [{"run_ids": [second.run_ids[0]]}])
    assert not turns.has_to_yield(store, jobs.list_jobs(store), first.run_ids)
    monkeypatch.setattr(pool, "workers", lambda root: [])
    assert turns.has_to_yield(store, jobs.list_jobs(store), first.run_ids)
    for config in second.configs:
        store.put(untrained(config))
    assert not turns.has_to_yield(store, jobs.list_jobs(store), first.run_ids)


def test_a_run_that_makes_room_keeps_its_checkpoint(store, monkeypatch):
    from gancore.recording.events import Snapshot, Tick
    from gancore.recording.recorder import Recorder

    configs = runs(0)
    unwatched(jobs.submit(store, configs, "killed"))
    jobs.submit(store, runs(10), "new")
    monkeypatch.setattr(turns, "YIELD_EVERY", 0.0)
    ids = [config.run_id for config in configs]

    def events():
        yield Snapshot(0, np.zeros((2, 2000, 2), np.float32))
        yield Tick(5, lambda: [{"step": np.array(5)} for _ in ids])
        time.sleep(0.5)
        yield Tick(6, lambda: [{"step": np.array(6)} for _ in ids])
        pytest.fail("it trained on")

    recorder = Recorder(configs, store.references)
    Worker(store.root, 63, 1.0)._record(recorder, events(), 0, configs, ids)
    recorder.close()
    assert {checkpoint_step(JobFolders(store.root), run_id) for run_id in ids} <= {5, 6}
    assert ids[0] not in store
