"""Metrics beside their floors, as small frames for tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gancore.figures.colours import OKABE_ITO
from gancore.words import percent


def floor_rows(floors: Mapping[str, Mapping[str, float]], metrics: Mapping[str, Any]) -> pd.DataFrame:
    """One row a metric in words, for a table that is read: label, floor with its range, and the definition."""
    rows = [
        {
            "Metric": metric.label,
            "Floor (range)": _with_range(floors[key]),
            "Definition": f"{metric.definition} {metric.better.capitalize()} is better.",
        }
        for key, metric in metrics.items()
        if key in floors
    ]
    return pd.DataFrame(rows)


def metric_rows(
    values: Mapping[str, float | None],
    floors: Mapping[str, Mapping[str, float]],
    metrics: Mapping[str, Any],
    ceilings: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """One row a metric in words: its value beside the floor with its range; a missing value is an en dash.

    ``ceilings``: metric key → the score of a collapsed generator, for a column ``ceiling`` after the floor.
    """
    rows = []
    for key, metric in metrics.items():
        if key not in values:
            continue
        floor = floors.get(key)
        row = {"metric": metric.label, "value": _or_dash(values[key]), "floor": _with_range(floor) if floor else "–"}
        if ceilings is not None:
            row["ceiling"] = _or_dash(ceilings.get(key))
        rows.append(row | {"better": metric.better})
    numbers = ["value", "floor", *(["ceiling"] if ceilings is not None else [])]
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
    metric key → a row a variant with iqm, low, high, or without rows where no run knows the metric. ``bounds``:
    variant → metric key → floor and ceiling. ``settings``: column → a value a variant. ``places``: each variant's
    place in the study, which decides its mark.
    """
    rows: list[dict[str, Any]] = []
    for number, record in enumerate(successes.to_dict("records")):
        n, name = int(record["n"]), str(record["variant"])
        mark = MARKS[(places[number] // len(OKABE_ITO)) % len(MARKS)]
        row: dict[str, Any] = {"variant": record["label"], "mark": mark}
        row |= {column: _plain(values[number]) for column, values in settings.items()}
        row |= {
            "trained": f"{n} of {record['seeds']} trained",
            "success": _rate(record["success"], record["success_low"], record["success_high"]) if n else None,
        }
        for key, frame in middles.items():
            iqm, low, high = _middle(frame, name)
            row[key] = iqm
            row[f"{key}_interval"] = _ends(low, high, "{:.3f}") or ("too few seeds" if math.isfinite(iqm) else "")
            floor, ceiling = bounds.get(name, {}).get(key, (math.nan, math.nan))
            row[f"{key}_bounds"] = f"{_fixed(floor)} | {_fixed(ceiling)}" if math.isfinite(floor) else ""
        counts = {name: int(record[name]) for name in ("diverged", "missing")}
        rows.append(row | counts | {"seconds": record["seconds"]})
    frame = pd.DataFrame(rows)
    for key in middles:  # not the settings: a learning rate may be as small as that
        frame[key] = frame[key].mask(frame[key].abs() < 5e-4, 0.0)
    return frame


def _middle(frame: pd.DataFrame, variant: str) -> tuple[float, float, float]:
    found = frame.loc[frame["variant"] == variant] if len(frame) else frame
    if not len(found):
        return math.nan, math.nan, math.nan
    row = found.iloc[0]
    return float(row["iqm"]), float(row["low"]), float(row["high"])


def _rate(rate: float, low: float, high: float) -> str:
    """``90% (60% to 98%)``; leading spaces make texts of different rates sort as numbers do."""
    return f"{percent(rate):>4} ({percent(low)} to {percent(high)})"


def _ends(low: float, high: float, form: str) -> str:
    """``0.012 to 0.034``; empty where there is no interval."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"{form.format(low)} to {form.format(high)}".replace("-0.000", "0.000").replace("-", "−")


def _plain(value: Any) -> Any:
    """A setting's value for a cell: numbers stay numbers, widths become ``64-128``, names lose their underscores."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "-".join(map(str, value)) or "none"
    return value.replace("_", " ") if isinstance(value, str) else value


def _with_range(floor: Mapping[str, float]) -> str:
    """``0.058 (0.025 to 0.109)``; the range stays on one line."""
    return f"{_fixed(floor['mean'])} ({_fixed(floor['low'])}\u00a0to\u00a0{_fixed(floor['high'])})"


def _or_dash(value: float | None) -> str:
    return "–" if value is None or not math.isfinite(value) else _fixed(value)


def _fixed(value: float) -> str:
    """Three decimals with a real minus sign, and none for a number that rounds to zero."""
    return f"{value:.3f}".replace("-0.000", "0.000").replace("-", "−")
