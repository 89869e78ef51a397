"""What an analysis found: effects with intervals, two factors together, and success by dataset and variant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from gancore.figures.colours import DASHES, MUTED, OKABE_ITO, finished
from gancore.words import percent

HELPS, HARMS, OPEN = OKABE_ITO[2], OKABE_ITO[1], MUTED
"""Interval on the better side of zero, on the worse side, and across it."""
LINES = "split(replace(replace(datum.label, ' together with ', '\\nwith '), ' → ', ' →\\n'), '\\n')"
"""Vega expression that breaks an effect's name into two lines, which leave a phone's screen room for the intervals."""
WORDS = {"helps": HELPS, "harms": HARMS, "undecided": OPEN}

LEVELS = ("#6b7280", "#8758d8", "#94877a", "#c06ac0")
"""Levels of a factor: greys and violets that no variant has and that show on both backgrounds."""
LEVEL_SHAPES = ("circle", "diamond", "square", "triangle-up", "cross")


def effects(frame: pd.DataFrame, metric: str, better: str) -> alt.LayerChart:
    """Estimates with corrected intervals around a line at zero, one row an effect, in the order of the frame.

    ``frame``: effect, estimate, low, high, p_holm. ``metric`` names the axis; ``better`` is lower or higher. An effect
    without an interval (too few seeds) shows its estimate alone.
    """
    rows = frame.loc[:, ["effect", "estimate", "low", "high", "p_holm"]].copy()
    sign = 1.0 if better == "higher" else -1.0
    rows["verdict"] = [
        "undecided" if not (low > 0 or high < 0) else "helps" if sign * estimate > 0 else "harms"
        for estimate, low, high in zip(rows["estimate"], rows["low"], rows["high"], strict=True)
    ]
    colour = alt.Color(
        "verdict:N",
        title=None,
        scale=alt.Scale(domain=list(WORDS), range=list(WORDS.values())),
        legend=alt.Legend(orient="top", symbolType="circle"),
    )
    broken = any(mark in str(name) for name in rows["effect"] for mark in (" together with ", " → "))
    axis = alt.Axis(
        labelLimit=320,
        grid=False,
        labelExpr=LINES,
        labelOverlap=False,
        labelOffset=-7 if broken else 0,  # two lines hang below the first one's middle
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("effect:N", sort=None, title=None, axis=axis),
        color=colour,
        tooltip=[
            alt.Tooltip("effect:N"),
            *(alt.Tooltip(f"{name}:Q", format="+.3f") for name in ("estimate", "low", "high")),
            alt.Tooltip("p_holm:Q", title="p (Holm)", format=".3g"),
            alt.Tooltip("verdict:N"),
        ],
    )
    title = f"change of {metric} ({better} is better)"
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=MUTED, strokeDash=[4, 4]).encode(x="zero:Q")
    # Shapes tell the verdicts apart without colour as well.
    shape = alt.Shape(
        "verdict:N", scale=alt.Scale(domain=list(WORDS), range=["circle", "diamond", "cross"]), legend=None
    )
    bars = base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x=alt.X("estimate:Q", title=title), shape=shape)
    text = f"Effects on {metric}: " + "; ".join(
        f"{row['effect']} {row['estimate']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f}), {row['verdict']}"
        for row in rows.to_dict("records")
    )
    chart = alt.layer(zero, bars, points).properties(height=alt.Step(34), description=text)
    return finished(chart)  # type: ignore[return-value]


def interaction(frame: pd.DataFrame, first: str, second: str, metric: str) -> alt.LayerChart:
    """The mean of a metric at the levels of two factors: parallel lines mean that they do not need each other.

    ``frame``: a row a cell with the level of ``first`` and of ``second`` in words, and ``iqm``.
    """
    rows = frame.groupby([first, second], sort=False, as_index=False).agg({"iqm": "mean"})
    rows.columns = ["level", "line", "value"]
    order = list(dict.fromkeys(rows["line"]))
    base = alt.Chart(rows).encode(
        x=alt.X("level:N", sort=None, title=first, axis=alt.Axis(labelAngle=0), scale=alt.Scale(padding=0.4)),
        y=alt.Y("value:Q", title=metric, scale=alt.Scale(zero=True)),
        color=alt.Color(
            "line:N",
            title=second,
            sort=None,
            scale=alt.Scale(domain=order, range=_repeated(LEVELS, len(order))),
            legend=alt.Legend(orient="top", titleFontWeight="normal", symbolStrokeWidth=0),
        ),
        tooltip=[
            alt.Tooltip("level:N", title=first),
            alt.Tooltip("line:N", title=second),
            alt.Tooltip("value:Q", title=metric, format=".3f"),
        ],
    )
    text = f"{metric} by {first} and {second}: " + "; ".join(
        f"{row['level']}, {row['line']} {row['value']:.3f}" for row in rows.to_dict("records")
    )
    # Dashes and shapes tell levels apart without colour, and once the colours come round again.
    dash = alt.Scale(domain=order, range=[list(dash) for dash in _repeated(DASHES, len(order))])
    shape = alt.Scale(domain=order, range=_repeated(LEVEL_SHAPES, len(order)))
    lines = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash("line:N", title=second, sort=None, scale=dash, legend=None)
    )
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        shape=alt.Shape("line:N", title=second, sort=None, scale=shape)
    )
    layers = alt.layer(lines, points)
    return finished(layers.properties(height=240, description=text))  # type: ignore[return-value]


def _repeated(values: Sequence[Any], count: int) -> list[Any]:
    """So many of the values, from the first again once they are used up."""
    return [values[i % len(values)] for i in range(count)]


def success_map(frame: pd.DataFrame) -> alt.LayerChart:
    """Success rates, a row a variant and a column a dataset: the share in colour, share and interval in words.

    ``frame``: variant, dataset, n, success, success_low, success_high (shares).
    """
    rows = frame.loc[:, ["variant", "dataset", "n", "success", "success_low", "success_high"]].copy()
    rows["share"] = [f"{round(s * n)} of {n}" if n else "–" for s, n in zip(rows["success"], rows["n"], strict=True)]
    rows["interval"] = [
        f"{percent(low)} to {percent(high)}" if low == low else ""
        for low, high in zip(rows["success_low"], rows["success_high"], strict=True)
    ]
    base = alt.Chart(rows).encode(
        x=alt.X(
            "dataset:N", sort=None, title=None, axis=alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False)
        ),
        y=alt.Y("variant:N", sort=None, title=None, axis=alt.Axis(labelLimit=320, domain=False, ticks=False)),
        tooltip=[
            alt.Tooltip("variant:N"),
            alt.Tooltip("dataset:N"),
            alt.Tooltip("share:N", title="learned"),
            alt.Tooltip("interval:N", title="95% interval"),
        ],
    )
    fill = alt.Color("success:Q", scale=alt.Scale(domain=[0, 1], range=["#eef2f7", OKABE_ITO[0]]), legend=None)
    ink = alt.condition("datum.success > 0.5", alt.value("white"), alt.value("#1f2937"))
    tiles = base.mark_rect(cornerRadius=3, stroke="#8a8f9840").encode(color=fill)
    if rows["dataset"].nunique() > 1:
        words = [
            base.mark_text(dy=-6, fontSize=13).encode(text="share:N", color=ink),
            base.mark_text(dy=9, fontSize=10).encode(text="interval:N", color=ink),
        ]
    else:  # One column is wide enough for both in one line.
        rows["both"] = rows["share"] + "   " + rows["interval"]
        words = [base.mark_text(fontSize=11).encode(text="both:N", color=ink)]
    text = "Runs that learned: " + "; ".join(
        f"{row['variant']} on {row['dataset']} {row['share']}" for row in rows.to_dict("records")
    )
    chart = alt.layer(tiles, *words).properties(height=alt.Step(40 if len(words) > 1 else 24), description=text)
    return finished(chart)  # type: ignore[return-value]
