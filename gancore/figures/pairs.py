"""Two variants seed by seed: their values side by side, and the differences around zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from gancore.figures.colours import MUTED, finished
from gancore.figures.effects import HARMS, HELPS, SHAPES, in_lines, padded
from gancore.words import interval, number, signed

OUTCOMES = {"better": HELPS, "worse": HARMS, "the same": MUTED}
"""What became of a seed, in the colour of its line and of its point."""
HEIGHT = 260
ROW = 18
"""Pixels per seed in the chart of differences."""


def pairs(
    frame: pd.DataFrame, labels: tuple[str, str], colours: tuple[str, str], metric: str, better: str
) -> alt.LayerChart:
    """A line per seed from the first variant's value to the second's: green where that is better, orange where worse.

    ``frame``: seed, first, second. ``labels`` must differ; ``colours`` are the variants' own. ``metric`` names the
    axis; ``better`` is lower or higher.
    """
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "seed": frame["seed"],
                    "variant": label,
                    "value": frame[side],
                    "words": [number(value) for value in frame[side]],
                    "dot": colour,
                    "outcome": _outcomes(frame, better),
                    "line": [OUTCOMES[outcome] for outcome in _outcomes(frame, better)],
                }
            )
            for side, label, colour in zip(("first", "second"), labels, colours, strict=True)
        ],
        ignore_index=True,
    )
    # The points' colours are in the frame, without a scale or a legend: the axis names the variants.
    base = alt.Chart(rows).encode(
        x=alt.X(
            "variant:N",
            sort=list(labels),
            title=None,
            axis=alt.Axis(labelExpr=in_lines(labels), labelAngle=0, labelLimit=320, labelFlush=False, grid=False),
            scale=alt.Scale(domain=list(labels), padding=0.35),
        ),
        y=alt.Y(
            "value:Q",
            title=f"{metric} ({better} is better)",
            scale=alt.Scale(domain=padded([0.0, *rows["value"]]), nice=False),
            axis=alt.Axis(labelFlush=False),
        ),
        tooltip=[
            alt.Tooltip("variant:N"),
            alt.Tooltip("seed:O"),
            alt.Tooltip("words:N", title=metric),
        ],
    )
    legend = _legend(symbolType="stroke")
    dashes = alt.Scale(domain=list(OUTCOMES), range=[[1, 0], [6, 3], [2, 2]])
    lines = base.mark_line(strokeWidth=1.5, opacity=0.75).encode(
        detail="seed:N",
        color=alt.Color("outcome:N", scale=_colours(), legend=legend),
        strokeDash=alt.StrokeDash("outcome:N", scale=dashes, legend=legend),
    )
    # Filled, not coloured: a second use of the colour channel would draw the lines' legend twice.
    dots = base.mark_point(size=70, opacity=1, strokeWidth=0).encode(
        fill=alt.Fill("dot:N", scale=None, legend=None),
        shape=alt.Shape("variant:N", scale=alt.Scale(domain=list(labels), range=["circle", "diamond"]), legend=None),
    )
    chart = alt.layer(lines, dots).properties(height=HEIGHT, description=_values_in_words(frame, labels, metric))
    return finished(chart)  # type: ignore[return-value]


def differences(
    frame: pd.DataFrame,
    labels: tuple[str, str],
    metric: str,
    better: str,
    mean: float,
    low: float = math.nan,
    high: float = math.nan,
) -> alt.LayerChart:
    """The second variant minus the first, a row per seed, around a line at zero, with the mean and its interval.

    ``frame``: seed, first, second. NaN ends are no interval.
    """
    rows = pd.DataFrame(
        {
            "seed": frame["seed"],
            "difference": frame["second"] - frame["first"],
            "words": [signed(value) for value in frame["second"] - frame["first"]],
            "second": _outcomes(frame, better),
        }
    )
    title = [f"change of {metric}", f"({better} is better)"]
    domain = padded([0.0, *rows["difference"], mean, low, high])
    scale, axis = alt.Scale(domain=domain, nice=False), alt.Axis(labelFlush=False, tickCount=6)
    zero = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=MUTED, strokeDash=[4, 4]).encode(x=alt.X("x:Q"))
    middle = pd.DataFrame({"x": [mean], "low": [low], "high": [high]})
    layers: list[alt.Chart] = [zero]
    if math.isfinite(low) and math.isfinite(high):
        band = alt.Chart(middle).mark_rect(color=MUTED, opacity=0.22)
        layers.append(band.encode(x=alt.X("low:Q", title=title, scale=scale, axis=axis), x2="high:Q"))
    if math.isfinite(mean):
        layers.append(alt.Chart(middle).mark_rule(color=MUTED, strokeWidth=2.5).encode(x="x:Q"))
    legend = _legend(symbolSize=80, symbolOpacity=1, symbolStrokeWidth=0)
    shapes = alt.Scale(domain=list(OUTCOMES), range=SHAPES)
    dots = alt.Chart(rows).mark_point(filled=True, size=80, opacity=1)
    layers.append(
        dots.encode(
            x=alt.X("difference:Q", title=title, scale=scale, axis=axis),
            y=alt.Y("seed:O", title="seed", axis=alt.Axis(grid=True, labelAngle=0, labelFlush=False)),
            color=alt.Color("second:N", scale=_colours(), legend=legend),
            shape=alt.Shape("second:N", scale=shapes, legend=legend),
            tooltip=[
                alt.Tooltip("seed:O"),
                alt.Tooltip("words:N", title="difference"),
                alt.Tooltip("second:N", title=labels[1]),
            ],
        )
    )
    text = _differences_in_words(rows, labels, metric, mean, low, high)
    height = max(HEIGHT, ROW * len(rows))
    return finished(alt.layer(*layers).properties(height=height, description=text))  # type: ignore[return-value]


def _gains(frame: pd.DataFrame, better: str) -> Sequence[float]:
    """How much better the second is, seed by seed."""
    sign = 1.0 if better == "higher" else -1.0
    return [sign * float(value) for value in frame["second"] - frame["first"]]


def _outcomes(frame: pd.DataFrame, better: str) -> list[str]:
    return ["better" if gain > 0 else "worse" if gain < 0 else "the same" for gain in _gains(frame, better)]


def _colours() -> alt.Scale:
    return alt.Scale(domain=list(OUTCOMES), range=list(OUTCOMES.values()))


def _legend(**symbols: Any) -> alt.Legend:
    """What the outcomes look like."""
    return alt.Legend(orient="top", title=None, columnPadding=8, **symbols)


def _values_in_words(frame: pd.DataFrame, labels: tuple[str, str], metric: str) -> str:
    """Every pair, for alternative text."""
    values = "; ".join(
        f"seed {row['seed']} {number(row['first'])} and {number(row['second'])}" for row in frame.to_dict("records")
    )
    return f"{metric} of {labels[0]} and of {labels[1]}, joined by seed: {values or 'no seed has both'}"


def _differences_in_words(
    rows: pd.DataFrame, labels: tuple[str, str], metric: str, mean: float, low: float, high: float
) -> str:
    """The mean, its interval and how the seeds divide, for alternative text."""
    outcomes = rows["second"].tolist()
    counts = [f"{outcomes.count(word)} {word}" for word in ("better", "the same", "worse")]
    text = f"{metric} of {labels[1]} minus that of {labels[0]}, seed by seed around zero"
    if not math.isfinite(mean):
        return f"{text}: no seed has both"
    ends = interval(low, high, signed, "")
    spread = f" ({ends})" if ends else ", without an interval"
    return f"{text}: mean {signed(mean)}{spread}; of {len(rows)} seeds {', '.join(counts)}"
