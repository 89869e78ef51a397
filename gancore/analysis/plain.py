"""An analysis as plain data: one JSON object, or one table with a line per interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gancore.analysis.analysis import Analysis
from gancore.analysis.claims import VIEWS
from gancore.store.codec import plain

if TYPE_CHECKING:
    import pandas as pd


def plain_analysis(analysis: Analysis) -> dict[str, Any]:
    """An analysis as JSON types; None for what is not a finite number.

    Each claim's views are objects of estimate, low, high and verdict, or None where the study has no such view.
    """
    claims = []
    for row in analysis.claims.to_dict("records"):
        views = {name: _view(row, name) for name in VIEWS}
        rest = {str(key): value for key, value in row.items() if not str(key).startswith(VIEWS)}
        claims.append(rest | views)
    return {
        "study": analysis.study,
        "metric": analysis.metric,
        "better": analysis.better,
        "seeds": analysis.seeds,
        "datasets": list(analysis.datasets),
        "cells": plain(analysis.cells.to_dict("records")),
        "effects": plain(analysis.effects.to_dict("records")),
        "claims": plain(claims),
        "failures": plain(analysis.failures.to_dict("records")),
        "notes": list(analysis.notes),
    }


def frame_of(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows of a plain analysis as a frame for charts: what JSON leaves empty in a column of numbers is NaN."""
    import pandas as pd

    frame = pd.DataFrame(rows)
    return frame.astype({name: "float64" for name in NUMBERS if name in frame})


def tidy(analysis: Analysis) -> pd.DataFrame:
    """One table of everything: a row a cell's success and interquartile mean, an effect, or a view of a claim."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for cell in analysis.cells.to_dict("records"):
        for what, value, low, high in (
            ("success", "success", "success_low", "success_high"),
            (analysis.metric, "iqm", "low", "high"),
        ):
            head = {"table": "cell", "dataset": cell["dataset"], "name": cell["variant"], "label": cell["label"]}
            ends = {"estimate": cell[value], "low": cell[low], "high": cell[high]}
            rows.append(head | {"what": what, "n": cell["n"]} | ends)
    for effect in analysis.effects.to_dict("records"):
        head = {"table": "effect", "dataset": effect["dataset"], "name": effect["effect"], "label": effect["label"]}
        numbers = {key: effect[key] for key in ("n", "estimate", "low", "high", "p", "p_holm", "improvement")}
        rows.append(head | {"what": effect["kind"]} | numbers)
    for claim in analysis.claims.to_dict("records"):
        for name in VIEWS:
            view = _view(claim, name)
            if view is not None:
                head = {"table": "claim", "dataset": claim["dataset"], "name": claim["text"], "label": claim["label"]}
                rows.append(head | {"what": name, "n": claim["n"]} | view)
    return pd.DataFrame(rows, columns=COLUMNS)


NUMBERS = ("estimate", "low", "high", "p", "p_holm", "improvement", "success", "success_low", "success_high", "iqm")
"""Columns that may be empty."""
COLUMNS = [
    "table", "dataset", "name", "label", "what", "n", "estimate", "low", "high", "p", "p_holm", "improvement",
    "verdict",
]  # fmt: skip


def _view(claim: dict[Any, Any], name: str) -> dict[str, Any] | None:
    if math.isnan(claim[name]):
        return None
    ends = {"estimate": claim[name], "low": claim[f"{name}_low"], "high": claim[f"{name}_high"]}
    return ends | {"verdict": claim[f"{name}_verdict"]}
