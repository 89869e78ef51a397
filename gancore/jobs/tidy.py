"""Clearing a store's jobs folder of what stopped workers, and earlier versions of gancore, left there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from gancore.jobs import locks, pool
from gancore.jobs.checkpoints import KEPT
from gancore.jobs.folders import JobFolders
from gancore.jobs.wanted import wanted_runs
from gancore.store import Store

HALF_WRITTEN = 3600.0
"""Seconds after which a file that was never moved into its place is a stopped process's."""
FRESH = 60.0
"""Seconds for which a file is left alone, because what it belongs to may have begun just now."""


def tidy(store: Store) -> None:
    """Remove what nothing needs: free locks, views of runs that do not train, half-written and forgotten files.

    Safe while others work: a lock's file goes only under its lock, a view only where no worker trains its run and no
    job waits for it, and a result never.
    """
    folders = JobFolders(store.root)
    locks.sweep(folders.root / "locks")
    for path in _old(folders.root / "checkpoints", KEPT):
        _remove(path)
    for folder in ("checkpoints", "live", "failures", "attempts", "workers"):
        for path in _old(folders.root / folder, HALF_WRITTEN):
            if path.name.startswith(".") and path.name.endswith(".part"):
                _remove(path)
    views = {path.stem: path for path in _old(folders.root / "live", FRESH) if path.suffix == ".npz"}
    attempts = {path.stem: path for path in _old(folders.root / "attempts", FRESH) if path.suffix == ".json"}
    if views or attempts:
        ids = frozenset({*views, *attempts})
        failed = {run_id for run_id in ids if folders.failure(run_id).exists()}
        training = {run_id for status in pool.workers(store.root) for run_id in status.get("run_ids", ())}
        needed = (wanted_runs(store) - failed - store.statuses(ids).keys()) | training
        for found in (views, attempts):
            for run_id in found.keys() - needed:
                _remove(found[run_id])


def _old(folder: Path, seconds: float) -> Iterator[Path]:
    """A folder's files that have not changed for so long."""
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > seconds:
                    yield path


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
