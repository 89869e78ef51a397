"""What an analysis found: effects with intervals, two factors together, and success by dataset and variant."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from gancore.figures.colours import DASHES, MUTED, OKABE_ITO, finished
from gancore.words import chance, fraction, interval, number, percent, signed

HELPS, HARMS, OPEN = OKABE_ITO[2], OKABE_ITO[1], MUTED
"""Interval on the better side of zero, on the worse side, and across it."""
INTERACTION = (
    "A × B is the interaction of two changes: half of how much the effect of one changes when the other is made as "
    "well. It helps if both together do better than their separate effects add up to. Even then, both together may do "
    "badly."
)
WORDS = {"helps": HELPS, "harms": HARMS, "undecided": OPEN}
SHAPES = ["circle", "diamond", "cross"]
"""They tell the verdicts apart without colour as well."""
NAME = 30
"""Letters in a line of a row's name: what leaves a phone's screen room for the intervals."""
LINE_PIXELS = 14
SHARE_PIXELS, INTERVAL_PIXELS, HEAD_PIXELS = 56, 76, 50
"""Widths of a cell from which it holds ``10 of 10``, ``72% to 100%``, and a dataset's name above it."""
DEEPEST = 0.6
"""Opacity of the tint where all learned: 5:1 or more under black and under white ink."""

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
    rows["effect"] = [crossed(name) for name in rows["effect"]]
    rows["change"] = [signed(value) for value in rows["estimate"]]
    rows["interval"] = [interval(low, high, signed) for low, high in zip(rows["low"], rows["high"], strict=True)]
    rows["chance"] = [chance(value) for value in rows["p_holm"]]
    colours = alt.Scale(domain=list(WORDS), range=list(WORDS.values()))
    base = alt.Chart(rows).encode(
        y=alt.Y("effect:N", sort=None, title=None, axis=names_axis(rows["effect"], grid=False)),
        tooltip=[
            alt.Tooltip("effect:N"),
            alt.Tooltip("change:N"),
            alt.Tooltip("interval:N", title="95% interval"),
            alt.Tooltip("chance:N", title="p (Holm)"),
            alt.Tooltip("verdict:N"),
        ],
    )
    # Two lines: in one, the words were cut where a phone leaves the intervals little room.
    title = [f"change of {metric}", f"({better} is better)"]
    x = {
        "title": title,
        "scale": alt.Scale(domain=padded([0.0, *rows["estimate"], *rows["low"], *rows["high"]]), nice=False),
        "axis": alt.Axis(labelFlush=False, labelOverlap=True, tickCount=5),
    }
    legend = alt.Legend(orient="top", title=None, columnPadding=8, symbolSize=80, symbolOpacity=1, symbolStrokeWidth=0)
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=MUTED, strokeDash=[4, 4]).encode(x="zero:Q")
    bars = base.mark_rule(strokeWidth=3, opacity=0.6).encode(
        x=alt.X("low:Q", **x),
        x2="high:Q",
        color=alt.Color("verdict:N", scale=colours, legend=legend),
    )
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=alt.X("estimate:Q", **x),
        color=alt.Color("verdict:N", scale=colours, legend=legend),
        shape=alt.Shape("verdict:N", scale=alt.Scale(domain=list(WORDS), range=SHAPES), legend=legend),
    )
    text = f"Effects on {metric}: " + "; ".join(
        f"{row['effect']} {row['change']} ({row['interval']}), {row['verdict']}" for row in rows.to_dict("records")
    )
    chart = alt.layer(zero, bars, points).properties(height=alt.Step(row_step(rows["effect"])), description=text)
    return finished(chart)  # type: ignore[return-value]


def crossed(label: str) -> str:
    """An interaction's label as the field writes it: ``A together with B`` reads as what both do, which it is not."""
    return str(label).replace(" together with ", " × ")


def padded(values: Iterable[float], share: float = 0.05) -> list[float]:
    """The ends of an axis on which no mark is cut by the frame: the finite values' own, and a twentieth beyond."""
    finite = [float(value) for value in values if math.isfinite(value)] or [0.0]
    low, high = min(finite), max(finite)
    room = share * ((high - low) or 1.0)
    return [low - room, high + room]


def broken(name: object) -> list[str]:
    """A row's name in lines, a new one where a second setting begins; a name that has lines already keeps them."""
    parts = str(name).replace(" × ", "\n× ").replace(" → ", " →\n").split("\n")
    return [line for part in parts for line in _wrapped(part)]


def _wrapped(text: str) -> list[str]:
    """Lines of a text that break between its settings where they can: ``generator 16-32`` stays whole."""
    settings = [piece.replace(" ", "\u00a0") if len(piece) < NAME else piece for piece in text.split(", ")]
    lines = textwrap.wrap(", ".join(settings), NAME, break_on_hyphens=False)
    return [line.replace("\u00a0", " ") for line in lines] or [""]


def row_step(names: Iterable[str], least: int = 34) -> int:
    """Pixels per row, so that the longest of these names runs into no other."""
    return max([least, *(6 + LINE_PIXELS * len(broken(name)) for name in names)])


def in_lines(names: Iterable[str]) -> str:
    """An expression for an axis: each of these names in lines, so that none of them is cut off."""
    order = list(dict.fromkeys(map(str, names)))
    return f"{json.dumps([broken(name) for name in order])}[indexof({json.dumps(order)}, datum.value)]"


def names_axis(names: Iterable[str], **settings: Any) -> alt.Axis:
    """An axis of rows whose names stand in lines, each name in the middle of its row.

    The lines are the axis's alone: the data keep whole names, for tooltips and for those who set the axis otherwise.
    """
    lines = in_lines(names)
    # Vega hangs all lines but the first below the middle; the offset lifts them by half of that.
    lift = alt.ExprRef(f"{-LINE_PIXELS / 2} * (length({lines}) - 1)")
    shared: dict[str, Any] = {"labelFlush": False, "labelOverlap": False, "labelLimit": 320, "labelExpr": lines}
    return alt.Axis(**shared, labelLineHeight=LINE_PIXELS, labelOffset=lift, **settings)


def interaction(frame: pd.DataFrame, first: str, second: str, metric: str) -> alt.LayerChart:
    """The mean of a metric at the levels of two factors: parallel lines mean that they do not need each other.

    ``frame``: a row per cell with the level of ``first`` and of ``second`` in words, and ``iqm``.
    """
    rows = frame.groupby([first, second], sort=False, as_index=False).agg({"iqm": "mean"})
    rows.columns = ["level", "line", "value"]
    rows["words"] = [number(value) for value in rows["value"]]
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
            alt.Tooltip("words:N", title=metric),
        ],
    )
    text = f"{metric} by {first} and {second}: " + "; ".join(
        f"{row['level']}, {row['line']} {row['words']}" for row in rows.to_dict("records")
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
    """Success rates, a row per variant and a column per dataset: the share as a tint, share and interval in words.

    ``frame``: variant, dataset, n, success, success_low, success_high (shares). A cell too narrow for that shows its
    share as ``7/10``; the interval is in the tooltip as well.
    """
    rows = frame.loc[:, ["variant", "dataset", "n", "success", "success_low", "success_high"]].copy()
    learned = [round(s * n) if n else 0 for s, n in zip(rows["success"], rows["n"], strict=True)]
    rows["share"] = [fraction(some, n) if n else "–" for some, n in zip(learned, rows["n"], strict=True)]
    rows["short"] = [f"{some}/{n}" if n else "–" for some, n in zip(learned, rows["n"], strict=True)]
    rows["interval"] = [
        interval(low, high, percent, "") for low, high in zip(rows["success_low"], rows["success_high"], strict=True)
    ]
    rows["brackets"] = [f" ({ends})" if ends else "" for ends in rows["interval"]]
    columns = max(rows["dataset"].nunique(), 1)
    two = columns > 1  # One column is wide enough for share and interval in one line.
    cell = f"width / {columns}"
    # Names of two words stand in two lines over columns that may be narrow; the others get an empty first line.
    split = columns > 2 and any(" " in str(name) for name in rows["dataset"])
    lines = "indexof(datum.label, ' ') < 0 ? ['', datum.label] : split(replace(datum.label, ' ', '\\n'), '\\n')"
    heads = alt.Axis(
        orient="top",
        labelAngle=0,
        labelExpr=lines if split else "datum.label",
        labelPadding=LINE_PIXELS + 4 if split else 4,  # lines hang below the first
        labelLineHeight=LINE_PIXELS,
        labelFontSize=alt.ExprRef(f"{cell} < {HEAD_PIXELS} ? 9 : 12"),
        labelFlush=False,
        labelOverlap=False,
        domain=False,
        ticks=False,
    )
    base = alt.Chart(rows).encode(
        x=alt.X("dataset:N", sort=None, title=None, axis=heads),
        y=alt.Y("variant:N", sort=None, title=None, axis=names_axis(rows["variant"], domain=False, ticks=False)),
        tooltip=[
            alt.Tooltip("variant:N"),
            alt.Tooltip("dataset:N"),
            alt.Tooltip("share:N", title="learned"),
            alt.Tooltip("interval:N", title="95% interval"),
        ],
    )
    # A tint of the page, light or dark, on which the page's own ink stays readable up to the deepest.
    tint = alt.Opacity("success:Q", scale=alt.Scale(domain=[0, 1], range=[0, DEEPEST]), legend=None)
    frames = base.mark_rect(cornerRadius=3, fillOpacity=0, stroke="#8a8f9870")
    tiles = base.mark_rect(cornerRadius=3, color=OKABE_ITO[0]).encode(opacity=tint)
    ink: dict[str, Any] = {"color": "currentColor", "fontSize": 12}
    if two:
        share = f"{cell} < {SHARE_PIXELS} ? datum.short : datum.share"
        spread = f"{cell} < {INTERVAL_PIXELS} ? '' : datum.interval"
        words = [
            base.mark_text(text=alt.ExprRef(share), dy=alt.ExprRef(f"{cell} < {INTERVAL_PIXELS} ? 0 : -7"), **ink),
            base.mark_text(text=alt.ExprRef(spread), dy=8, color="currentColor", fontSize=10.5),
        ]
    else:
        both = f"{cell} < {SHARE_PIXELS + INTERVAL_PIXELS} ? datum.share : datum.share + datum.brackets"
        words = [base.mark_text(text=alt.ExprRef(both), **ink)]
    text = "Runs that learned: " + "; ".join(
        f"{row['variant']} on {row['dataset']} {row['share']}" for row in rows.to_dict("records")
    )
    height = alt.Step(row_step(rows["variant"], 40 if two else 24))
    return finished(alt.layer(tiles, frames, *words).properties(height=height, description=text))  # type: ignore[return-value]
