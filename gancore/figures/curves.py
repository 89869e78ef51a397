"""Losses and discriminator accuracies over the training steps, for one run or for all variants of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from gancore.figures.colours import BOTH, FAKE, MUTED, OKABE_ITO, REAL, STEPS, colours_of, dashes_of, finished
from gancore.words import TICKS, number

TITLES = {
    "d_acc": "accuracy, both (%)",
    "d_acc_real": "accuracy, real (%)",
    "d_acc_fake": "accuracy, fake (%)",
    "d_loss": "discriminator loss, both",
    "d_loss_real": "discriminator loss, real",
    "d_loss_fake": "discriminator loss, fake",
    "g_loss": "generator loss",
    "d_penalty": "gradient penalty",
}
"""History column → axis title with its unit."""
PERCENT = [-4, 104]
"""Ends of an axis of percentages: a line at 0% or 100% is drawn in its full width."""


def accuracy(
    history: pd.DataFrame,
    *,
    height: int = 160,
    steps: int | None = None,
    title: str = "",
    changes: Mapping[int, str] | None = None,
) -> alt.LayerChart:
    """The discriminator's accuracy on real points, on fakes and on both, in percent, against 50%.

    ``history``: one row a log interval with ``step`` and d_acc_real, d_acc_fake, d_acc. ``steps`` fixes the end of
    the x axis, so that a run in training does not rescale it. ``changes``: step → what changes there, which is marked.
    """
    series = {"d_acc_real": ("real", REAL), "d_acc_fake": ("fake", FAKE), "d_acc": ("both", BOTH)}
    half = alt.Chart(pd.DataFrame({"value": [50.0]})).mark_rule(color=MUTED, strokeDash=[4, 4]).encode(y="value:Q")
    axis = alt.Axis(title="accuracy (%)", values=[0, 50, 100], labelFlush=False)
    y = {"scale": alt.Scale(domain=PERCENT, nice=False), "axis": axis}
    text = f"{_named('Discriminator accuracy', title)}: {_last(history, series, '%')}, against a line at 50%"
    layers = half, *_marks(changes), _lines(history, series, y, steps)
    chart = alt.layer(*layers).properties(height=height, description=text + _marked(changes))
    return finished(chart)  # type: ignore[return-value]


def losses(
    history: pd.DataFrame,
    *,
    height: int = 160,
    steps: int | None = None,
    title: str = "",
    changes: Mapping[int, str] | None = None,
) -> alt.LayerChart:
    """The discriminator's loss on real points, on fakes and on both, and the generator's loss.

    ``history``: one row a log interval with ``step`` and d_loss_real, d_loss_fake, d_loss, g_loss and,
    where there is a penalty, d_penalty. ``changes`` as for ``accuracy``.
    """
    series = {
        "d_loss_real": ("D real", REAL),
        "d_loss_fake": ("D fake", FAKE),
        "d_loss": ("D both", BOTH),
        "g_loss": ("generator", OKABE_ITO[4]),
    }
    if "d_penalty" in history:
        series["d_penalty"] = ("gradient penalty", OKABE_ITO[2])
    y = {"scale": alt.Scale(zero=True), "axis": alt.Axis(title="loss", tickCount=4, labelFlush=False)}
    series = {column: value for column, value in series.items() if column in history}  # a fit has no discriminator's
    text = f"{_named('Losses', title)}: {_last(history, series, '')}"
    layers = *_marks(changes), _lines(history, series, y, steps)
    chart = alt.layer(*layers).properties(height=height, description=text + _marked(changes))
    return finished(chart)  # type: ignore[return-value]


def variants(
    curves: pd.DataFrame, key: str, order: Sequence[str], *, height: int = 260, at: int | None = None
) -> alt.LayerChart:
    """One history column of every variant on shared axes: the median over seeds, and a band from lowest to highest.

    ``curves``: rows of variant, seed, step and ``key``. ``order``: all variants of the study, which fixes the colours.
    ``at`` marks a step.
    """
    percent = key.startswith("d_acc")
    frame = curves[["variant", "step", key]].dropna()
    spread = (
        frame.groupby(["variant", "step"], sort=False)[key]
        .agg(middle="median", low="min", high="max", seeds="count")
        .reset_index()
    )
    present = [name for name in order if name in set(spread["variant"])]
    colour, dash = colours_of(order), dashes_of(order)
    # Few long names stand one below another, so that none is cut off.
    stacked = len(present) <= 3 and max(map(len, present), default=0) > SHORT
    columns = 1 if stacked else min(len(present), 3) or 1
    base = alt.Chart(spread).encode(
        x=alt.X(
            "step:Q",
            title="training step",
            axis=alt.Axis(grid=False, tickCount=6, labelExpr=STEPS, labelFlush=False),
        ),
        color=alt.Color(
            "variant:N",
            title=None,
            scale=alt.Scale(domain=present, range=[colour[name] for name in present]),
            legend=alt.Legend(
                orient="bottom",
                columns=columns,
                labelLimit=480 if stacked else 240,
                symbolType="stroke",
                symbolStrokeWidth=3,
                symbolOpacity=1,
                offset=4,
            ),
        ),
    )
    scale = alt.Scale(domain=PERCENT, nice=False) if percent else alt.Scale(zero=True)
    ticks: dict[str, Any] = {"values": [0, 25, 50, 75, 100]} if percent else {}
    axis = alt.Axis(labelFlush=False, **ticks)
    middle = alt.Y("middle:Q", title=TITLES.get(key, key), scale=scale, axis=axis)
    low = alt.Y("low:Q", title=TITLES.get(key, key), axis=axis)
    band = base.mark_area(opacity=0.16, clip=True).encode(y=low, y2="high:Q")
    line = base.mark_line(strokeWidth=2, clip=True).encode(
        y=middle,
        tooltip=[
            alt.Tooltip("variant:N"),
            alt.Tooltip("step:Q", format=","),
            alt.Tooltip("middle:Q", title="median", format=TICKS),
            alt.Tooltip("low:Q", title="lowest", format=TICKS),
            alt.Tooltip("high:Q", title="highest", format=TICKS),
            alt.Tooltip("seeds:Q"),
        ],
    )
    if len(order) > len(OKABE_ITO):
        patterns = alt.Scale(domain=present, range=[dash[name] for name in present])
        line = line.encode(strokeDash=alt.StrokeDash("variant:N", title=None, scale=patterns))
    layers: list[alt.Chart] = [band, line]
    if percent:
        reference = pd.DataFrame({"value": [50.0]})
        layers.insert(0, alt.Chart(reference).mark_rule(color=MUTED, strokeDash=[4, 4]).encode(y="value:Q"))
    if at is not None:
        layers.append(alt.Chart(pd.DataFrame({"at": [at]})).mark_rule(color=MUTED).encode(x="at:Q"))
    last = spread.sort_values("step").groupby("variant", sort=False)["middle"].last().to_dict()
    text = f"{TITLES.get(key, key)} over training; at the end the medians are " + ", ".join(
        f"{name} {number(last[name])}" for name in present
    )
    return finished(alt.layer(*layers).properties(height=height, description=text))  # type: ignore[return-value]


SHORT = 30
"""Letters of a name of which three fit side by side below a chart."""

Series = Mapping[str, tuple[str, str]]
"""History column → legend label and colour; the last is drawn on top."""


def _lines(history: pd.DataFrame, series: Series, y: dict[str, Any], steps: int | None) -> alt.Chart:
    """One line per column of ``series`` over the training steps."""
    columns = [name for name in series if name in history]
    frame = history[["step", *columns]].melt("step", var_name="column", value_name="value")
    frame["series"] = frame.pop("column").map({name: label for name, (label, _) in series.items()})
    frame["value"] = frame["value"].astype("float32")
    end = alt.Scale(domain=[0, steps], nice=False) if steps else alt.Scale(zero=True, nice=False)
    labels, colours = zip(*series.values(), strict=True)
    return (
        alt.Chart(frame)
        .mark_line(strokeWidth=1.75, clip=len(history) > 1, point=len(history) == 1)  # one row has no line: a dot each
        .encode(
            x=alt.X(
                "step:Q",
                title="training step",
                scale=end,
                axis=alt.Axis(grid=False, tickCount=5, labelExpr=STEPS, labelFlush=False),
            ),
            y=alt.Y("value:Q", **y),
            color=alt.Color(
                "series:N",
                title=None,
                scale=alt.Scale(domain=list(labels), range=list(colours)),
                legend=alt.Legend(orient="top", direction="horizontal", symbolType="stroke", offset=2),
            ),
            tooltip=[
                alt.Tooltip("series:N"),
                alt.Tooltip("step:Q", format=","),
                alt.Tooltip("value:Q", format=TICKS),
            ],
        )
    )


def _marks(changes: Mapping[int, str] | None) -> list[alt.Chart]:
    """A line at each step at which a setting changes, below the curves."""
    if not changes:
        return []
    frame = pd.DataFrame({"at": list(changes), "change": list(changes.values())})
    rule = alt.Chart(frame).mark_rule(color=MUTED, strokeDash=[2, 3], strokeWidth=1.5)
    return [rule.encode(x="at:Q", tooltip=alt.Tooltip("change:N"))]


def _marked(changes: Mapping[int, str] | None) -> str:
    return f"; marked: {'; '.join(changes.values())}" if changes else ""


def _named(chart: str, title: str) -> str:
    return f"{chart}, {title}" if title else chart


def _last(history: pd.DataFrame, series: Series, unit: str) -> str:
    """The last row in words, for alternative text."""
    if history.empty:
        return "no rows yet"
    row = history.iloc[-1]
    values = ", ".join(f"{label} {number(row[name])}{unit}" for name, (label, _) in series.items() if name in history)
    return f"at step {int(row['step']):,}: {values}"
