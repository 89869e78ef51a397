"""A response surface: how often runs learned at each pair of numbers, as a heat map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from gancore.figures.colours import OKABE_ITO, finished
from gancore.figures.effects import DEEPEST
from gancore.words import fraction, interval, percent, setting_value

TALL = 34
"""Pixels of a row."""


def surface(places: Sequence[Any], x: str, y: str, title: str = "", ink: str = "currentColor") -> alt.LayerChart:
    """A tile for each place (x, y, learned, runs, low, high): the share that learned as a tint, and in numbers.

    ``x`` and ``y`` are what the numbers are, which stand in order and evenly, whatever lies between them. A tint of
    the page, light or dark, keeps the page's own ink readable; ``ink`` is another one for print.
    """
    rows = pd.DataFrame(
        [
            {
                "x": setting_value(place.x),
                "y": setting_value(place.y),
                "share": place.learned / place.runs if place.runs else None,
                "short": f"{place.learned}/{place.runs}" if place.runs else "–",
                "words": fraction(place.learned, place.runs) if place.runs else "not trained",
                "interval": interval(place.low, place.high, percent, ""),
            }
            for place in places
        ]
    )
    along = list(dict.fromkeys(setting_value(value) for value in sorted({place.x for place in places})))
    upward = list(dict.fromkeys(setting_value(value) for value in sorted({place.y for place in places}, reverse=True)))
    plain: dict[str, Any] = {"domain": False, "ticks": False, "labelOverlap": False}
    base = alt.Chart(rows).encode(
        x=alt.X("x:N", sort=along, title=x, axis=alt.Axis(labelAngle=0, labelFlush=False, **plain)),
        y=alt.Y("y:N", sort=upward, title=y, axis=alt.Axis(**plain)),
        tooltip=[
            alt.Tooltip("x:N", title=x),
            alt.Tooltip("y:N", title=y),
            alt.Tooltip("words:N", title="learned"),
            alt.Tooltip("interval:N", title="95% interval"),
        ],
    )
    tint = alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0, DEEPEST]), legend=None)
    frames = base.mark_rect(cornerRadius=3, fillOpacity=0, stroke="#8a8f9870")
    tiles = base.mark_rect(cornerRadius=3, color=OKABE_ITO[0]).encode(opacity=tint)
    words = base.mark_text(color=ink, fontSize=12).encode(text="short:N")
    said = "; ".join(f"{x} {row['x']}, {y} {row['y']}: {row['words']}" for row in rows.to_dict("records"))
    described = f"Runs that learned{f' with {title}' if title else ''}: {said}"
    chart = alt.layer(tiles, frames, words).properties(height=alt.Step(TALL), description=described)
    if title:
        chart = chart.properties(title=alt.TitleParams(title, fontSize=12, fontWeight="normal", color="#8a8f98"))
    return finished(chart)  # type: ignore[return-value]
