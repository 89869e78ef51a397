"""What it costs to watch a large job, and to look for work in it: processor time that training does not get.

``python -m gancore.benchmarks.watching`` prints the figures; ``gancore bench`` has them too.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from gancore import jobs
from gancore.benchmarks.machine import Fact
from gancore.config import RunConfig, with_changes
from gancore.jobs import pool
from gancore.jobs.worker import Worker
from gancore.store import Store

RUNS = 1280
SECOND = 5
"""Looks a second that the command line has at a job."""
LOOKS = 40


def facts_of_watching(runs: int = RUNS) -> Iterator[Fact]:
    """Shares of a core and milliseconds for a job of so many runs that all wait."""
    with tempfile.TemporaryDirectory() as folder:
        store, started = Store.open(Path(folder)), pool.ensure_workers
        pool.ensure_workers = lambda *_: None  # what they would train is not what is measured
        try:
            job = jobs.submit(store, [with_changes(RunConfig(), {"seed": 10_000 + k}) for k in range(runs)], "watched")
            look = _seconds(job.progress)
            worker = Worker(store.root, 0, 0.0)
            claim = _seconds(lambda: _claim(worker))
            idle = _seconds(lambda: worker._missing(job))
        finally:
            pool.ensure_workers = started
    yield Fact(f"watching {runs:,} runs, of a core", 100 * SECOND * look, "%")
    yield Fact(f"a look at {runs:,} runs", 1e3 * look, "ms")
    yield Fact(f"a look for work among {runs:,} runs", 1e3 * max(claim, idle), "ms")


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
        print(f"{fact.name}: {fact.value:.3g} {fact.unit}")
