"""Which graph shape a worker begins with, so that each is compiled once."""

from __future__ import annotations

import pytest
from support import queued
from support.untrained import untrained

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.jobs import pool
from gancore.jobs.worker import Worker
from gancore.store import Store

no_processes, store = queued.no_processes, queued.store

WIDTHS = (4, 5, 6)


def runs(seeds: int) -> list[RunConfig]:
    """So many seeds of each of three graph shapes."""
    base = with_changes(RunConfig(), {"steps": 40, "log_every": 20, "snapshot_every": 20})
    return [
        with_changes(base, {"seed": seed, "generator.hidden": [width]}) for width in WIDTHS for seed in range(seeds)
    ]


def status(slot: int, run_ids: list[str]) -> dict[str, object]:
    return {"slot": slot, "run_ids": run_ids, "state": "training", "pid": 1}


def claimed(store: Store, slot: int, others: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> int:
    """The width that the worker in a slot begins with beside others."""
    monkeypatch.setattr(pool, "workers", lambda root: others)
    with Worker(store.root, slot, 1.0).claim() as group:
        assert len({config.generator for config in group}) == 1
        return group[0].generator.hidden[0]


def test_a_worker_alone_begins_with_what_was_asked_for_first(store, monkeypatch):
    jobs.submit(store, runs(4), "three shapes")
    assert claimed(store, 63, [], monkeypatch) == WIDTHS[0]


def test_workers_that_begin_together_begin_with_other_shapes(store, monkeypatch):
    jobs.submit(store, runs(4), "three shapes")
    idle = [status(slot, []) for slot in range(4)]
    assert [claimed(store, slot, idle, monkeypatch) for slot in range(4)] == [*WIDTHS, WIDTHS[0]]


def test_a_shape_that_another_worker_trains_is_begun_last(store, monkeypatch):
    wanted = runs(4)
    jobs.submit(store, wanted, "three shapes")
    busy = [status(1, [wanted[0].run_id])]
    assert claimed(store, 0, busy, monkeypatch) == WIDTHS[1]
    for config in wanted[4:]:
        store.put(untrained(config))
    assert claimed(store, 0, busy, monkeypatch) == WIDTHS[0]  # rather than to wait for nothing
