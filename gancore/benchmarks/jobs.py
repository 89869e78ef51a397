"""Whole jobs on warm workers: metrics, snapshots and store included."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

from gancore import jobs
from gancore.benchmarks.machine import Fact
from gancore.config import RunConfig, with_changes
from gancore.jobs import pool
from gancore.store import Store

TOGETHER = 40
"""Runs in a whole job: twenty a core of a small machine, so that its two ends weigh little."""
POLL = 0.2
"""Seconds between looks, so that looking takes little of what is measured: 4 ms of a core each."""


@contextlib.contextmanager
def warm_store() -> Iterator[Store]:
    """An empty store whose workers have loaded TensorFlow."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        store.floors(RunConfig().dataset)
        try:
            finish(jobs.submit(store, [_brief(batch_size=8, seed=100 + k) for k in range(8)], "warm"))
            yield store
        finally:
            for status in pool.workers(store.root):
                pool.end_worker(status)


def _brief(**changes: Any) -> RunConfig:
    return with_changes(RunConfig(), {"steps": 40, "log_every": 20, "snapshot_every": 40} | changes)


def finish(job: jobs.Job) -> float:
    """Wait for a job; the seconds that took. RuntimeError where it fails."""
    start = time.perf_counter()
    while (progress := job.progress()).active:
        time.sleep(POLL)
    if progress.state != "finished":
        raise RuntimeError(f"gancore train failed: {progress.message}")
    return time.perf_counter() - start


def whole(batch: int, widths: tuple[int, ...], steps: int) -> float:
    """Milliseconds per run and step of a job on workers that have compiled its shape."""
    # As many rows and snapshots as the defaults give 10,000 steps.
    base = {"batch_size": batch, "generator.hidden": list(widths), "steps": steps}
    base |= {"snapshot_every": max(1, steps // 50), "log_every": max(1, steps // 50)}
    with warm_store() as store:
        shape = {"batch_size": batch, "generator.hidden": list(widths)}
        finish(jobs.submit(store, [_brief(seed=100 + k, **shape) for k in range(8)], "compile"))
        wanted = [with_changes(RunConfig(), base | {"seed": 1000 + k}) for k in range(TOGETHER)]
        return finish(jobs.submit(store, wanted, "whole")) / steps / TOGETHER * 1e3


def facts_of_jobs(steps: int, say: Callable[[str], object]) -> Iterator[Fact]:
    """How long a person waits for the first row, and what ten seeds cost against one."""
    with warm_store() as store:
        say("a job: the first row of a new graph shape on a warm worker")
        waits = []
        for batch in (32, 33, 34):
            config = with_changes(RunConfig(), {"batch_size": batch, "steps": 2000, "seed": 1000})
            start = time.perf_counter()
            job = jobs.submit(store, [config], "first")
            while (live := jobs.live(store, config.run_id)) is None or not len(live.history["step"]):
                if not job.progress().active:
                    break
                time.sleep(POLL)
            waits.append(time.perf_counter() - start)
            finish(job)
        yield Fact("first history row of a new graph shape, warm worker", statistics.median(waits), "s")
        say("a job: one seed, then ten")
        finish(jobs.submit(store, [_brief(seed=1100 + k) for k in range(8)], "compile"))
        took = [
            finish(
                jobs.submit(
                    store, [with_changes(RunConfig(), {"steps": steps, "seed": 2000 * n + k}) for k in range(n)], "n"
                )
            )
            for n in (1, 10)
        ]
        yield Fact("ten seeds against one", took[1] / took[0], "times")
