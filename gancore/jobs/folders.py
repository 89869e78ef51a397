"""Where jobs, locks and live views lie in a store's folder, and how their small files are written."""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path
from typing import Any

from gancore.store.files import read_bounded, replace_file

JOB_ID = re.compile(r"[0-9a-f]{12}")
LARGEST = 64 * 2**20
"""Bytes of a JSON file."""


class JobFolders:
    """Paths below one store's root; run and job ids are checked before they come here."""

    def __init__(self, root: Path):
        self.root = root / "jobs"

    def job(self, job_id: str) -> Path:
        """Folder of a job: ``job.json`` (what is wanted) and ``control.json`` (run, pause or cancel)."""
        return self.root / "queue" / job_id

    def run_lock(self, run_id: str) -> Path:
        """Held by the process that trains the run; the system releases it when that process ends."""
        return self.root / "locks" / f"{run_id}.lock"

    def slot_lock(self, slot: int) -> Path:
        """Held by the worker in a slot."""
        return self.root / "workers" / f"{slot}.lock"

    def slot_status(self, slot: int) -> Path:
        """What the worker in a slot is doing."""
        return self.root / "workers" / f"{slot}.json"

    def slot_log(self, slot: int) -> Path:
        """What the worker in a slot printed."""
        return self.root / "workers" / f"{slot}.log"

    def failure(self, run_id: str) -> Path:
        """Why a run failed, until it is asked for again."""
        return self.root / "failures" / f"{run_id}.json"

    def attempt(self, run_id: str) -> Path:
        """Counts trainings of a run that neither ended nor were given up: crashes."""
        return self.root / "attempts" / f"{run_id}.json"

    def live(self, run_id: str) -> Path:
        """A run in training, as last seen."""
        return self.root / "live" / f"{run_id}.npz"

    def checkpoint(self, run_id: str) -> Path:
        """Where a run goes on after it was cut off."""
        return self.root / "checkpoints" / f"{run_id}.npz"

    @property
    def pace(self) -> Path:
        """How fast this machine trained last."""
        return self.root / "pace.json"

    def job_ids(self) -> list[str]:
        """Ids of all jobs kept."""
        with contextlib.suppress(OSError):
            return sorted(name for name in os.listdir(self.root / "queue") if JOB_ID.fullmatch(name))
        return []


def write_small(path: Path, data: bytes) -> None:
    """Replace a file in one move. What must outlive a power cut is written by ``replace_file`` alone."""
    replace_file(path, data, lasting=False)


def write_json(path: Path, content: Any) -> None:
    """Replace a JSON file in one move."""
    write_small(path, json.dumps(content).encode())


def read_json(path: Path) -> Any:
    """A JSON file's content, or None where there is none or it is no JSON."""
    try:
        return json.loads(read_bounded(path, LARGEST))
    except (OSError, ValueError, RecursionError, MemoryError):
        return None


def read_object(path: Path) -> dict[str, Any]:
    """A JSON file's object, or an empty one where there is none or it is something else."""
    content = read_json(path)
    return content if isinstance(content, dict) else {}
