"""What it costs to watch a large job, and to look for work in it: processor time that training does not get.

``python -m gancore.benchmarks.watching`` prints the figures; ``gancore bench`` has them too.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from gancore import jobs
from gancore.benchmarks.machine import Fact
from gancore.config import RunConfig, with_changes
from gancore.jobs import pool
from gancore.jobs.worker import Worker
from gancore.recording.result import RunResult
from gancore.store import Store
from gancore.store.listing import SETTLE
from gancore.training.program import SNAPSHOT_POINTS
from gancore.words import number

RUNS = 1280
A_SECOND = 5
"""Looks a second that the command line has at a job."""
LOOKS = 40


def facts_of_watching(runs: int = RUNS) -> Iterator[Fact]:
    """Shares of a core and milliseconds for a job of so many runs, of which an eighth is stored and the rest wait."""
    wanted = [with_changes(RunConfig(), {"seed": 10_000 + k, "steps": 1, "dataset.size": 100}) for k in range(runs)]
    with tempfile.TemporaryDirectory() as folder:
        store, started = Store.open(Path(folder)), pool.ensure_workers
        pool.ensure_workers = lambda *_: None  # what they would train is not what is measured
        try:
            job = jobs.submit(store, wanted, "watched")
            for config in wanted[::8]:
                store.put(_result(config))
            busy = _seconds(job.progress)  # while all the shelves have changed a moment ago
            worker = Worker(store.root, 0, 0.0)
            _claim(worker)
            time.sleep(SETTLE)
            look = _seconds(job.progress)
            claim = _seconds(lambda: _claim(worker))
        finally:
            pool.ensure_workers = started
    yield Fact(f"watching {runs:,} runs, of a core", 100 * A_SECOND * look, "%")
    yield Fact("the same while runs end everywhere, of a core", 100 * A_SECOND * busy, "%")
    yield Fact(f"a look for work among {runs:,} runs", 1e3 * claim, "ms")


def _result(config: RunConfig) -> RunResult:
    """Something to store, small."""
    columns = ("d_loss", "d_loss_real", "d_loss_fake", "d_acc", "d_acc_real", "d_acc_fake", "g_loss")
    return RunResult(
        config=config,
        status="finished",
        steps=config.steps,
        diverged_at=None,
        seconds=0.0,
        history={"step": np.array([1])} | {name: np.zeros(1) for name in columns},
        snapshot_steps=np.array([0, 1]),
        snapshots=np.zeros((2, SNAPSHOT_POINTS, 2), np.float32),
        metrics={"w1": np.zeros(2)},
        weights={"generator/0/kernel": np.zeros((1, 1), np.float32)},
        versions={},
        device="none",
    )


def _claim(worker: Worker) -> None:
    with worker.claim():
        pass


def _seconds(look: Callable[[], object]) -> float:
    """Processor seconds of one look, the median of many after the first, which reads what later ones know."""
    look()
    took = []
    for _ in range(LOOKS):
        start = time.process_time()
        look()
        took.append(time.process_time() - start)
    return statistics.median(took)


if __name__ == "__main__":
    for fact in facts_of_watching():
        print(f"{fact.name}: {number(fact.value)} {fact.unit}")
