"""Whose turn it is: jobs that a page or command watches come before the others, and otherwise jobs take turns.

A command that was killed cannot cancel its job, and a page that is closed means to leave its job running; neither can
be told from the other. So both train on, but behind what a user is waiting for.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from gancore.jobs import pool
from gancore.store import Store


class Queued(Protocol):
    """What is asked of a job to give it its turn."""

    job_id: str

    @property
    def folder(self) -> Path:
        """Where it notes looks and turns."""
        ...

    @property
    def created(self) -> str:
        """When it was submitted."""
        ...

    @property
    def wish(self) -> str:
        """``run``, or what else was asked of it."""
        ...

    @property
    def run_ids(self) -> Sequence[str]:
        """The runs that it wants."""
        ...

    def left(self) -> Collection[str]:
        """Ids of runs that are neither stored nor given up."""
        ...


Job = TypeVar("Job", bound=Queued)
WATCHED = 10.0
"""Seconds after a look at a job for which it counts as watched; pages look every 0.7 s, commands every 0.2 s."""
NOTED_EVERY = 2.0
"""Seconds between two notes of one watcher."""
YIELD_EVERY = 2.0
"""Seconds between a worker's looks whether its unwatched job has to make room."""


def note_look(folder: Path) -> None:
    """Note that a page or command looks at the job in this folder; this process noted it a moment ago, or does now."""
    now = time.monotonic()
    if now - _noted.get(folder, -NOTED_EVERY) >= NOTED_EVERY:
        for old in [other for other, at in _noted.items() if now - at > WATCHED]:
            _noted.pop(old, None)
        _noted[folder] = now
        _touch(folder / "watched")


_noted: dict[Path, float] = {}
"""When this process last noted a look: a page makes a job's object anew at each look."""


def note_turn(folder: Path) -> None:
    """Note that a worker takes something of the job in this folder."""
    _touch(folder / "turn")


def _touch(path: Path) -> None:
    with contextlib.suppress(OSError):  # A job's folder may be gone, and a read-only store has no turns.
        path.touch()


def _touched(path: Path) -> float:
    """When a file was last touched, in seconds since the epoch; 0 where there is none."""
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def is_watched(folder: Path) -> bool:
    """Whether a page or command looked at the job in this folder a moment ago."""
    return time.time() - _touched(folder / "watched") < WATCHED


def in_turn(jobs: Iterable[Job]) -> list[Job]:
    """Jobs in the order in which a worker serves them: watched ones first, then the one that waited longest."""

    def rank(job: Queued) -> tuple[bool, float, str, str]:
        return (not is_watched(job.folder), _touched(job.folder / "turn"), job.created, job.job_id)

    return sorted(jobs, key=rank)


def has_to_yield(store: Store, jobs: Iterable[Queued], run_ids: Iterable[str]) -> bool:
    """Whether runs in training, which are unwatched, keep a watched job waiting."""
    ids = set(run_ids)
    mine, others = [], []
    for job in jobs:
        if job.wish == "run":
            (mine if ids.intersection(job.run_ids) else others).append(job)
    if any(is_watched(job.folder) for job in mine):
        return False
    busy = {run_id for status in pool.workers(store.root) for run_id in status.get("run_ids", ())}
    return any(
        is_watched(job.folder) and not busy.intersection(job.run_ids) and _lacks_something(job) for job in others
    )


def _lacks_something(job: Queued) -> bool:
    return bool(job.left())
