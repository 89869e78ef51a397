"""Metrics of stored runs, computed again from their stored points by this version, without training."""

from __future__ import annotations

import math
import shutil
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gancore.config import ConfigError
from gancore.metrics import METRICS, METRICS_VERSION
from gancore.store.codec import checksum, encode_frame
from gancore.store.errors import RunMissing, StoreError
from gancore.store.files import read_bounded, sync_folder, write_aside
from gancore.store.folders import RunFolders
from gancore.store.parts import FILES, LIMITS
from gancore.store.record import FileInfo, RunInfo, StoredRun, write_info
from gancore.store.store import Store
from gancore.training.scoring import score_snapshot

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = "unknown"
"""Metrics version of runs that were stored before it was written down."""


@dataclass(frozen=True)
class Rescored:
    """What scoring a run again has changed."""

    run_id: str
    before: dict[str, float | None]
    """Metric key → value at the last snapshot, as it was."""
    after: dict[str, float | None]
    """The same, as it is now."""
    version_before: str
    """The metrics version that ``before`` came from, or ``unknown``."""
    scored: int
    """Checkpoints computed again: the last, and the others where their snapshots are stored with all points."""
    left: int
    """Checkpoints that keep the values they had, because only some of their points are stored."""
    written: bool
    """Whether the stored run has changed."""


def rescore(store: Store, run: StoredRun) -> Rescored:
    """Compute the metrics of an own run again and store them in its place.

    The points were stored with 16 bits a coordinate, so values move by about 1e-5 even where no metric has
    changed. Raises ConfigError for a run of a bundle, StoreError if it cannot be read or written.
    """
    if run.source != "store":
        raise ConfigError(
            f"run: {run.run_id[:12]} belongs to the bundle {run.source!r}, which is read-only; "
            "only your own runs can be scored again"
        )
    folders = RunFolders(store.root)
    fresh = folders.get(run.run_id, full=True)
    if fresh is None:
        raise RunMissing(f"run {run.run_id[:12]} was removed or replaced meanwhile, or is damaged")
    scores = _scores(store, fresh)
    frame = _frame(fresh.checkpoints, scores)
    final = {key: value if math.isfinite(value) else None for key, value in scores[max(scores)].items()}
    data = encode_frame(frame)
    name = FILES["checkpoints"]
    info = fresh.info.model_copy(
        update={
            "metrics": final,
            "versions": fresh.versions | {"metrics": str(METRICS_VERSION)},
            "files": fresh.info.files | {name: FileInfo(size=len(data), sha256=checksum(data))},
        }
    )
    changed = info != fresh.info
    if changed:
        _replace(folders, info, _other_files(folders, fresh.info, name) | {name: data})
    return Rescored(
        run_id=run.run_id,
        before=fresh.metrics,
        after=final,
        version_before=fresh.versions.get("metrics", UNKNOWN),
        scored=len(scores),
        left=len(frame) - len(scores),
        written=changed,
    )


def _scores(store: Store, run: StoredRun) -> dict[int, dict[str, float]]:
    """Row of the checkpoints → metrics of its snapshot, for those that are stored with all their points."""
    last = len(run.snapshot_steps) - 1
    whole = range(last) if run.snapshots.shape[1] == len(run.final) else ()
    points = {row: run.snapshots[row] for row in whole} | {last: run.final}
    return {row: score_snapshot(run.config, run.snapshot_steps[row], own, store.floors) for row, own in points.items()}


def _frame(before: pd.DataFrame, scores: Mapping[int, Mapping[str, float]]) -> pd.DataFrame:
    """The checkpoints with this version's metrics as columns; rows without a new score keep what they had."""
    import pandas as pd

    columns = {key: before[key].to_numpy(copy=True) if key in before else [math.nan] * len(before) for key in METRICS}
    for row, values in scores.items():
        for key, value in values.items():
            columns[key][row] = value
    return pd.DataFrame({"step": before["step"]} | columns)


def _other_files(folders: RunFolders, info: RunInfo, changed: str) -> dict[str, bytes]:
    """Name → bytes of the run's files but the changed one."""
    files: dict[str, bytes] = {}
    for part, name in FILES.items():
        if name != changed:
            with folders.writing():
                files[name] = read_bounded(folders.folder(info.run_id) / name, LIMITS[part])
            if checksum(files[name]) != info.files[name].sha256:
                raise StoreError(f"run {info.run_id[:12]} was replaced while it was read; score it again")
    return files


def _replace(folders: RunFolders, info: RunInfo, files: Mapping[str, bytes]) -> None:
    """Put a whole new folder in the place of a run's; between the two moves it counts as missing."""
    folder = folders.folder(info.run_id)
    old = folders.root / "trash" / f"{info.run_id}-{uuid.uuid4().hex[:8]}"
    with folders.writing():
        old.parent.mkdir(parents=True, exist_ok=True)
        aside = write_aside(folders.root / "incoming", {**files, "run.json": write_info(info)})
        try:
            folder.rename(old)
            try:
                aside.rename(folder)
            except BaseException:
                with suppress(OSError):  # Where another process has stored the run meanwhile, that one stays.
                    old.rename(folder)
                raise
            sync_folder(folder.parent)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            if folder.is_dir():
                shutil.rmtree(old, ignore_errors=True)
