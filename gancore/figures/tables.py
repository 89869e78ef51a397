"""Metrics beside their floors, as small frames for tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd


def floor_rows(floors: Mapping[str, Mapping[str, float]], metrics: Mapping[str, Any]) -> pd.DataFrame:
    """One row a metric in words, for a table that is read: label, floor, its range, and the definition."""
    rows = [
        {
            "Metric": metric.label,
            "Floor": _with_range(floors[key]),
            "Definition": f"{metric.definition} {metric.better.capitalize()} is better.",
        }
        for key, metric in metrics.items()
        if key in floors
    ]
    return pd.DataFrame(rows).set_index("Metric")


def metric_rows(
    values: Mapping[str, float | None], floors: Mapping[str, Mapping[str, float]], metrics: Mapping[str, Any]
) -> pd.DataFrame:
    """One row a metric: its value beside the floor and the floor's range; a missing value stays empty."""
    rows = []
    for key, metric in metrics.items():
        if key not in values:
            continue
        floor = floors.get(key)
        rows.append(
            {
                "metric": metric.label,
                "value": values[key],
                "floor": floor["mean"] if floor else None,
                "lowest": floor["low"] if floor else None,
                "highest": floor["high"] if floor else None,
                "better": metric.better,
            }
        )
    columns = ["metric", "value", "floor", "lowest", "highest", "better"]
    frame = pd.DataFrame(rows, columns=columns)
    return _unsigned_zero(
        frame.astype({"value": "float64", "floor": "float64", "lowest": "float64", "highest": "float64"})
    )


def study_rows(
    table: pd.DataFrame,
    floors: Mapping[str, Mapping[str, Mapping[str, float]]],
    ceilings: Mapping[str, Mapping[str, Mapping[str, float]]],
    keys: Sequence[str] = ("w1_excess", "curve_p95", "coverage", "near"),
) -> pd.DataFrame:
    """One row a variant: seeds, how many learned, and each metric beside its floor and its ceiling.

    ``table``: a row a variant with variant, label, n, diverged, success_rate and ``keys`` (interquartile means).
    ``floors``: variant → metric key → mean. ``ceilings``: variant → ``one_point`` → metric key; the floor and ceiling
    stand in one column, floor first.
    """
    rows = []
    for record in table.to_dict("records"):
        n = int(record["n"])
        row = {
            "variant": record["label"],
            "seeds": n,
            "learned": f"{round(record['success_rate'] * n)} of {n}" if n else "–",
            "diverged": int(record["diverged"]),
        }
        for key in keys:
            row[key] = record[key]
            name = str(record["variant"])
            low, high = floors[name][key]["mean"], ceilings[name]["one_point"][key]
            row[f"{key}_floor"] = f"{_fixed(low)} | {_fixed(high)}"
        rows.append(row)
    return _unsigned_zero(pd.DataFrame(rows))


def _with_range(floor: Mapping[str, float]) -> str:
    """``0.058 (0.025 to 0.109)``; the range stays on one line."""
    return f"{_fixed(floor['mean'])} ({_fixed(floor['low'])}\u00a0to\u00a0{_fixed(floor['high'])})"


def _fixed(value: float) -> str:
    """Three decimals, without the sign of a number that rounds to zero."""
    return f"{value:.3f}".replace("-0.000", "0.000")


def _unsigned_zero(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers that would show as -0.000 become 0."""
    numbers = frame.select_dtypes("number").columns
    frame[numbers] = frame[numbers].mask(frame[numbers].abs() < 5e-4, 0.0) if len(numbers) else frame[numbers]
    return frame
