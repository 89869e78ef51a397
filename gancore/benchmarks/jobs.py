"""Whole jobs on warm workers: metrics, snapshots and store included."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil

from gancore import jobs
from gancore.benchmarks.machine import Fact
from gancore.config import RunConfig, with_changes
from gancore.jobs import pool
from gancore.store import Store

TOGETHER = 40
"""Runs in a whole job: twenty a core of a small machine, so that its two ends weigh little."""
FEW = 4
"""Runs in one where the question is only whether it works."""
POLL = 0.2
"""Seconds between looks, so that looking takes little of what is measured: 4 ms of a core each."""


SHORT = 10
"""Steps of runs whose cost is nearly all beside training."""


Stores = Callable[[], contextlib.AbstractContextManager[Store]]
"""Gives a store with warm workers for each measurement."""


@contextlib.contextmanager
def stores(quick: bool) -> Iterator[Stores]:
    """A fresh store for each measurement, or one for all where time is short."""
    if not quick:
        yield warm_store
        return
    with warm_store(FEW) as store:
        yield lambda: contextlib.nullcontext(store)


@contextlib.contextmanager
def warm_store(runs: int = 8) -> Iterator[Store]:
    """An empty store whose workers have loaded TensorFlow, and trained so many runs."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        store.references(RunConfig().dataset)
        try:
            finish(jobs.submit(store, [_brief(batch_size=8, seed=100 + k) for k in range(runs)], "warm"))
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


def whole(batch: int, widths: tuple[int, ...], steps: int, warm: Stores, runs: int = TOGETHER) -> float:
    """Milliseconds per run and step of a job of so many runs on workers that have compiled its shape."""
    # As many rows and snapshots as the defaults give 10,000 steps.
    base = {"batch_size": batch, "generator.hidden": list(widths), "steps": steps}
    base |= {"snapshot_every": max(1, steps // 25), "log_every": max(1, steps // 50)}
    with warm() as store:
        shape = {"batch_size": batch, "generator.hidden": list(widths)}
        finish(jobs.submit(store, [_brief(seed=100 + k, **shape) for k in range(min(8, runs))], "compile"))
        wanted = [with_changes(RunConfig(), base | {"seed": 1000 + k}) for k in range(runs)]
        return finish(jobs.submit(store, wanted, "whole")) / steps / runs * 1e3


def fixed(store: Store, runs: int) -> float:
    """Processor seconds a run beside training: what the workers take for so many runs of ten steps, a run of them.

    Its start, the scores of both snapshots, storing and looking for the next; not a wall time, so that what else the
    machine does matters little.
    """

    def run(first: int, count: int) -> None:
        wanted = [_brief(steps=SHORT, log_every=SHORT, snapshot_every=SHORT, seed=first + k) for k in range(count)]
        finish(jobs.submit(store, wanted, "fixed"))

    run(5000, 8)  # compiles, and opens what every run needs
    before = _processor_seconds(store)
    run(6000, runs)
    after = _processor_seconds(store)
    if before.keys() != after.keys():
        raise RuntimeError("a worker ended while its processor time was measured")
    return (sum(after.values()) - sum(before.values())) / runs


def _processor_seconds(store: Store) -> dict[int, float]:
    """Process id → seconds of a processor that a worker has taken so far."""
    found: dict[int, float] = {}
    for status in pool.workers(store.root):
        times = psutil.Process(status["pid"]).cpu_times()
        found[status["pid"]] = times.user + times.system
    return found


def facts_of_jobs(steps: int, say: Callable[[str], object], warm: Stores, shapes: int = 3) -> Iterator[Fact]:
    """How long a person waits for the first row of so many new shapes, what ten seeds cost against one, and what a run
    costs beside training."""
    with warm() as store:
        say("a job: the first row of a new graph shape on a warm worker")
        waits = []
        for batch in range(33, 33 + shapes):
            config = with_changes(RunConfig(), {"batch_size": batch, "steps": min(steps, 2000), "seed": 1000})
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
        say("a job: many runs of ten steps")
        yield Fact("processor time of a run beside training", fixed(store, FEW if shapes == 1 else TOGETHER), "s")
