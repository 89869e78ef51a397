"""Panels for print: the points, or the curves, of every variant, at the places of a table and on shared axes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from gancore.figures.colours import FAKE, STEPS, colours_of, dashes_of
from gancore.figures.placing import (
    GREY,
    LARGE,
    Places,
    faceted,
    head_layers,
    head_text,
    heading,
    heads,
    printed,
    side_of,
    where,
)
from gancore.figures.reals import Reals, windows_for
from gancore.figures.scatter import Units, thinned
from gancore.figures.ticks import PLAIN, in_units
from gancore.recording.window import Window
from gancore.words import interval, short, typed, typeset

REAL_PALE = "#8cb9f2"
"""Real points in print: pale, so that generated ones stand out in greyscale as well."""
CURVES = {
    "d_acc": "Discriminator accuracy on real and generated points (%)",
    "d_loss": "Discriminator loss on real and generated points",
    "g_loss": "Generator loss",
}
"""History column → what a picture of it is called."""


@dataclass(frozen=True, eq=False)
class Panel:
    """One variant's points."""

    name: str
    """The variant's name, which has a place."""
    title: str
    note: str
    """Which run it is, and how good."""
    reals: Reals
    fake: np.ndarray | None = None
    """[m, 2]; None where no run is trained, and then the panel stays empty."""
    units: Units | None = None
    """The centre and length along each axis by which labels read in the units of a file."""


def grid(
    panels: Sequence[Panel], places: Places, *, title: str = "", subtitle: str = "", most: int = 1000
) -> alt.FacetChart:
    """Scatters side by side, real points pale blue under generated ones in red, on the same axes.

    Where one would hardly be seen on those, or is in units of its own, its note says what its axes are. At most
    ``most`` points per panel are drawn, always the same ones; points outside the axes are left out.
    """
    windows = windows_for({panel.name: panel.reals for panel in panels})
    apart = len(set(windows.values())) > 1
    window = Window.square(1.0) if apart else next(iter(windows.values()), Window())
    side = side_of(places)
    units = [panel.units for panel in panels]
    alike = not apart and all(_same(units[0], one) for one in units)
    notes = {panel.name: _noted(panel, windows[panel.name], not alike) for panel in panels}
    above = heads(places, {panel.name: (panel.title, notes[panel.name]) for panel in panels})
    records: list[dict[str, Any]] = []
    for panel in panels:
        place = where(places, panel.name, side)
        empty = "not trained" if panel.fake is None else ""
        records.append(place | {"kind": "head", "empty": empty} | above.lines[panel.name])
        if panel.fake is None:
            continue
        for kind, points, share in (("real", panel.reals.points, 0.6), ("generated", panel.fake, 0.4)):
            own = windows[panel.name]
            inside = points[own.holds(points)]
            inside = own.to_unit(inside) if apart else inside
            for x, y in thinned(inside, round(share * most)).tolist():
                records.append(place | {"kind": kind, "x": short(x, 4), "y": short(y, 4)})
    scales = [
        {
            "axis": alt.Axis(
                title=None,
                grid=False,
                minExtent=18,
                labels=alike,
                ticks=alike,
                **_labels(domain, units[0] if alike and units else None, index),
            ),
            "scale": alt.Scale(domain=domain, nice=False, zero=False),
        }
        for index, domain in enumerate(window.domains)
    ]
    kinds = ["real", "generated"]
    legend = alt.Legend(title=None, orient="top", symbolSize=45, offset=8)
    # Shapes and sizes tell the two apart without colour.
    dots = [
        alt.Chart()
        .transform_filter(f"datum.kind == '{kind}'")
        .mark_point(filled=True, opacity=1, clip=True, aria=False, size=size)
        .encode(
            x=alt.X("x:Q", **scales[0]),
            y=alt.Y("y:Q", **scales[1]),
            color=alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[REAL_PALE, FAKE]), legend=legend),
            shape=alt.Shape("kind:N", scale=alt.Scale(domain=kinds, range=["circle", "diamond"]), legend=legend),
        )
        for kind, size in zip(kinds, (3, 8), strict=True)
    ]
    empty = head_text("empty", GREY).encode(x=alt.value(side / 2), y=alt.value(side / 2))
    said = "; ".join(f"{panel.title}: {notes[panel.name] or 'not trained'}" for panel in panels)
    chart = faceted([*dots, empty, *head_layers(above, side)], records, places, side, side)
    return printed(chart.properties(description=f"{title}: {len(panels)} scatters. {said}"), title, subtitle)


def curve_grid(
    curves: pd.DataFrame, key: str, places: Places, titles: Mapping[str, str], steps: Mapping[str, int]
) -> alt.FacetChart:
    """One history column of every variant in a panel of its own, over the other variants' medians in grey.

    ``curves``: rows of variant (a name), step and ``key``, a row per seed. ``titles``: name → title of each panel;
    ``steps``: name → steps of its training. Where these differ the x axis is the share of them. The line is the median
    over seeds, and the band reaches from the lowest to the highest. ``titles`` are in the study's order, which gives
    each variant the colour and dash that it has everywhere. To be finished by ``printed``.
    """
    known = curves[["variant", "step", key]].dropna().groupby(["variant", "step"], sort=False)[key]
    frame = known.agg(middle="median", low="min", high="max").reset_index()
    side = side_of(places)
    height = round(0.62 * side)
    above = heads(places, {name: (title, "") for name, title in titles.items()})
    trained = set(frame["variant"])
    shared = len(set(steps.values())) > 1
    records: list[dict[str, Any]] = [
        where(places, name, height) | {"kind": "head", "empty": "" if name in trained else "not trained"} | lines
        for name, lines in above.lines.items()
    ]
    rows = [
        {"of": str(row["variant"]), "step": row["step"] / (steps[row["variant"]] / 100 if shared else 1)}
        | {name: short(row[name], 5) for name in ("middle", "low", "high")}
        for row in frame.to_dict("records")
    ]
    records += [where(places, str(row["of"]), height) | {"kind": "run"} | row for row in rows]
    percent = key.startswith("d_acc")
    scale = alt.Scale(domain=[0, 100] if percent else _range(frame), nice=not percent, zero=False)
    ticks: dict[str, Any] = {"values": [0, 50, 100]} if percent else {"tickCount": 3}
    y_axis = alt.Axis(title=None, grid=False, minExtent=18, **ticks)
    x = alt.X(
        "step:Q",
        scale=alt.Scale(domain=[0, 100 if shared else max(steps.values())], nice=False),
        axis=alt.Axis(
            title=None, tickCount=3, grid=False, labelFlush=True, labelExpr="datum.value + '%'" if shared else STEPS
        ),
    )

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, axis=y_axis)

    names = list(titles)
    colours, dashes = colours_of(names), dashes_of(names)
    colour = alt.Scale(domain=names, range=[colours[name] for name in names])
    dash = alt.Scale(domain=names, range=[dashes[name] for name in names])
    own = (
        alt.Chart()
        .transform_filter("datum.kind == 'run'")
        .encode(x=x, color=alt.Color("of:N", scale=colour, legend=None))
    )
    others = alt.Chart(alt.InlineData([{name: row[name] for name in ("of", "step", "middle")} for row in rows]))
    layers: list[alt.Chart] = [
        others.mark_line(color="#c9ced6", strokeWidth=0.5, clip=True, aria=False).encode(
            x=x, y=y("middle"), detail="of:N"
        ),
        own.mark_area(opacity=0.3, clip=True, aria=False).encode(y=y("low"), y2="high:Q"),
        own.mark_line(strokeWidth=1.4, clip=True, aria=False).encode(
            y=y("middle"), strokeDash=alt.StrokeDash("of:N", scale=dash, legend=None)
        ),
        head_text("empty", GREY).encode(x=alt.value(side / 2), y=alt.value(0.8 * height)),
    ]
    if percent:
        rule = alt.Chart(alt.InlineData([{"half": 50.0}])).mark_rule(
            color=GREY, strokeDash=[2, 2], strokeWidth=0.6, aria=False
        )
        layers.insert(0, rule.encode(y=y("half")))
    chart = faceted([*layers, *head_layers(above, side)], records, places, side, height)
    along = "share of the training steps" if shared else "training step"
    return chart.properties(title=heading(f"{CURVES.get(key, key)}, by {along}", size=LARGE + 1))


def _range(frame: pd.DataFrame) -> list[float]:
    """An axis from zero to where nearly all bands end, so that one seed that blew up does not flatten the others."""
    if frame.empty:
        return [0.0, 1.0]
    low, high = (float(np.quantile(frame[name].to_numpy(), at)) for name, at in (("low", 0.02), ("high", 0.98)))
    return [min(0.0, low), max(1.1 * high, min(0.0, low) + 1e-3)]


def _noted(panel: Panel, window: Window, apart: bool) -> str:
    """A panel's note, why it has no real points, and its axes where those are its own."""
    said = [panel.note, panel.reals.missing]
    if apart:
        ends = zip("xy", window.domains, strict=True)
        said.append(", ".join(f"{name} {_range_of(domain, panel.units, 'xy'.index(name))}" for name, domain in ends))
    return "; ".join(filter(None, said))


def _range_of(domain: Sequence[float], units: Units | None, axis: int) -> str:
    """The ends of an axis, in the units of a file where it has some."""
    low, high = (end if units is None else float(units[0][axis] + end * units[1][axis]) for end in domain)
    size = math.floor(math.log10(high - low))

    def end(at: float | None) -> str:
        at = at or 0.0
        digits = 2 + max(0, math.floor(math.log10(abs(at) or 1.0)) - size)  # two of the length
        return typeset(float(typed(at, digits)))

    return interval(low, high, end)


def _same(one: Units | None, other: Units | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def _labels(domain: Sequence[float], units: Units | None, axis: int) -> dict[str, Any]:
    """Where ticks stand, and how they are labelled, in the units of a file where it has some."""
    if units is None:
        return {"values": _ticks(*domain), "labelExpr": PLAIN}
    values, label = in_units(domain, float(units[0][axis]), float(units[1][axis]))
    return {"values": values, "labelExpr": label}


def _ticks(low: float, high: float) -> list[float]:
    """Three ticks or so: multiples of the largest round number that fits into half the axis."""
    half = (high - low) / 2
    power = 10.0 ** math.floor(math.log10(half))
    step = next(power * lead for lead in (5, 2, 1) if power * lead <= half)
    return [step * place for place in range(math.ceil(low / step), math.floor(high / step) + 1)]
