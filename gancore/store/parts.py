"""A run's parts ↔ the files that hold them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from gancore.config import MAX_SNAPSHOTS
from gancore.recording.result import RunResult
from gancore.store.codec import decode_arrays, decode_snapshots, encode_arrays, encode_snapshots
from gancore.store.errors import StoreError
from gancore.store.parquet import COLUMN, decode_frame, encode_columns
from gancore.store.record import PartName, RunInfo

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

FILES: dict[PartName, str] = {
    "history": "history.parquet",
    "scores": "checkpoints.parquet",
    "snapshots": "snapshots.npz",
    "weights": "weights.npz",
}
NAMED = re.compile(r"checkpoints-[0-9a-f]{16}\.parquet")
"""The scores of snapshots that were scored again (see ``gancore.store.rescore``)."""
LIMITS: dict[PartName, int] = {"history": 2**25, "scores": 2**25, "snapshots": 2**25, "weights": 2**31}
"""Largest file, and largest content after decompression, in bytes (a config allows 1 GB of weights)."""
POINTS_KEPT = 60_000
"""Points of all of a run's snapshots together (4 bytes each), so that the default networks' runs stay below 500 KB."""
MAX_LOG_ROWS = 20 * MAX_SNAPSHOTS + 2
MAX_SCORES = MAX_SNAPSHOTS + 2


def file_name(info: RunInfo, part: PartName) -> str:
    """The file in a run's folder that holds a part."""
    named = (name for name in info.files if part == "scores" and NAMED.fullmatch(name))
    return next(named, FILES[part])


def encode(result: RunResult) -> dict[str, bytes]:
    """File name → bytes of a result; raises StoreError if its arrays do not fit together."""
    check(result)
    kept = POINTS_KEPT // max(1, len(result.snapshots))
    columns = {"step": np.asarray(result.snapshot_steps, np.int64)} | result.metrics
    contents: dict[PartName, bytes] = {
        "history": encode_columns({"step": result.history["step"]} | result.history),
        "scores": encode_columns(columns),
        # As many first points of each snapshot as the budget bears; the last one is always kept whole.
        "snapshots": encode_snapshots(
            result.snapshot_steps,
            result.snapshots[:, :kept],
            result.snapshots[-1],
            raw=None if result.raw is None else (result.raw[:, :kept], result.raw[-1]),
        ),
        "weights": encode_arrays(result.weights),
    }
    return {FILES[part]: data for part, data in contents.items()}


def decode(part: PartName, data: bytes) -> Any:
    """What ``encode`` wrote: a DataFrame, Snapshots, or a dict of arrays; raises Damaged."""
    if part == "snapshots":
        return decode_snapshots(data, LIMITS[part])
    if part == "weights":
        return decode_arrays(data, LIMITS[part])
    return decode_frame(data, MAX_LOG_ROWS if part == "history" else MAX_SCORES)


def check(result: RunResult) -> None:
    """Raise StoreError where a result's arrays do not fit together, before anything is written."""
    count = len(result.snapshot_steps)
    if (
        np.shape(result.snapshots)[:1] != (count,)
        or np.ndim(result.snapshots) != 3
        or np.shape(result.snapshots)[2] != 2
    ):
        raise StoreError(
            f"snapshots: shape {np.shape(result.snapshots)} is not allowed; it must be ({count}, points, 2)"
        )
    if result.raw is not None and np.shape(result.raw) != np.shape(result.snapshots):
        shape = np.shape(result.snapshots)
        raise StoreError(f"raw: shape {np.shape(result.raw)} is not allowed; it must be that of the snapshots, {shape}")
    if not 0 < count <= MAX_SCORES:
        raise StoreError(f"snapshot_steps: {count} snapshots are not allowed; keep 1 to {MAX_SCORES}")
    rows = len(result.history.get("step", ()))
    for group, arrays, length in (("history", result.history, rows), ("metrics", result.metrics, count)):
        for name, values in arrays.items():
            if not COLUMN.fullmatch(name) or np.shape(values) != (length,):
                raise StoreError(f"{group}.{name}: shape {np.shape(values)} is not allowed; it must be ({length},)")
    if "step" not in result.history or rows > MAX_LOG_ROWS:
        raise StoreError(
            f"history: {rows} rows are not allowed; it needs a step column and at most {MAX_LOG_ROWS} rows"
        )


def rows_of(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """A frame with a categorical run_id column → run id → that run's rows."""
    import pandas as pd

    names = [str(name) for name in frame["run_id"].cat.categories]
    ids = frame["run_id"].cat.codes.to_numpy()
    values = frame.drop(columns="run_id")
    starts = [0, *(np.flatnonzero(ids[1:] != ids[:-1]) + 1).tolist(), len(ids)] if len(ids) else [0]
    if len(starts) - 1 > len(set(ids)):  # not as gancore writes it: a run's rows stand apart
        groups = cast("Iterable[tuple[int, pd.DataFrame]]", values.groupby(ids, sort=False))
        return {names[number]: rows.reset_index(drop=True) for number, rows in groups}
    # Slices share one frame's memory, and 160 of them take a fifth of the time of as many copies.
    parts: dict[str, pd.DataFrame] = {}
    for start, end in zip(starts, starts[1:], strict=False):
        rows = values.iloc[start:end]
        rows.index = pd.RangeIndex(end - start)
        parts[names[ids[start]]] = rows
    return parts
