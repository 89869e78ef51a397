"""Numbers over seeds: arrays and frames in, numbers and frames out; nothing here reads files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from gancore.studies.intervals import middle_mean

if TYPE_CHECKING:
    import pandas as pd

HEADLINE = ("w1_excess", "curve_p95", "coverage", "near")
"""Metrics that the summary shows."""


def success_rate(learned: ArrayLike) -> float:
    """Share of runs [n] whose ``learned`` is 1; a run without a value (it diverged) is a failure. NaN without runs."""
    values = np.asarray(learned, np.float64)
    return float(np.mean(values == 1.0)) if values.size else float("nan")


def interquartile_mean(values: ArrayLike) -> float:
    """Mean of the middle half of the finite values [n] (Agarwal et al. 2021, section 4.3); NaN without any."""
    finite = np.asarray(values, np.float64)
    finite = finite[np.isfinite(finite)]
    return float(middle_mean(finite)) if finite.size else float("nan")


def summarise(runs: pd.DataFrame, metrics: Sequence[str] = HEADLINE) -> pd.DataFrame:
    """A row a variant from a frame with a row a run (variant, label, changes, status, metrics...).

    ``n`` is the runs trained (finished or diverged) and the base of ``success_rate``. A metric's column is
    its interquartile mean over the finished runs, with ``_min`` and ``_max`` beside it.
    """
    import pandas as pd

    rows: list[dict[str, object]] = []
    for variant, group in runs.groupby("variant", sort=False):
        finished = group.loc[group["status"] == "finished"]
        states = group["status"].tolist()
        diverged = states.count("diverged")
        row: dict[str, object] = {
            "variant": variant,
            "label": group["label"].iloc[0],
            "changes": group["changes"].iloc[0],
            "n": len(finished) + diverged,
            "finished": len(finished),
            "diverged": diverged,
            "missing": states.count("missing"),
            "success_rate": success_rate([*finished["learned"], *[0.0] * diverged]),
        }
        for key in metrics:
            values = np.asarray(finished[key], np.float64)
            finite = values[np.isfinite(values)]
            row[key] = interquartile_mean(finite)
            row[f"{key}_min"] = float(finite.min()) if finite.size else float("nan")
            row[f"{key}_max"] = float(finite.max()) if finite.size else float("nan")
        rows.append(row)
    return pd.DataFrame(rows)
