"""Runs in training, as last seen: written by a worker about twice a second, read by pages and commands that watch."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gancore.jobs.checkpoints import read_arrays
from gancore.jobs.folders import JobFolders, write_small
from gancore.jobs.watched import watched
from gancore.store import Store

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Live:
    """One run in training."""

    step: int
    history: pd.DataFrame
    """Rows so far: step, losses, accuracies in percent."""
    points: np.ndarray
    """The last snapshot, float32 [2000, 2]."""
    snapshot_step: int


def write_live(
    folders: JobFolders, run_id: str, step: int, history: dict[str, np.ndarray], points: np.ndarray, at: int
) -> None:
    """Replace a run's live view."""
    buffer = io.BytesIO()
    columns = {f"history/{name}": column for name, column in history.items()}
    np.savez(buffer, step=step, snapshot_step=at, points=points, **columns)  # type: ignore[arg-type]
    write_small(folders.live(run_id), buffer.getvalue())


def hide_live(folders: JobFolders, run_ids: Iterable[str]) -> None:
    """Remove the live views of runs that are not in training any more."""
    for run_id in run_ids:
        with contextlib.suppress(OSError):
            folders.live(run_id).unlink(missing_ok=True)


def in_view(store: Store, run_ids: Set[str]) -> set[str]:
    """Those of these runs that have a live view, at the cost of what changed since the last question."""
    return set(watched(store.root).lives.of(run_ids))


def live(store: Store, run_id: str) -> Live | None:
    """A run in training as last seen, or None."""
    import pandas as pd

    found = read_arrays(JobFolders(store.root).live(run_id))
    if found is None:
        return None
    try:
        history = pd.DataFrame({n.removeprefix("history/"): a for n, a in found.items() if n.startswith("history/")})
        step, points, at = int(found["step"]), found["points"], int(found["snapshot_step"])
    except (KeyError, TypeError, ValueError):  # It is an npz file, and yet no live view.
        return None
    return Live(step, history, points, at) if points.ndim == 2 and points.shape[1] == 2 else None
