"""A worker's memory does not grow with the graph shapes that it has trained."""

from __future__ import annotations

import contextlib
import time

import psutil
import pytest
from support.untrained import untrained

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.jobs import pool, worker
from gancore.jobs.folders import JobFolders
from gancore.jobs.worker import MOST_SHAPES, Worker
from gancore.store import Store

SHORT = {"steps": 60, "log_every": 30, "snapshot_every": 30}


def shapes(count: int) -> list[RunConfig]:
    return [with_changes(RunConfig(), SHORT | {"batch_size": 32 + k}) for k in range(count)]


class Replaced(Exception):
    """Stands for the moment at which a process is replaced: nothing after it runs."""


def test_a_worker_begins_afresh_before_one_shape_too_many_and_holds_nothing_then(own_store, monkeypatch):
    trained: list[RunConfig] = []
    calls: list[list[str]] = []

    def train(self, configs, ids):
        trained.extend(configs)
        for config in configs:
            self.store.put(untrained(config))

    def replace(path, arguments):
        calls.append(arguments)
        raise Replaced

    monkeypatch.setattr(pool, "ensure_workers", lambda *args, **kwargs: None)
    monkeypatch.setattr(worker, "_load_tensorflow", lambda slot: None)
    monkeypatch.setattr(worker.os, "execv", replace)
    monkeypatch.setattr(Worker, "_train", train)
    wanted = [*shapes(MOST_SHAPES + 1), with_changes(shapes(1)[0], {"seed": 1, "steps": 61})]
    jobs.submit(Store.open(own_store), wanted, "shapes")
    one = Worker(own_store, 63, 30.0)
    with pytest.raises(Replaced):
        one.run()
    # What fits the shapes that are compiled comes first, even where it was asked for last.
    assert sorted(c.run_id for c in trained) == sorted(c.run_id for c in (*wanted[:MOST_SHAPES], wanted[-1]))
    assert calls == [pool.command(own_store, 63, 30.0)]
    left = wanted[MOST_SHAPES]
    assert not JobFolders(own_store).attempt(left.run_id).exists()
    with Worker(own_store, 62, 30.0).claim() as group:
        assert group == [left]


@pytest.mark.slow
def test_memory_of_a_third_process_is_at_most_a_tenth_more_than_after_two_shapes(own_store):
    """Seven shapes too many in one process would be 175 MB of 900.

    ``pytest tests/jobs/test_worker_memory.py -s -k third`` prints the figures.
    """
    store = Store.open(own_store)
    wanted = shapes(2 * MOST_SHAPES + 1)
    job = jobs.submit(store, wanted, "shapes", workers=1, idle=5)
    taken: dict[int, float] = {}
    pids = set()
    deadline = time.monotonic() + 400
    while time.monotonic() < deadline and (progress := job.progress()).active:
        for status in pool.workers(store.root):
            pids.add(status["pid"])
            with contextlib.suppress(psutil.Error):
                done = progress.done
                taken[done] = max(taken.get(done, 0), psutil.Process(status["pid"]).memory_info().rss / 1e6)
        time.sleep(0.05)
    assert job.progress().state == "finished"
    print({done: round(mb) for done, mb in taken.items()})
    assert len(pids) == 1  # fresh processes took the place of the first, under its id
    assert max(mb for done, mb in taken.items() if done > 2) <= 1.1 * max(taken[1], taken[2])
