"""Checkpoints on disk: a run that was cut off goes on from its last one."""

from __future__ import annotations

import io
import logging
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gancore.jobs.folders import JobFolders
from gancore.store.codec import NUMBERS, decode_array, decode_arrays
from gancore.store.errors import Damaged
from gancore.store.files import read_bounded, replace_file
from gancore.training.program import SNAPSHOT_POINTS

if TYPE_CHECKING:
    from gancore.recording.recorder import Recorder

log = logging.getLogger("gancore.jobs")

EVERY = 5.0
"""Seconds of training between checkpoints; writing four takes about 30 ms."""
KEPT = 7 * 86400.0
"""Seconds that the checkpoint of a run nobody went on with is kept."""
LIMIT = 2**30
"""Bytes that a checkpoint or a live view may have."""
STEP = "step.npy"
LARGEST_STEP = 2**10


def write_checkpoint(folders: JobFolders, run_id: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Replace a run's checkpoint in one move, safely on disk before it does."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    replace_file(folders.checkpoint(run_id), buffer.getvalue())


def read_checkpoint(folders: JobFolders, run_id: str) -> dict[str, np.ndarray] | None:
    """A run's checkpoint, or None where there is none that can be read (then it starts anew)."""
    return read_arrays(folders.checkpoint(run_id))


def checkpoint_step(folders: JobFolders, run_id: str) -> int:
    """The step of a run's checkpoint, 0 where there is none that can be read."""
    return step_in(folders.checkpoint(run_id))


def step_in(path: Path) -> int:
    """The step of the checkpoint in a file, 0 where there is none that can be read; its other arrays are not read."""
    try:
        with zipfile.ZipFile(path) as archive:
            member = archive.getinfo(STEP)
            if member.file_size > LARGEST_STEP:
                raise Damaged(f"its step takes {member.file_size:,} bytes")
            step = decode_array(archive.read(member))
        if step.shape != () or step.dtype.kind not in "iu" or not 0 <= int(step) < 2**62:
            raise Damaged("its step is not a number")
        return int(step)
    except FileNotFoundError:
        return 0
    except Exception as error:  # A damaged file makes zipfile and numpy raise almost anything.
        _say(path, error)
        return 0


def read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """The arrays in a file, or None where there is none that can be read; the log says where one cannot.

    Every byte is checked against the file's checksums, and no header can claim more memory than the file has bytes.
    """
    try:
        return decode_arrays(read_bounded(path, LIMIT), LIMIT, NUMBERS + "b")
    except FileNotFoundError:
        return None
    except Exception as error:  # A damaged file makes zipfile and numpy raise almost anything.
        _say(path, error)
        return None


def decoded(data: bytes) -> dict[str, np.ndarray] | None:
    """The arrays of a checkpoint, or None where they cannot be read."""
    try:
        return decode_arrays(data, LIMIT, NUMBERS + "b")
    except Exception:  # As above.
        return None


def restore(recorder: Recorder, saved: Sequence[Mapping[str, np.ndarray]]) -> int:
    """Bring a fresh recorder to where these checkpoints are, one per run; the step they have reached.

    Raises ValueError, or what else comes of arrays that do not fit, where they are not what these runs recorded.
    """
    config, step = recorder.configs[0], int(saved[0]["step"])
    recorder.restore(saved)
    rows, snapshots = [at for at, _ in recorder.rows], [at for at, _ in recorder.snapshots]
    if not 0 < step <= config.steps or not 0 <= int(saved[0]["row_start"]) <= step:
        raise ValueError(f"step: {step} is not one of a run of {config.steps}")
    if rows != [at for at in config.log_steps if at <= step]:
        raise ValueError(f"history: its rows are not those up to step {step}")
    if snapshots != [at for at in sorted({0, *config.snapshot_steps}) if at <= step]:
        raise ValueError(f"snapshots: they are not those up to step {step}")
    clouds = [*(points for _, points in recorder.snapshots), *recorder.raw]
    if any(points.shape != (len(saved), SNAPSHOT_POINTS, 2) for points in clouds):
        raise ValueError(f"snapshots: they are not of {SNAPSHOT_POINTS:,} points")
    return step


def _say(path: Path, error: Exception) -> None:
    """One line that names the file and why it counts as none."""
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    log.warning("%s counts as none, because it cannot be read (%s)", os.path.join(path.parent.name, path.name), reason)
