"""A worker process: takes wanted runs in groups, trains them, stores them. Run as a module by ``pool``."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from gancore.config import RunConfig
from gancore.jobs import pool
from gancore.jobs.checkpoints import EVERY, checkpoint_step, forget_old, read_checkpoint, write_checkpoint
from gancore.jobs.estimate import note_pace
from gancore.jobs.folders import JobFolders, read_json, write_json
from gancore.jobs.job import Job, list_jobs, wanted_runs
from gancore.jobs.live import write_live
from gancore.store import Store
from gancore.words import number

if TYPE_CHECKING:
    from gancore.training.engine import Event, GraphShape
    from gancore.training.recorder import Recorder

log = logging.getLogger("gancore.worker")

MAX_ATTEMPTS = 3
"""Trainings of a run that may end with the process before the run counts as failed."""
LIVE_EVERY = 0.4
"""Seconds between live views."""
CHECKPOINT_SHARE = 0.015
"""Largest share of training time that checkpoints may take; where one takes long, they come less often."""
LOOK_EVERY = 0.05
"""Least seconds between an idle worker's looks for work; where looking takes long, the pause is four times that."""


class Worker:
    """One worker in one slot of one store."""

    def __init__(self, root: Path, slot: int, idle: float):
        self.store, self.slot, self.idle = Store.open(root), slot, idle
        self.folders = JobFolders(root)
        self._hopeless: set[str] = set()
        self._compiled: set[GraphShape] = set()

    def say(self, state: str, **more: object) -> None:
        """Tell those who watch what this worker is doing."""
        with contextlib.suppress(OSError):
            write_json(self.folders.slot_status(self.slot), {**pool.identity(), "state": state, **more})

    def run(self) -> None:
        """Work until there has been nothing to do for ``idle`` seconds."""
        self.say("loading")
        _load_tensorflow(self.slot)
        forget_old(self.folders)
        self.say("idle")
        last = time.monotonic()
        while time.monotonic() - last < self.idle:
            began = time.monotonic()
            with self.claim() as group:
                looked = time.monotonic() - began
                if group:
                    self.train(group)
                    self.say("idle")
                    last = time.monotonic()
                    continue
            time.sleep(max(LOOK_EVERY, 4 * looked))

    @contextlib.contextmanager
    def claim(self) -> Iterator[list[RunConfig]]:
        """Lock and give up to LANES wanted runs that can train together and that nobody has or trains.

        The oldest job comes first, and in it the graph shapes that this process has compiled already.
        """
        from gancore.training.engine import LANES, GraphShape, group_key

        group: list[RunConfig] = []
        key = None
        with contextlib.ExitStack() as locks:
            for job in reversed(list_jobs(self.store)):
                if job.wish != "run":
                    continue
                missing = self._missing(job)
                if not missing and job.configs:
                    job.settle()
                for config in sorted(missing, key=lambda config: GraphShape.of(config) not in self._compiled):
                    if len(group) == LANES:
                        break
                    own_key = (group_key(config), checkpoint_step(self.folders, config.run_id))
                    if (key is None or own_key == key) and self._lock(config.run_id, own_key[1], locks):
                        group.append(config)
                        key = own_key
            yield group

    def _missing(self, job: Job) -> list[RunConfig]:
        """The runs of a job that are neither stored nor failed; none of one that this version reads differently."""
        wanted = zip(job.run_ids, job.configs, strict=False)
        return [
            config
            for run_id, config in wanted
            if run_id not in self._hopeless and not self.folders.failure(run_id).exists() and run_id not in self.store
        ]

    def _lock(self, run_id: str, step: int, locks: contextlib.ExitStack) -> bool:
        """Lock a run, unless it is taken, or was stored or went past ``step`` between the look and the lock."""
        path = self.folders.run_lock(run_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        if run_id in self.store or checkpoint_step(self.folders, run_id) != step:
            lock.release()
            return False
        locks.callback(lock.release)
        return True

    def train(self, configs: list[RunConfig]) -> None:
        """Train a claimed group and store it; what fails is noted with its reason."""
        from gancore.training.engine import GraphShape

        ids = [config.run_id for config in configs]
        try:
            configs = [config for config in configs if self._may_try(config)]
            ids = [config.run_id for config in configs]
            if configs:
                self._compiled.add(GraphShape.of(configs[0]))
                self._train(configs, ids)
        except Exception as error:
            log.exception("training failed")
            for run_id in ids:
                if run_id not in self.store:
                    self._note_failure(run_id, f"{type(error).__name__}: {error}".splitlines()[0][:500])
        for run_id in ids:
            with contextlib.suppress(OSError):
                self.folders.attempt(run_id).unlink(missing_ok=True)

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
        # Where not even that can be written (a full disk), this process at least does not try again and again.
        self._hopeless.add(run_id)
        with contextlib.suppress(OSError):
            write_json(self.folders.failure(run_id), {"message": message})

    def _begin(self, configs: list[RunConfig], ids: list[str]) -> tuple[Recorder, Iterator[Event], int]:
        """A recorder and the events to feed it, from the runs' checkpoints if all can be used, and the first step."""
        from gancore.training.engine import train
        from gancore.training.recorder import Recorder

        saved = [read_checkpoint(self.folders, run_id) for run_id in ids]
        found = [one for one in saved if one is not None]
        if found:
            try:
                recorder = Recorder(configs, self.store.floors)
                recorder.restore([one or {} for one in saved])
                return recorder, train(configs, start=found), int(found[0]["step"])
            except (KeyError, ValueError, IndexError):
                log.warning("checkpoints of %s cannot be used; training starts anew", ids)
                for run_id in ids:
                    self.folders.checkpoint(run_id).unlink(missing_ok=True)
        return Recorder(configs, self.store.floors), train(configs), 0

    def _train(self, configs: list[RunConfig], ids: list[str]) -> None:
        recorder, events, begun = self._begin(configs, ids)
        with contextlib.closing(recorder):
            self._record(recorder, events, begun, configs, ids)

    def _record(
        self, recorder: Recorder, events: Iterator[Event], begun: int, configs: list[RunConfig], ids: list[str]
    ) -> None:
        """Feed the recorder, keep checkpoints and live views, and store the results."""
        from gancore.training.engine import Tick

        self.say("training", run_ids=ids, step=begun, steps=configs[0].steps, pace=0.0)
        pace, marked, shown, rows, kept, every = 0.0, None, 0.0, 0, time.monotonic(), EVERY
        for event in events:
            recorder.feed(event)
            now = time.monotonic()
            if not isinstance(event, Tick):
                continue
            if marked is None:
                marked = (now, event.step)  # After the first call, which compiles.
            first_row = recorder.rows and not rows  # Somebody waits for it.
            if now - shown < LIVE_EVERY and not first_row:
                continue
            wanted = wanted_runs(self.store, ("run",)).intersection(ids)
            if not wanted or now - kept > every:
                kept = now
                with contextlib.suppress(OSError):  # A checkpoint that cannot be written costs time, not the run.
                    for run, (run_id, state) in enumerate(zip(ids, event.checkpoint(), strict=True)):
                        write_checkpoint(self.folders, run_id, state | recorder.checkpoint(run))
                every = max(EVERY, (time.monotonic() - kept) / CHECKPOINT_SHARE)
            if event.step > marked[1]:
                pace = (event.step - marked[1]) * len(ids) / (now - marked[0])
            self._show(recorder, ids, event.step)
            if not wanted:
                log.info("put aside at step %d: every job that wants %s is paused or cancelled", event.step, ids)
                return
            self.say("training", run_ids=ids, step=event.step, steps=configs[0].steps, pace=pace)
            shown, rows = now, len(recorder.rows)
        for result in recorder.results():
            self.store.put(result)
            for path in (self.folders.checkpoint(result.config.run_id), self.folders.live(result.config.run_id)):
                path.unlink(missing_ok=True)
        if pace:
            note_pace(self.folders, configs[0], sum(config.steps for config in configs) / pace)
        log.info("trained %s (metrics %s s)", ", ".join(run_id[:12] for run_id in ids), number(recorder.metric_seconds))

    def _show(self, recorder: Recorder, ids: list[str], step: int) -> None:
        at, points = recorder.snapshots[-1]
        with contextlib.suppress(OSError):
            for run, run_id in enumerate(ids):
                write_live(self.folders, run_id, step, recorder.history(run), points[run], at)


def _load_tensorflow(slot: int) -> None:
    """TensorFlow on the device of this slot, Keras, and what the metrics need."""
    from gancore import metrics
    from gancore.training import devices, networks, recorder  # noqa: F401

    log.info("slot %d trains on %s", slot, devices.take(slot))
    devices.warm()
    metrics.load()


def main() -> None:
    """``python -m gancore.jobs.worker ROOT SLOT IDLE``"""
    root, slot, idle = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    folders = JobFolders(root)
    folders.slot_lock(slot).parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folders.slot_lock(slot), timeout=2):
            Worker(root, slot, idle).run()
    except Timeout:
        log.info("slot %d is taken", slot)


if __name__ == "__main__":
    main()
