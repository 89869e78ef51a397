"""What a job asks for, as it lies in the queue: written when it is submitted or changed, read often."""

from __future__ import annotations

import os
import time
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gancore.config import ConfigError, RunConfig, stored_config
from gancore.jobs.folders import read_object
from gancore.store import Scope
from gancore.store.errors import Damaged
from gancore.store.files import read_bounded

MAX_RUNS = 4096
"""Runs that one job may hold."""
LARGEST = 32 * 2**20


class Request(BaseModel):
    """``job.json``."""

    model_config = ConfigDict(extra="forbid", defer_build=True)
    label: str = Field(max_length=200)
    created: str
    run_ids: list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = Field(min_length=1, max_length=MAX_RUNS)
    steps: list[int]
    """Steps of each run, so that progress needs no config."""
    configs: list[dict[str, Any]]
    workers: int | None
    """Processes wanted; None for as many as the machine bears."""
    idle: float | None
    """Seconds that workers started for this outlive their work; None for the usual."""
    deadline: float | None = None
    """When it counts as cancelled, in seconds since the epoch, watched or not; None for never."""
    memory: float | None = None
    """Bytes that a worker takes for the largest of the runs; None for the usual."""
    scope: Scope = "shipped"
    """Which of the store's layers count: a run that only another one holds is trained."""
    instead: dict[str, str] = Field(default={}, max_length=64 * MAX_RUNS)
    """Run id → that of the run in whose place it is, whose setting was changed while it trained."""
    changed: int = Field(default=0, ge=0)
    """Step of the last such change."""

    @model_validator(mode="after")
    def _fits(self) -> Request:
        if not len(self.run_ids) == len(self.steps) == len(self.configs):
            raise ValueError("run_ids, steps and configs must be of one length")
        return self

    @cached_property
    def wanted(self) -> frozenset[str]:
        """Ids of the wanted runs."""
        return frozenset(self.run_ids)

    @cached_property
    def steps_of(self) -> dict[str, int]:
        """Run id → its steps."""
        return dict(zip(self.run_ids, self.steps, strict=True))

    def became(self, run_id: str) -> str | None:
        """Id of the run that a run has become as its settings were changed; None where they were not."""
        following = {old: new for new, old in self.instead.items()}
        last = None
        while run_id in following:
            last = run_id = following.pop(run_id)
        return last

    @property
    def overdue(self) -> bool:
        """Whether the time that it was given is over."""
        return self.deadline is not None and time.time() >= self.deadline

    @cached_property
    def resolved(self) -> list[RunConfig]:
        """The configs; empty where this version of gancore reads them differently from the one that asked.

        What an earlier version asked for lacks later fields, which had no effect then, as in what it stored.
        """
        try:
            configs = [stored_config(config) for config in self.configs]
        except ConfigError:
            return []
        return configs if [config.run_id for config in configs] == self.run_ids else []


def read_request(path: Path) -> Request | None:
    """The request in a file, or None where there is none that can be read."""
    try:
        found = path.stat()
        return _read(path, found.st_ino, found.st_mtime_ns, found.st_size)
    except OSError:
        return None


def read_control(path: str) -> dict[str, Any]:
    """The object in a small JSON file that is only ever replaced, empty where there is none; read where it changed."""
    try:
        found = os.stat(path)
    except OSError:
        return {}
    return _control(path, found.st_ino, found.st_mtime_ns, found.st_size)


def wish_of(folder: Path, request: Request) -> str:
    """run, pause, cancel or done: what was last asked of the job in a folder, or that its time or its work is over."""
    wish = str(read_control(os.path.join(folder, "control.json")).get("wish", "run"))
    return "cancel" if wish in ("run", "pause") and request.overdue else wish


@lru_cache(maxsize=1024)
def _control(path: str, file: int, changed: int, size: int) -> dict[str, Any]:
    return read_object(Path(path))


@lru_cache(maxsize=256)
def _read(path: Path, file: int, changed: int, size: int) -> Request | None:
    try:
        return Request.model_validate_json(read_bounded(path, LARGEST))
    except (ValidationError, Damaged, RecursionError, MemoryError):
        return None
