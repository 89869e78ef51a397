"""A worker process: takes wanted runs in groups, trains them, stores them. Run as a module by ``pool``."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from gancore.config import RunConfig
from gancore.jobs import attempts, pool
from gancore.jobs.checkpoints import EVERY, checkpoint_step, read_checkpoint, restore, write_checkpoint
from gancore.jobs.estimate import note_pace
from gancore.jobs.folders import JobFolders, write_json
from gancore.jobs.job import Job, list_jobs, wanted_among
from gancore.jobs.keeper import Keeper
from gancore.jobs.live import write_live
from gancore.jobs.locks import RunLock
from gancore.jobs.tidy import tidy
from gancore.jobs.watched import watched
from gancore.store import Store

if TYPE_CHECKING:
    from gancore.training.engine import Event, GraphShape
    from gancore.training.recorder import Recorder

log = logging.getLogger("gancore.worker")

LIVE_EVERY = 0.4
"""Seconds between live views."""
CHECKPOINT_SHARE = 0.015
"""Largest share of training time that checkpoints may take; where one takes long, they come less often."""
LOOK_EVERY = (0.05, 0.2)
"""Seconds between an idle worker's looks for work, at first and after a while without any."""
SHARE = 0.02
"""Largest share of an idle worker's time that looks may take; where one takes long, they come less often."""
MOST_KEYS = 20_000
"""Runs whose group key is kept."""
HELD = 0.5
"""Seconds for which a run that another process holds is not tried again: asking for a lock takes 0.3 ms."""


class Worker:
    """One worker in one slot of one store."""

    def __init__(self, root: Path, slot: int, idle: float):
        self.store, self.slot, self.idle = Store.open(root), slot, idle
        self.folders = JobFolders(root)
        self._hopeless: set[str] = set()
        self._compiled: set[GraphShape] = set()
        self._keys: dict[str, tuple[Any, ...]] = {}
        self._same: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self._held: dict[str, float] = {}
        self._troubles: set[str] = set()
        self._ready = False

    def say(self, state: str, **more: object) -> None:
        """Tell those who watch what this worker is doing."""
        with contextlib.suppress(OSError):
            status = {**pool.identity(), "state": state, "ready": self._ready, **more}
            write_json(self.folders.slot_status(self.slot), status)

    def run(self) -> None:
        """Work until there has been nothing to do for ``idle`` seconds."""
        self.say("loading")
        _load_tensorflow(self.slot)
        tidy(self.store)
        self._ready = True
        self.say("idle")
        Keeper(self.store).start()
        last, pause = time.monotonic(), LOOK_EVERY[0]
        while time.monotonic() - last < self.idle:
            began = time.monotonic()
            if self._work():
                last, pause = time.monotonic(), LOOK_EVERY[0]
                continue
            time.sleep(max(pause, (time.monotonic() - began) / SHARE))
            pause = min(1.1 * pause, LOOK_EVERY[1])

    def _work(self) -> bool:
        """Train a group, if there is one to train; whether there was."""
        try:
            with self.claim() as group:
                if group:
                    self.train(group)
                    self.say("idle")
                return bool(group)
        except Exception as error:  # Whatever it is (a disk that is away), it must not end this worker.
            self._once(f"looking for work failed ({type(error).__name__}: {error})")
            return False

    def _once(self, trouble: str) -> None:
        """A line in the log with its traceback, the first time."""
        if trouble not in self._troubles:
            self._troubles.add(trouble)
            log.exception("%s", trouble)

    @contextlib.contextmanager
    def claim(self) -> Iterator[list[RunConfig]]:
        """Lock and give up to LANES wanted runs that can train together and that nobody has or trains.

        The oldest job comes first, and in it the graph shapes that this process has compiled already.
        """
        from gancore.training.engine import LANES

        group: list[RunConfig] = []
        common: list[Any] = []
        with contextlib.ExitStack() as locks:
            for job in reversed(list_jobs(self.store)):
                try:
                    if len(group) < LANES and job.wish == "run":
                        self._claim_of(job, group, common, locks)
                except Exception as error:  # One job's trouble must not keep this worker from another's.
                    self._once(f"job {job.job_id} cannot be served ({type(error).__name__}: {error})")
            yield group

    def _claim_of(self, job: Job, group: list[RunConfig], common: list[Any], locks: contextlib.ExitStack) -> None:
        """Add to a group what a job wants; ``common`` is its members' key and step, once it has one."""
        from gancore.training.engine import LANES

        missing = self._missing(job)
        if not missing and job.configs:
            job.settle()
        steps = watched(self.store.root).steps.of(job.request.wanted)
        for run_id, config in self._in_order(missing):
            if len(group) == LANES:
                return
            key, step = self._key(run_id, config), steps.get(run_id, 0)
            if (not common or (common[0] is key and common[1] == step)) and self._lock(job, run_id, step, locks):
                group.append(config)
                common[:] = [key, step]

    def _in_order(self, missing: list[tuple[str, RunConfig]]) -> Iterator[tuple[str, RunConfig]]:
        """First those whose graph shape is compiled."""
        compiled = {id(key) for key in self._same if key[0] in self._compiled}
        for first in (True, False) if compiled else (False,):
            for run_id, config in missing:
                if (id(self._key(run_id, config)) in compiled) == first:
                    yield run_id, config

    def _key(self, run_id: str, config: RunConfig) -> tuple[Any, ...]:
        """``group_key`` of a config, computed once a run; equal ones are one object."""
        from gancore.training.engine import group_key

        key = self._keys.get(run_id)
        if key is None:
            if len(self._keys) >= MOST_KEYS:
                self._keys.clear()
            key = group_key(config)
            key = self._keys[run_id] = self._same.setdefault(key, key)
        return key

    def _missing(self, job: Job) -> list[tuple[str, RunConfig]]:
        """The runs of a job that are neither stored nor failed; none of one that this version reads differently."""
        left = job.left() - self._hopeless
        return [pair for pair in zip(job.run_ids, job.configs, strict=False) if pair[0] in left]

    def _lock(self, job: Job, run_id: str, step: int, locks: contextlib.ExitStack) -> bool:
        """Lock a run, unless it is taken, or was stored or went past ``step`` between the look and the lock."""
        if time.monotonic() < self._held.get(run_id, 0.0):
            return False
        lock = RunLock(self.folders.run_lock(run_id))
        if not lock.take():
            self._held = {other: until for other, until in self._held.items() if until > time.monotonic()}
            self._held[run_id] = time.monotonic() + HELD
            return False
        if run_id in job.store or checkpoint_step(self.folders, run_id) != step:
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
            attempts.end(self.folders, run_id)

    def _may_try(self, config: RunConfig) -> bool:
        reason = attempts.begin(self.folders, config.run_id)
        if reason:
            self._note_failure(config.run_id, reason)
        return not reason

    def _note_failure(self, run_id: str, message: str) -> None:
        # Where not even that can be written (a full disk), this process at least does not try again and again.
        self._hopeless.add(run_id)
        with contextlib.suppress(OSError):
            write_json(self.folders.failure(run_id), {"message": message})
        self._hide([run_id])

    def _train(self, configs: list[RunConfig], ids: list[str]) -> None:
        from gancore.training.engine import train
        from gancore.training.recorder import Recorder

        saved = {run_id: found for run_id in ids if (found := read_checkpoint(self.folders, run_id)) is not None}
        if saved and len(saved) < len(ids):
            # Those whose checkpoint cannot be read after all start anew, in a group of their own.
            for run_id in ids:
                if run_id not in saved:
                    self._forget(run_id)
            configs, ids = [config for config in configs if config.run_id in saved], list(saved)
        with contextlib.closing(Recorder(configs, self.store.floors)) as recorder:
            if not saved:
                return self._record(recorder, train(configs), 0, configs, ids)
            try:
                begun = restore(recorder, list(saved.values()))
                events = train(configs, start=list(saved.values()))
            except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
                log.warning("checkpoints of %s cannot be used (%s: %s)", ids, type(error).__name__, error)
            else:
                return self._record(recorder, events, begun, configs, ids)
        # Each alone, so that one run's checkpoint does not cost another's; a run alone starts anew.
        if len(ids) == 1:
            self._forget(ids[0])
        for config in configs:
            self._train([config], [config.run_id])

    def _forget(self, run_id: str) -> None:
        log.warning("training of %s starts anew", run_id)
        with contextlib.suppress(OSError):
            self.folders.checkpoint(run_id).unlink(missing_ok=True)

    def _record(
        self, recorder: Recorder, events: Iterator[Event], begun: int, configs: list[RunConfig], ids: list[str]
    ) -> None:
        """Feed the recorder, keep checkpoints and live views, and store the results."""
        from gancore.training.engine import Tick

        wanted_ids = frozenset(ids)
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
            wanted = wanted_among(self.store, wanted_ids)
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
                if not wanted_among(self.store, wanted_ids, ("pause",)):  # cancelled: nobody looks at them any more
                    self._hide(ids)
                log.info("put aside at step %d: every job that wants %s is paused or cancelled", event.step, ids)
                return
            self.say("training", run_ids=ids, step=event.step, steps=configs[0].steps, pace=pace)
            shown, rows = now, len(recorder.rows)
        for result in recorder.results():
            self.store.put(result)
            self.folders.checkpoint(result.config.run_id).unlink(missing_ok=True)
        self._hide(ids)
        if pace:
            note_pace(self.folders, configs[0], sum(config.steps for config in configs) / pace)
        log.info("trained %s (metrics %.2f s)", ", ".join(run_id[:12] for run_id in ids), recorder.metric_seconds)

    def _hide(self, ids: list[str]) -> None:
        """Remove the live views of runs that are not in training any more."""
        for run_id in ids:
            with contextlib.suppress(OSError):
                self.folders.live(run_id).unlink(missing_ok=True)

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
