"""How often a run's training ended with its process: a run that ends it again and again must not do so for ever."""

from __future__ import annotations

import contextlib

from gancore.jobs.checkpoints import checkpoint_step
from gancore.jobs.folders import JobFolders, read_object, write_json

MAX_ATTEMPTS = 3
"""Trainings in a row that may end with the process, and no checkpoint further on, before a run counts as failed."""


def begin(folders: JobFolders, run_id: str) -> str:
    """Note that a run is about to be trained; why it must not be, in a sentence, or an empty text.

    What counts is the attempts since its checkpoint last moved: reboots in a long training are not its fault.
    """
    noted, step = read_object(folders.attempt(run_id)), checkpoint_step(folders, run_id)
    before, at = (value if isinstance(value := noted.get(key), int) else 0 for key in ("attempts", "step"))
    attempts = 1 if step > at else before + 1
    if attempts > MAX_ATTEMPTS:
        end(folders, run_id)
        where = f" without getting past step {step:,}" if step else ""
        return f"the training process ended {MAX_ATTEMPTS} times{where}; is memory short?"
    write_json(folders.attempt(run_id), {"attempts": attempts, "step": step})
    return ""


def end(folders: JobFolders, run_id: str) -> None:
    """Note that a training ended in order, whatever came of it."""
    with contextlib.suppress(OSError):
        folders.attempt(run_id).unlink(missing_ok=True)
