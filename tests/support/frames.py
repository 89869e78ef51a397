"""An analysis as frames, a column a number, for tests that look at many rows at once."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from gancore.analysis import Analysis, ClaimRow
from gancore.analysis.rows import VIEWS


def claim_frame(analysis: Analysis) -> pd.DataFrame:
    """A row a claim: each view's estimate under its name, with its ends and verdict beside it."""
    return pd.DataFrame([_flat(row) for row in analysis.claims])


def _flat(row: ClaimRow) -> dict[str, Any]:
    flat = {key: value for key, value in vars(row).items() if key not in VIEWS} | {"verdict": row.verdict}
    for name in VIEWS:
        view = row.views.get(name)
        numbers = (math.nan, math.nan, math.nan) if view is None else (view.estimate, view.low, view.high)
        flat |= dict(zip((name, f"{name}_low", f"{name}_high"), numbers, strict=True))
        flat[f"{name}_verdict"] = "" if view is None else view.verdict
    return flat
