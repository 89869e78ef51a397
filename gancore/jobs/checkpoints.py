"""Checkpoints on disk: a run that was cut off goes on from its last one."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile
from collections.abc import Mapping

import numpy as np

from gancore.jobs.folders import JobFolders, write_small

EVERY = 5.0
"""Seconds of training between checkpoints; writing four takes about 30 ms."""
KEPT = 7 * 86400.0
"""Seconds that the checkpoint of a run nobody went on with is kept."""


def write_checkpoint(folders: JobFolders, run_id: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Replace a run's checkpoint in one move."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    write_small(folders.checkpoint(run_id), buffer.getvalue())


def read_checkpoint(folders: JobFolders, run_id: str) -> dict[str, np.ndarray] | None:
    """A run's checkpoint, or None where there is none that can be read (then it starts anew)."""
    with (
        contextlib.suppress(OSError, ValueError, KeyError, zipfile.BadZipFile),
        np.load(folders.checkpoint(run_id), allow_pickle=False) as file,
    ):
        return {name: file[name] for name in file.files}
    return None


def checkpoint_step(folders: JobFolders, run_id: str) -> int:
    """The step of a run's checkpoint, 0 where there is none."""
    with (
        contextlib.suppress(OSError, ValueError, KeyError, zipfile.BadZipFile),
        np.load(folders.checkpoint(run_id), allow_pickle=False) as file,
    ):
        return int(file["step"])
    return 0


def forget_old(folders: JobFolders) -> None:
    """Remove checkpoints that nobody came back for."""
    with contextlib.suppress(OSError):
        for path in (folders.root / "checkpoints").iterdir():
            if time.time() - path.stat().st_mtime > KEPT:
                path.unlink(missing_ok=True)
