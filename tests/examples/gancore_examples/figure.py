"""A figure of a report."""

from __future__ import annotations

import altair as alt

from gancore.report.base import add_figure


@add_figure("seeds", "Seeds", "The metric of every run, a row a variant.")
def seeds(report):
    """A tick a run."""
    frame = report.table[["label", "seed", report.metric]].dropna()
    return alt.Chart(frame).mark_tick().encode(x=f"{report.metric}:Q", y="label:N").properties(title=report.study.title)
