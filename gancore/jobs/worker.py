"""A worker process: takes wanted runs in groups, trains them, stores them. Run as a module by ``pool``."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from gancore.config import RunConfig
from gancore.jobs.estimate import note_pace
from gancore.jobs.folders import JobFolders, read_json, write_json
from gancore.jobs.job import list_jobs, wanted_runs
from gancore.jobs.live import write_live
from gancore.store import Store

log = logging.getLogger("gancore.worker")

MAX_ATTEMPTS = 3
"""Trainings of a run that may end with the process before the run counts as failed."""
LIVE_EVERY = 0.4
"""Seconds between live views."""


class Worker:
    """One worker in one slot of one store."""

    def __init__(self, root: Path, slot: int, idle: float):
        self.store, self.slot, self.idle = Store.open(root), slot, idle
        self.folders = JobFolders(root)
        self._status: dict = {"pid": os.getpid()}

    def say(self, state: str, **more: object) -> None:
        """Tell those who watch what this worker is doing."""
        self._status = {"pid": os.getpid(), "state": state, "time": time.time(), **more}
        write_json(self.folders.slot_status(self.slot), self._status)

    def run(self) -> None:
        """Work until there has been nothing to do for ``idle`` seconds."""
        self.say("loading")
        _load_tensorflow(self.slot)
        self.say("idle")
        last = time.monotonic()
        while time.monotonic() - last < self.idle:
            with self.claim() as group:
                if group:
                    self.train(group)
                    self.say("idle")
                    last = time.monotonic()
                    continue
            time.sleep(0.2)

    @contextlib.contextmanager
    def claim(self) -> Iterator[list[RunConfig]]:
        """Lock and give up to LANES wanted runs of one group that nobody has or trains; the oldest job first."""
        from gancore.training.engine import LANES, group_key

        group: list[RunConfig] = []
        with contextlib.ExitStack() as locks:
            for job in reversed(list_jobs(self.store)):
                if job.wish != "run" or len(group) == LANES:
                    continue
                for config in job.configs:
                    if len(group) == LANES:
                        break
                    if group and group_key(config) != group_key(group[0]):
                        continue
                    if self._free(config, locks):
                        group.append(config)
            yield group

    def _free(self, config: RunConfig, locks: contextlib.ExitStack) -> bool:
        run_id = config.run_id
        if self.folders.failure(run_id).exists() or run_id in self.store:
            return False
        path = self.folders.run_lock(run_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        if run_id in self.store:  # Stored between the look and the lock.
            lock.release()
            return False
        locks.callback(lock.release)
        return True

    def train(self, configs: list[RunConfig]) -> None:
        """Train a claimed group and store it; what fails is noted with its reason."""
        configs = [config for config in configs if self._may_try(config)]
        if not configs:
            return
        ids = [config.run_id for config in configs]
        self.say("training", run_ids=ids, step=0, steps=configs[0].steps, pace=0.0)
        try:
            self._train(configs, ids)
        except Exception as error:
            log.exception("training failed")
            for run_id in ids:
                if run_id not in self.store:
                    self._note_failure(run_id, f"{type(error).__name__}: {error}".splitlines()[0][:500])
        finally:
            for run_id in ids:
                self.folders.attempt(run_id).unlink(missing_ok=True)
                self.folders.live(run_id).unlink(missing_ok=True)

    def _may_try(self, config: RunConfig) -> bool:
        path = self.folders.attempt(config.run_id)
        attempts = int((read_json(path) or {}).get("attempts", 0)) + 1
        if attempts > MAX_ATTEMPTS:
            self._note_failure(config.run_id, f"the training process ended {MAX_ATTEMPTS} times; is memory short?")
            path.unlink(missing_ok=True)
            return False
        write_json(path, {"attempts": attempts})
        return True

    def _note_failure(self, run_id: str, message: str) -> None:
        write_json(self.folders.failure(run_id), {"message": message})

    def _train(self, configs: list[RunConfig], ids: list[str]) -> None:
        from gancore.training.engine import Tick, train
        from gancore.training.recorder import Recorder

        recorder = Recorder(configs, [self.store.floors(config.dataset) for config in configs])
        pace, marked, shown, waited = 0.0, None, 0.0, 0.0
        for event in train(configs):
            recorder.feed(event)
            now = time.monotonic()
            if marked is None and isinstance(event, Tick):
                marked = (now, event.step)  # After the first call, which compiles.
            if not isinstance(event, Tick) or now - shown < LIVE_EVERY:
                continue
            if not self._held_while_paused(ids):
                log.info("given up: nobody wants %s any more", ids)
                return
            waited += time.monotonic() - now
            shown = time.monotonic()
            if marked and event.step > marked[1]:
                pace = (event.step - marked[1]) * len(ids) / max(shown - marked[0] - waited, 1e-6)
            self.say("training", run_ids=ids, step=event.step, steps=configs[0].steps, pace=pace)
            self._show(recorder, ids, event.step)
        results = recorder.results()
        for result in results:
            self.store.put(result)
        if pace:
            note_pace(self.folders, configs, sum(c.steps for c in configs) / pace)
        log.info(
            "trained %d runs in %.2f s (metrics %.2f s)",
            len(ids),
            sum(result.seconds for result in results),
            recorder.metric_seconds,
        )

    def _show(self, recorder, ids: list[str], step: int) -> None:
        at, points = recorder.snapshots[-1]
        for run, run_id in enumerate(ids):
            write_live(self.folders, run_id, step, recorder.history(run), points[run], at)

    def _held_while_paused(self, ids: list[str]) -> bool:
        """Wait while every job that wants these runs is paused; False once none wants them."""
        while True:
            if wanted_runs(self.store, ("run",)).intersection(ids):
                return True
            if not wanted_runs(self.store).intersection(ids):
                return False
            time.sleep(0.1)


def _load_tensorflow(slot: int) -> None:
    """One thread on one core: slot i takes the i-th core, so that workers do not push each other around."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[slot % len(cores)]})
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    from gancore.training import networks, recorder  # noqa: F401  (loads Keras and the metrics)


def main() -> None:
    """``python -m gancore.jobs.worker ROOT SLOT IDLE``"""
    root, slot, idle = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    folders = JobFolders(root)
    folders.slot_lock(slot).parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folders.slot_lock(slot), timeout=0):
            Worker(root, slot, idle).run()
    except Timeout:
        log.info("slot %d is taken", slot)


if __name__ == "__main__":
    main()
