"""Metrics of stored runs, computed again from their stored points by this version, without training."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gancore.config import ConfigError
from gancore.metrics import METRICS_VERSION
from gancore.recording.raw import raw_scores, raw_weights
from gancore.recording.scoring import score_snapshot
from gancore.store.codec import checksum
from gancore.store.errors import RunMissing
from gancore.store.files import sync_folder, write_aside
from gancore.store.folders import RunFolders
from gancore.store.parquet import encode_frame
from gancore.store.parts import file_name
from gancore.store.record import FORMAT, FileInfo, RunInfo, StoredRun, write_info
from gancore.store.store import Store

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

EARLIER = "metrics of earlier checkpoints"
"""Key of a run's ``versions`` where the snapshots before its last keep an older metrics version's values."""


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
    version_left: str | None
    """The metrics version that those come from, where it is not this one; ``versions`` of the run says so too."""
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
    frame = _frame(fresh.scores, scores)
    final = {key: value if math.isfinite(value) else None for key, value in scores[max(scores)].items()}
    left = len(frame) - len(scores)
    versions = {key: version for key, version in fresh.versions.items() if key != EARLIER}
    earlier = _earlier(fresh) if left else None
    versions |= {"metrics": str(METRICS_VERSION)} | ({EARLIER: earlier} if earlier else {})
    data, old = encode_frame(frame), file_name(fresh.info, "scores")
    changed = (final, versions, checksum(data)) != (fresh.metrics, fresh.versions, fresh.info.files[old].sha256)
    if changed:
        _replace(folders, fresh.info.model_copy(update={"metrics": final, "versions": versions}), old, data)
    return Rescored(
        run_id=run.run_id,
        before=fresh.metrics,
        after=final,
        version_before=fresh.metrics_version,
        scored=len(scores),
        left=left,
        version_left=earlier,
        written=changed,
    )


def _scores(store: Store, run: StoredRun) -> dict[int, dict[str, float]]:
    """Row of the scores → metrics of its snapshot, for those that are stored with all their points."""
    last = len(run.snapshot_steps) - 1
    whole = range(last) if run.snapshots.shape[1] == len(run.final) else ()
    points = {row: run.snapshots[row] for row in whole} | {last: run.final}
    raw, raw_final = run.raw_snapshots, run.raw_final

    def scored(own: np.ndarray, row: int, weights: Mapping[str, np.ndarray]) -> dict[str, float]:
        known = weights if row == last else None
        return score_snapshot(run.config, run.snapshot_steps[row], own, store.references, known)

    scores = {row: scored(own, row, run.weights) for row, own in points.items()}
    if raw is not None and raw_final is not None:
        for row in points:
            own = raw_final if row == last else raw[row]
            scores[row] |= raw_scores(scored(own, row, raw_weights(run.weights)))
    return scores


def _earlier(run: StoredRun) -> str | None:
    """The metrics version of the scores before the last, where it is not this one."""
    version = run.versions.get(EARLIER, run.metrics_version)
    return None if version == str(METRICS_VERSION) else version


def _frame(before: pd.DataFrame, scores: Mapping[int, Mapping[str, float]]) -> pd.DataFrame:
    """The scores with this version's metrics as columns; rows without a new score keep what they had."""
    import pandas as pd

    keys = dict.fromkeys(key for values in scores.values() for key in values)
    columns = {key: before[key].to_numpy(copy=True) if key in before else [math.nan] * len(before) for key in keys}
    for row, values in scores.items():
        for key, value in values.items():
            columns[key][row] = value
    return pd.DataFrame({"step": before["step"]} | columns)


def _replace(folders: RunFolders, info: RunInfo, old: str, scores: bytes) -> None:
    """Store a run's changed info, with other scores in the place of its file ``old``.

    They come beside the old ones under a name of their own, and then a new run.json names them: a process that is
    killed at any moment leaves the run as it was before, or as it is after.
    """
    digest = checksum(scores)
    name = f"checkpoints-{digest[:16]}.parquet"
    kept = {other: file for other, file in info.files.items() if other != old}
    files = kept | {name: FileInfo(size=len(scores), sha256=digest)}
    content = write_info(info.model_copy(update={"format": FORMAT, "files": files}))
    folder = folders.folder(info.run_id)
    with folders.writing():
        aside = write_aside(folders.root / "incoming", {name: scores, "run.json": content})
        try:
            for file in (name, "run.json"):
                os.replace(aside / file, folder / file)
                sync_folder(folder)
            if old != name:
                (folder / old).unlink(missing_ok=True)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
