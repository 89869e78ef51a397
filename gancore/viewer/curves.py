"""Every run's curves as the viewer draws them, within a budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gancore.figures.curves import TITLES
from gancore.metrics import METRICS
from gancore.recording.raw import RAW
from gancore.store import StoredRun
from gancore.studies import Variant
from gancore.viewer import fields
from gancore.viewer.packing import packed, packed_numbers
from gancore.words import short

ROOM = 180_000
"""Values of all curves together, 2 bytes each before base64: 0.5 MB on the wire, every row of 16 variants' 20 seeds."""


def curves_of(
    variants: Sequence[Variant],
    found: dict[str, list[StoredRun | None]],
    colours: dict[str, str],
    dashes: dict[str, list[int]],
) -> fields.Curves:
    """Every run's history and metrics; where that is too much, evenly chosen rows of them, of which ``rows`` tells."""
    history = list(TITLES)
    sound = [(variant, runs) for variant in variants if (runs := [run for run in found[variant.name] if run])]
    stored = {key for _, runs in sound for run in runs for key in run.scores}
    known = [key for key, metric in METRICS.items() if metric.when != "last" and key != "learned"]
    labels = {key: METRICS[key].label for key in known}
    labels |= {f"{RAW}{key}": f"{label}, raw generator" for key, label in labels.items()}
    scores = [key for key in labels if key in stored]
    logged = [key for key in history if any(key in run.history for _, runs in sound for run in runs)]
    tables = [
        {"history": _table([r.history for r in runs], logged), "scores": _table([r.scores for r in runs], scores)}
        for _, runs in sound
    ]
    total = sum(table.size for pair in tables for _, table in pair.values())
    share = min(1.0, ROOM / max(1, total))
    series: list[fields.Series] = [
        {
            "key": variant.name,
            "label": variant.label,
            "colour": colours[variant.label],
            "dash": dashes[variant.label],
            "samples": variant.config.batch_size * variant.config.update.rounds,
            "seeds": [run.config.seed for run in runs],
            "seconds": [short(run.seconds / max(1, run.steps), 6) for run in runs],
            "history": _columns(*pair["history"], logged, share),
            "scores": _columns(*pair["scores"], scores, share),
        }
        for (variant, runs), pair in zip(sound, tables, strict=True)
    ]
    names: dict[str, fields.CurveKey] = {
        key: {
            "label": TITLES[key][0].upper() + TITLES[key][1:],
            "percent": key.startswith("d_acc"),
            "source": "history",
        }
        for key in history
    }
    names |= {key: {"label": labels[key], "percent": False, "source": "scores"} for key in scores}
    longest = max((len(pair["history"][0]) for pair in tables), default=0)
    kept = len(evenly(longest, _most(longest, share)))
    return {"keys": names, "series": series, "rows": [kept, longest]}


def evenly(count: int, most: int) -> np.ndarray:
    """At most so many of the indices of ``count`` things, evenly from the first to the last."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(int))


def _table(frames: Sequence[Any], keys: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Steps of any of the runs, and [keys, runs, steps] on them; NaN where a run has no row."""
    steps = np.unique(np.concatenate([frame["step"].to_numpy() for frame in frames]))
    table = np.full((len(keys), len(frames), len(steps)), np.nan, np.float32)
    for row, frame in enumerate(frames):
        at = np.searchsorted(steps, frame["step"].to_numpy())
        for i, key in enumerate(keys):
            if key in frame:  # one by one: to choose a list of columns takes pandas 20 times as long
                table[i, row, at] = frame[key].to_numpy()
    return steps, table


def _most(count: int, share: float) -> int:
    return max(2, int(count * share))


def _columns(steps: np.ndarray, table: np.ndarray, keys: Sequence[str], share: float) -> fields.Columns:
    """The share of the rows that there is room for, by column; without those that no run knows."""
    kept = evenly(len(steps), _most(len(steps), share))
    known = {key: table[i][:, kept] for i, key in enumerate(keys) if np.isfinite(table[i]).any()}
    columns = {key: packed_numbers(values) for key, values in known.items()}
    return {"steps": packed(steps[kept].astype(np.uint32)), "columns": columns}
