"""A worker process: takes wanted runs in groups, trains them, stores them. Run as a module by ``pool``."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from gancore.config import RunConfig, stages
from gancore.jobs import attempts, pool, turns
from gancore.jobs.changing import successors, take_along
from gancore.jobs.checkpoints import EVERY, read_checkpoint, restore, write_checkpoint
from gancore.jobs.claiming import Claims
from gancore.jobs.continuing import keep_states
from gancore.jobs.estimate import note_pace
from gancore.jobs.folders import JobFolders, write_json
from gancore.jobs.keeper import Keeper
from gancore.jobs.live import hide_live, write_live
from gancore.jobs.memory import SMALL, extra
from gancore.jobs.queue import list_jobs
from gancore.jobs.tidy import tidy
from gancore.jobs.wanted import wanted_among
from gancore.store import Store
from gancore.words import number

if TYPE_CHECKING:
    from gancore.recording.events import Event
    from gancore.recording.recorder import Recorder
    from gancore.training.shapes import GraphShape

log = logging.getLogger("gancore.worker")

LIVE_EVERY = 0.4
"""Seconds between live views."""
CHANGED_EVERY = 0.1
"""Seconds between looks whether a setting of what is trained was changed, which is waited for: there may be a hundred
ticks a second, and a look takes as long as fifteen steps."""
CHECKPOINT_SHARE = 0.015
"""Largest share of training time that checkpoints may take; where one takes long, they come less often."""
MOST_SHAPES = 4
"""Graph shapes that a process compiles before a fresh one takes its place. XLA never gives back what a program took (25
of 37 MB a shape stay when every reference to it is gone and even TensorFlow's context was reset): 911 MB after two
shapes became 1,124 after eight. Loading TensorFlow again takes about as long as compiling four shapes."""
LOOK_EVERY = (0.05, 0.2)
"""Seconds between an idle worker's looks for work, at first and after a while without any."""
SHARE = 0.02
"""Largest share of an idle worker's time that looks may take; where one takes long, they come less often."""


class Worker:
    """One worker in one slot of one store."""

    def __init__(self, root: Path, slot: int, idle: float):
        self.store, self.slot, self.idle = Store.open(root), slot, idle
        self.folders = JobFolders(root)
        self._hopeless: set[str] = set()
        self._compiled: set[GraphShape] = set()
        self._bundles = self._bundles_changed()
        self._troubles: set[str] = set()
        self._handed_over: set[str] = set()
        self._claims = Claims(slot, self.say, self._once, self._compiled, self._hopeless)
        self._ready = False
        self._full = False

    def say(self, state: str, **more: object) -> None:
        """Tell those who watch what this worker is doing."""
        if not self.folders.root.is_dir():
            return  # The store was deleted; nothing of it is made anew.
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
        while time.monotonic() - last < self.idle and self.folders.root.is_dir():
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
                self._full = bool(group) and self._is_full(group[0])
                if group and not self._full:
                    self.train(group)
                    self.say("idle")
        except Exception as error:  # Whatever it is (a disk that is away), it must not end this worker.
            self._once(f"looking for work failed ({type(error).__name__}: {error})")
            return False
        if self._full:  # What was claimed is free again.
            self._begin_afresh()
        return bool(group)

    def _is_full(self, config: RunConfig) -> bool:
        """Whether this process has compiled all that it may, and this run needs something else."""
        from gancore.training.shapes import GraphShape

        return len(self._compiled) >= MOST_SHAPES and GraphShape.of(config) not in self._compiled

    def _begin_afresh(self) -> None:
        """Become a fresh process under the same process id, so that the slot never looks empty."""
        from gancore.training import devices

        log.info("compiled %d graph shapes; a fresh process goes on", len(self._compiled))
        self.say("loading")
        devices.roam()  # The next one is given the same cores to choose from.
        logging.shutdown()
        os.execv(sys.executable, pool.command(self.store.root, self.slot, self.idle))

    def _once(self, trouble: str) -> None:
        """A line in the log with its traceback, the first time."""
        if trouble not in self._troubles:
            self._troubles.add(trouble)
            log.exception("%s", trouble)

    @contextlib.contextmanager
    def claim(self) -> Iterator[list[RunConfig]]:
        """Lock and give up to LANES wanted runs that can train together and that nobody has or trains."""
        self._see_bundles()
        with self._claims.group(self.store) as group:
            yield group

    def _bundles_changed(self) -> int:
        """When a bundle was last imported or deleted, as the file system says it."""
        with contextlib.suppress(OSError):
            return (self.store.root / "bundles").stat().st_mtime_ns
        return 0

    def _see_bundles(self) -> None:
        """Count what was imported since this process began, as those who ask for runs do."""
        changed = self._bundles_changed()
        if changed != self._bundles:
            self.store, self._bundles = Store.open(self.store.root), changed

    def train(self, configs: list[RunConfig]) -> None:
        """Train a claimed group and store it; what fails is noted with its reason."""
        from gancore.training.shapes import GraphShape

        ids = [config.run_id for config in configs]
        try:
            configs = [config for config in configs if self._may_try(config)]
            ids = [config.run_id for config in configs]
            if configs:
                self._compiled |= {GraphShape.of(stretch) for _, stretch in stages(configs[0])}
                self._train(configs, ids)
        except Exception as error:
            log.exception("training failed")
            for run_id in ids:
                if run_id not in self.store.within("own"):  # A bundle may hold what was to be trained here.
                    self._note_failure(run_id, f"{type(error).__name__}: {error}".splitlines()[0][:500])
        for run_id in ids:
            attempts.end(self.folders, run_id)

    def _may_try(self, config: RunConfig) -> bool:
        # A newer gancore may have stored it since it was asked for.
        reason = self.store.why_unreadable(config.run_id) or attempts.begin(self.folders, config.run_id)
        if reason:
            self._note_failure(config.run_id, reason)
        return not reason

    def _note_failure(self, run_id: str, message: str) -> None:
        try:
            write_json(self.folders.failure(run_id), {"message": message})
        except OSError:
            # Where not even that can be written (a full disk), this process at least does not try again and again.
            self._hopeless.add(run_id)
        hide_live(self.folders, [run_id])

    def _train(self, configs: list[RunConfig], ids: list[str]) -> None:
        from gancore.recording.recorder import Recorder
        from gancore.training import devices
        from gancore.training.engine import train

        saved = {run_id: found for run_id in ids if (found := read_checkpoint(self.folders, run_id)) is not None}
        if saved and len(saved) < len(ids):
            # Those whose checkpoint cannot be read after all start anew, in a group of their own.
            for run_id in ids:
                if run_id not in saved:
                    self._forget(run_id)
            configs, ids = [config for config in configs if config.run_id in saved], list(saved)
        with contextlib.closing(Recorder(configs, self.store.references, devices.roam)) as recorder:
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
        from gancore.recording.events import Tick

        wanted_ids = frozenset(ids)
        takes = extra(configs[0])
        takes = takes if takes > SMALL else 0.0
        self.say("training", run_ids=ids, step=begun, steps=configs[0].steps, pace=0.0, extra=takes)
        pace, marked, last, shown, rows, kept, every = 0.0, None, None, 0.0, 0, time.monotonic(), EVERY
        yielded = looked = time.monotonic()
        for event in events:
            recorder.feed(event)
            now = time.monotonic()
            if not isinstance(event, Tick):
                continue
            last = event
            if marked is None:
                marked = (now, event.step)  # After the first call, which compiles.
            first_row = recorder.rows and not rows  # A page waits for it.
            became = []
            if now - looked >= CHANGED_EVERY:
                looked, became = now, successors(self.store, configs, self._handed_over)
            if now - shown < LIVE_EVERY and not first_row and not became:
                continue
            if not self.folders.root.is_dir():
                log.info("the store is gone; %s is not trained further", ids)
                return
            wanted = set() if became else wanted_among(self.store, wanted_ids)
            if wanted and now - yielded > turns.YIELD_EVERY:
                yielded = now
                if turns.has_to_yield(self.store, list_jobs(self.store), ids):
                    wanted = set()
            if not wanted or now - kept > every:
                kept = now
                with contextlib.suppress(OSError):  # A checkpoint that cannot be written costs time, not the run.
                    for run, (run_id, state) in enumerate(zip(ids, event.checkpoint(), strict=True)):
                        write_checkpoint(self.folders, run_id, state | recorder.checkpoint(run))
                every = max(EVERY, (time.monotonic() - kept) / CHECKPOINT_SHARE)
            for old, new in became:
                take_along(self.folders, old, new)
            if event.step > marked[1]:
                pace = (event.step - marked[1]) * len(ids) / (now - marked[0])
            self._show(recorder, ids, event.step)
            if not wanted:
                if not wanted_among(self.store, wanted_ids, ("run", "pause")):  # cancelled: no page shows them any more
                    hide_live(self.folders, ids)
                log.info("put aside at step %d: no job wants %s as they are, or a watched one waits", event.step, ids)
                return
            self.say("training", run_ids=ids, step=event.step, steps=configs[0].steps, pace=pace, extra=takes)
            shown, rows = now, len(recorder.rows)
        for result in recorder.results():
            self.store.put(result)
            self.folders.checkpoint(result.config.run_id).unlink(missing_ok=True)
        if last is not None and last.step == configs[0].steps:
            keep_states(self.store, configs, [s | recorder.checkpoint(run) for run, s in enumerate(last.checkpoint())])
        hide_live(self.folders, ids)
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
    from gancore.recording import recorder  # noqa: F401
    from gancore.training import devices

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
