"""What a worker trains next: a group of wanted runs, locked so that no other worker trains them too."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from gancore.config import RunConfig
from gancore.jobs import pool, turns
from gancore.jobs.changing import may_begin
from gancore.jobs.checkpoints import checkpoint_step
from gancore.jobs.folders import JobFolders
from gancore.jobs.job import Job
from gancore.jobs.locks import RunLock
from gancore.jobs.memory import SMALL, extra
from gancore.jobs.queue import list_jobs
from gancore.jobs.watched import watched
from gancore.store import Store

if TYPE_CHECKING:
    from gancore.training.shapes import GraphShape

MOST_KEYS = 20_000
"""Runs whose group key is kept."""
HELD = 0.5
"""Seconds for which a run that another process holds is not tried again: asking for a lock takes 0.3 ms."""


class Claims:
    """The claims of the worker in one slot.

    ``say`` tells those who watch what the worker is doing, ``trouble`` notes the exception being handled;
    ``compiled`` and ``hopeless`` are the worker's own sets: graph shapes that it has compiled, and runs that it does
    not try again.
    """

    def __init__(
        self,
        slot: int,
        say: Callable[..., None],
        trouble: Callable[[str], None],
        compiled: Set[GraphShape],
        hopeless: Set[str],
    ) -> None:
        self._slot, self._say, self._trouble = slot, say, trouble
        self._compiled, self._hopeless = compiled, hopeless
        self._keys: dict[str, tuple[Any, ...]] = {}
        self._same: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self._held: dict[str, float] = {}

    @contextlib.contextmanager
    def group(self, store: Store) -> Iterator[list[RunConfig]]:
        """Lock and give up to LANES wanted runs that can train together and that nobody has or trains.

        Jobs come in turn (``turns``), and in a job the graph shapes that this process has compiled already.
        """
        from gancore.training.program import LANES

        group: list[RunConfig] = []
        common: list[Any] = []
        with contextlib.ExitStack() as locks:
            for job in turns.in_turn(job for job in list_jobs(store) if job.wish == "run"):
                try:
                    if len(group) < LANES:
                        self._claim_of(job, group, common, locks)
                except Exception as error:  # One job's trouble must not keep this worker from another's.
                    self._trouble(f"job {job.job_id} cannot be served ({type(error).__name__}: {error})")
            yield group

    def _claim_of(self, job: Job, group: list[RunConfig], common: list[Any], locks: contextlib.ExitStack) -> None:
        """Add to a group what a job wants; ``common`` is its members' key and step, once it has one."""
        from gancore.training.program import LANES

        missing = self._missing(job)
        if not missing and job.configs:
            job.settle()
        steps = watched(job.store.root).steps.of(job.request.wanted)
        for run_id, config in self._in_order(job.store.root, missing):
            if len(group) == LANES:
                return
            key, step = self._key(run_id, config), steps.get(run_id, 0)
            if common and not (common[0] is key and common[1] == step):
                continue
            if self._is_held(run_id) or not may_begin(job.store, job.request, run_id):
                continue
            if not (group or self._has_room(job.store.root, config)):
                continue
            if self._lock(job, run_id, step, locks):
                if not group:
                    turns.note_turn(job.folder)
                group.append(config)
                common[:] = [key, step]
            elif not group and extra(config) > SMALL:
                self._say("idle")

    def _has_room(self, root: Path, config: RunConfig) -> bool:
        """Whether memory bears a run like this beside what other workers train; if so they are told at once.

        A job that this machine cannot bear was refused when it was submitted, so a worker alone takes anything.
        """
        takes = extra(config)
        if takes <= SMALL:
            return True
        try:
            with FileLock(JobFolders(root).root / "workers" / "memory.lock", timeout=5):
                others = [status for status in pool.workers(root) if status["slot"] != self._slot]
                announced = [float(status.get("extra", 0.0)) for status in others if status["run_ids"]]
                # What others have announced may not be in use yet, so it counts beside what is.
                if announced and takes > pool.free_memory() - sum(announced):
                    return False
                self._say("training", run_ids=[config.run_id], step=0, steps=config.steps, pace=0.0, extra=takes)
        except Timeout:
            return False
        return True

    def _in_order(self, root: Path, missing: list[tuple[str, RunConfig]]) -> Iterator[tuple[str, RunConfig]]:
        """First those whose graph shape is compiled here, then those of shapes that no other worker trains.

        So a shape is compiled once, and again only by a worker that has nothing else to begin. Workers that begin
        together see nothing of each other yet, so each starts at another shape.
        """
        alike: dict[int, list[tuple[str, RunConfig]]] = {}
        keys: dict[int, tuple[Any, ...]] = {}
        for run_id, config in missing:
            key = self._key(run_id, config)
            keys[id(key)] = key
            alike.setdefault(id(key), []).append((run_id, config))
        here = [place for place, key in keys.items() if key[0] in self._compiled]
        for place in here:
            yield from alike.pop(place)
        others = [one for one in pool.workers(root) if one["slot"] != self._slot]
        elsewhere = {self._keys[run][0] for one in others for run in one["run_ids"] if run in self._keys}
        free = [place for place in alike if keys[place][0] not in elsewhere]
        first = sum(one["slot"] < self._slot for one in others) % max(1, len(free))
        for place in [*free[first:], *free[:first], *(place for place in alike if place not in free)]:
            yield from alike[place]

    def _key(self, run_id: str, config: RunConfig) -> tuple[Any, ...]:
        """``group_key`` of a config, computed once a run; equal ones are one object."""
        from gancore.training.shapes import group_key

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

    def _is_held(self, run_id: str) -> bool:
        """Whether another process held the run a moment ago."""
        return time.monotonic() < self._held.get(run_id, 0.0)

    def _lock(self, job: Job, run_id: str, step: int, locks: contextlib.ExitStack) -> bool:
        """Lock a run, unless it is taken, or was stored or went past ``step`` between the look and the lock."""
        folders = JobFolders(job.store.root)
        lock = RunLock(folders.run_lock(run_id))
        if not lock.take():
            self._held = {other: until for other, until in self._held.items() if until > time.monotonic()}
            self._held[run_id] = time.monotonic() + HELD
            return False
        if run_id in job.store or checkpoint_step(folders, run_id) != step:
            lock.release()
            return False
        locks.callback(lock.release)
        return True
