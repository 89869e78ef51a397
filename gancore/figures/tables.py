"""Metrics beside their references, as small frames for tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gancore.figures.colours import OKABE_ITO
from gancore.recording.raw import RAW
from gancore.words import DASH, fraction, interval, number, percent, setting_value

REAL, COLLAPSED = "Real data would score", "A collapsed generator would score"
"""What a reference and a collapsed value are called where people read them."""


def reference_rows(
    references: Mapping[str, Mapping[str, float]],
    metrics: Mapping[str, Any],
    lacking: Mapping[str, str] | None = None,
    collapsed: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """One row per metric in words, for reading: label, reference with its range, collapsed value, definition.

    ``lacking``: metric key → why it has no value on this distribution; those rows come last, with an en dash.
    ``collapsed``: metric key → the score of a generator collapsed to one point.
    """
    lacking = lacking or {}
    rows = [
        {
            "Metric": metrics[key].label,
            REAL: _with_range(references[key]) if key in references else DASH,
            COLLAPSED: number((collapsed or {}).get(key)),
            "Definition": (f"No value here: it {lacking[key]}. " if key in lacking else "")
            + f"{metrics[key].definition} {metrics[key].better.capitalize()} is better.",
        }
        for key in _shown(metrics, references, lacking)
    ]
    return pd.DataFrame(rows)


def metric_rows(
    values: Mapping[str, float | None],
    references: Mapping[str, Mapping[str, float]],
    metrics: Mapping[str, Any],
    collapsed: Mapping[str, float] | None = None,
    lacking: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """One row per metric in words: its value beside the reference with its range; a missing value is an en dash.

    ``lacking``: metric key → why it has no value on this distribution; those rows come last.
    ``collapsed``: metric key → the score of a collapsed generator, for a column ``collapsed`` after the reference.
    Where the values are of averaged weights, the raw generator's stand beside them in a column ``raw``.
    """
    rows = []
    raw = any(key.startswith(RAW) for key in values)
    for key in _shown(metrics, values, lacking or {}):
        metric, reference = metrics[key], references.get(key)
        row = {
            "metric": metric.label,
            "value": number(values.get(key)),
            "reference": _with_range(reference) if reference else DASH,
        }
        if raw:
            row["raw"] = number(values.get(f"{RAW}{key}"))
        if collapsed is not None:
            row["collapsed"] = number(collapsed.get(key))
        rows.append(row | {"better": metric.better})
    numbers = ["value", *(["raw"] if raw else []), "reference", *(["collapsed"] if collapsed is not None else [])]
    return pd.DataFrame(rows, columns=["metric", *numbers, "better"])


MARKS = ("●", "◆", "■")
"""A variant's mark: the first eight variants, the next eight, and so on, as curves change their dashes."""


def variant_rows(
    successes: pd.DataFrame,
    middles: Mapping[str, pd.DataFrame],
    bounds: Mapping[str, Mapping[str, tuple[float, float]]],
    settings: Mapping[str, Sequence[Any]],
    places: Sequence[int],
) -> pd.DataFrame:
    """One row per variant: numbers as numbers so that they sort, and the success rate as text that sorts as well.

    Each metric's interval is text in a column of its own.

    ``successes``: variant, label, seeds, n, diverged, missing, learned, success with its ends, seconds. ``middles``:
    metric key → a row per variant with iqm, low, high, or without rows where no run knows the metric. ``bounds``:
    variant → metric key → reference and collapsed value. ``settings``: column → a value per variant. ``places``: each
    variant's place in the study, which decides its mark.
    """
    rows: list[dict[str, Any]] = []
    for row_number, record in enumerate(successes.to_dict("records")):
        n, name = int(record["n"]), str(record["variant"])
        mark = MARKS[(places[row_number] // len(OKABE_ITO)) % len(MARKS)]
        row: dict[str, Any] = {"variant": record["label"], "mark": mark}
        row |= {column: _plain(values[row_number]) for column, values in settings.items()}
        row |= {
            "trained": f"{fraction(n, record['seeds'])} trained",
            "success": _rate(record["success"], record["success_low"], record["success_high"]) if n else None,
        }
        for key, frame in middles.items():
            iqm, low, high = _middle(frame, name)
            row[key] = iqm
            row[f"{key}_interval"] = interval(low, high, none="too few seeds" if math.isfinite(iqm) else "")
            reference, collapsed = bounds.get(name, {}).get(key, (math.nan, math.nan))
            row[f"{key}_bounds"] = f"{number(reference)} | {number(collapsed)}" if math.isfinite(reference) else ""
        counts = {name: int(record[name]) for name in ("diverged", "missing")}
        rows.append(row | counts | {"seconds": record["seconds"]})
    return pd.DataFrame(rows)


def _shown(metrics: Mapping[str, Any], known: Mapping[str, Any], lacking: Mapping[str, str]) -> list[str]:
    """The known metrics in their order, and after them those that have no value here."""
    return [key for key in metrics if key in known and key not in lacking] + [key for key in metrics if key in lacking]


def _middle(frame: pd.DataFrame, variant: str) -> tuple[float, float, float]:
    found = frame.loc[frame["variant"] == variant] if len(frame) else frame
    if not len(found):
        return math.nan, math.nan, math.nan
    row = found.iloc[0]
    return float(row["iqm"]), float(row["low"]), float(row["high"])


def _rate(rate: float, low: float, high: float) -> str:
    """``90% (60% to 98%)``; leading spaces make texts of different rates sort as numbers do."""
    return f"{percent(rate):>4} ({interval(low, high, percent, '')})"


def _plain(value: Any) -> Any:
    """A setting's value for a cell: numbers stay numbers, so that they sort; everything else in words."""
    return (
        value
        if isinstance(value, int | float) and not isinstance(value, bool) or value is None
        else setting_value(value)
    )


def _with_range(reference: Mapping[str, float]) -> str:
    """``0.0575 (0.0246 to 0.109)``; the range stays on one line."""
    ends = interval(reference["low"], reference["high"]).replace(" ", "\u00a0")
    return f"{number(reference['mean'])} ({ends})"
