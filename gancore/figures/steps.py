"""Two networks between two steps: points, the discriminator's field, where points are drawn to, and one point's way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from gancore.figures.colours import BOTH, MUTED, finished
from gancore.figures.contour import picture, zeros
from gancore.figures.scatter import Units, thinned
from gancore.figures.ticks import in_units
from gancore.recording.window import Window

Points = NDArray[np.floating]
FOLLOWED = "followed"
"""Name of the selection by which a generated point is chosen; its field is ``point``."""
MOST_REAL, MOST_ARROWS = 500, 192
LONGEST = 0.13
"""Length of a long arrow over the picture's side: nine of ten are drawn no longer."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What is drawn, in dataset coordinates."""

    window: Window
    real: Points
    """[n, 2]"""
    fake: Points
    """Generated points of fixed latents [m, 2]."""
    field: Points | None = None
    """How far the discriminator is from undecided, [rows, columns] over the window from its lower side upward."""
    decides: bool = True
    """Whether zero is where it is undecided, so that a line is drawn there."""
    batch_real: Points | None = None
    """Real points of an update [b, 2], as the next; with either all others are faint."""
    batch_fake: Points | None = None
    pulls: tuple[Points, Points] | None = None
    """Points [k, 2], and where each is drawn to [k, 2]."""
    before: Points | None = None
    """Where ``fake`` was, [m, 2], to be joined with where it is."""
    way: Points | None = None
    """Where the followed point was at the start and after each step, [steps + 1, 2]."""
    followed: int | None = None
    """Its number."""
    units: Units | None = None


def stage(shown: Shown, tones: Mapping[str, str], *, side: int = 420, words: str = "") -> alt.LayerChart:
    """One square picture; ``tones`` as in ``viewer.tones``. A click chooses the generated point that is nearest."""
    layers = [*_field(shown, tones), *_points(shown, tones), *_arrows(shown), *_way(shown)]
    chart = alt.layer(*layers).properties(width=side, height=side, description=words)
    return finished(chart)  # type: ignore[return-value]


def arrow_scale(window: Window, pulls: Points) -> float:
    """What arrows are multiplied by to be seen; 0 where none has a length."""
    lengths = np.hypot(*np.asarray(pulls, np.float64).T)
    lengths = lengths[np.isfinite(lengths)]
    long = float(np.quantile(lengths, 0.9)) if len(lengths) else 0.0
    return LONGEST * 2 * max(window.half) / long if long > 0 else 0.0


def _rows(points: Points, **more: Any) -> list[dict[str, Any]]:
    known: list[bool] = np.logical_and.reduce(np.isfinite(points), axis=1).tolist()
    rows = [{"x": round(float(x), 4), "y": round(float(y), 4), "point": i} for i, (x, y) in enumerate(points)]
    return [row | more for row, fine in zip(rows, known, strict=True) if fine]


def _at(shown: Shown, rows: list[dict[str, Any]], **ends: Any) -> alt.Chart:
    x, y = (_axis(shown, name) for name in "xy")
    return alt.Chart(alt.InlineData(rows)).encode(x=alt.X(**x), y=alt.Y(**y), **ends)


def _axis(shown: Shown, name: str) -> dict[str, Any]:
    place = "xy".index(name)
    domain = shown.window.domains[place]
    centre, length = (0.0, 1.0) if shown.units is None else (float(both[place]) for both in shown.units)
    ticks = alt.Axis(title=None, grid=False, domain=False, labelFlush=True)
    ticks.values, ticks.labelExpr = in_units(domain, centre, length)
    return {"shorthand": f"{name}:Q", "scale": alt.Scale(domain=domain, nice=False, zero=False), "axis": ticks}


def _field(shown: Shown, tones: Mapping[str, str]) -> list[alt.Chart]:
    if shown.field is None or not np.isfinite(shown.field).all():
        return []
    field = np.asarray(shown.field, np.float64)
    strength = np.abs(field) / (np.abs(field).max() or 1.0)
    pixels = np.empty((*field.shape, 4), np.uint8)
    for sign, name in ((True, "real_field"), (False, "fake_field")):
        pixels[(field > 0) == sign, :3] = [int(tones[name][i : i + 2], 16) for i in (1, 3, 5)]
    pixels[..., 3] = np.round(255 * strength)
    x, y = shown.window.domains
    # The outermost values lie on the edge, so their pixels reach half a pixel beyond it.
    wide, high = ((ends[1] - ends[0]) / (count - 1) / 2 for ends, count in zip((x, y), field.shape[::-1], strict=True))
    row = {"x": x[0] - wide, "x2": x[1] + wide, "y": y[0] - high, "y2": y[1] + high, "url": picture(pixels[::-1])}
    image = _at(shown, [row], x2="x2:Q", y2="y2:Q", url="url:N").mark_image(aspect=False, clip=True)
    if not shown.decides:
        return [image]

    def place(at: tuple[float, float]) -> tuple[float, float]:
        return x[0] + at[0] * 2 * wide, y[0] + at[1] * 2 * high

    lines, long = [], 0.022 * (x[1] - x[0])
    for piece in zeros(field):
        start, end = place(piece.start), place(piece.end)
        lines.append((start, end))
        if piece.tick:
            middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
            lines.append((middle, (middle[0] + long * piece.up[0], middle[1] + long * piece.up[1])))
    rows = [
        {name: round(value, 4) for name, value in zip(("x", "y", "x2", "y2"), (*start, *end), strict=True)}
        for start, end in lines
    ]
    line = _at(shown, rows, x2="x2:Q", y2="y2:Q").mark_rule(strokeWidth=1.5, clip=True, opacity=0.9, color=MUTED)
    return [image, line] if rows else [image]


def _points(shown: Shown, tones: Mapping[str, str]) -> list[alt.Chart]:
    of_batch = shown.batch_real is not None or shown.batch_fake is not None
    faint = 0.16 if of_batch else 0.85
    reals = _at(shown, _rows(thinned(np.asarray(shown.real), MOST_REAL)))
    layers = [reals.mark_circle(size=16, color=tones["real"], opacity=faint, clip=True)]
    tip = [alt.Tooltip("point:Q", title="generated point"), alt.Tooltip("x:Q"), alt.Tooltip("y:Q")]
    choice = alt.selection_point(name=FOLLOWED, fields=["point"], on="click", nearest=True, toggle=False, clear=False)
    fakes = _at(shown, _rows(shown.fake), tooltip=tip).add_params(choice)
    layers.append(fakes.mark_circle(size=26, color=tones["fake"], opacity=faint, clip=True))
    for batch, name in ((shown.batch_real, "real"), (shown.batch_fake, "fake")):
        if batch is not None:
            some = _at(shown, _rows(thinned(np.asarray(batch), MOST_REAL)))
            layers.append(some.mark_circle(size=34, color=tones[name], opacity=0.95, clip=True))
    if shown.before is not None:
        rows = [
            old | {"x2": new["x"], "y2": new["y"]}
            for old, new in zip(_rows(shown.before), _rows(shown.fake), strict=False)
            if old["point"] == new["point"]
        ]
        layers.append(_at(shown, rows, x2="x2:Q", y2="y2:Q").mark_rule(color=BOTH, strokeWidth=1.5, clip=True))
    return layers


def _arrows(shown: Shown) -> list[alt.Chart]:
    if shown.pulls is None:
        return []
    points, pulls = (np.asarray(one, np.float64)[:MOST_ARROWS] for one in shown.pulls)
    factor = arrow_scale(shown.window, pulls)
    ends = points + factor * pulls
    angles = 90 - np.degrees(np.arctan2(pulls[:, 1] * shown.window.half[0], pulls[:, 0] * shown.window.half[1]))
    rows = [
        row | {"x2": round(float(end[0]), 4), "y2": round(float(end[1]), 4), "angle": round(float(angle), 1)}
        for row, end, angle in ((row, ends[row["point"]], angles[row["point"]]) for row in _rows(points))
        if np.isfinite(end).all() and np.any(pulls[row["point"]])
    ]
    if not rows:
        return []
    heads = [{"x": row["x2"], "y": row["y2"], "angle": row["angle"]} for row in rows]
    rule = _at(shown, rows, x2="x2:Q", y2="y2:Q").mark_rule(color=MUTED, strokeWidth=1.2, opacity=0.9, clip=True)
    head = _at(shown, heads, angle=alt.Angle("angle:Q", scale=None)).mark_point(
        shape="triangle-up", filled=True, size=22, color=MUTED, opacity=0.95, clip=True
    )
    return [rule, head]


def _way(shown: Shown) -> list[alt.Chart]:
    if shown.way is None or not len(shown.way):
        return []
    rows = [row | {"step": row["point"]} for row in _rows(np.asarray(shown.way))]
    tip = [alt.Tooltip("step:Q", title="steps made"), alt.Tooltip("x:Q"), alt.Tooltip("y:Q")]
    way = _at(shown, rows, order=alt.Order("step:Q"))
    layers = [
        way.mark_line(color=BOTH, strokeWidth=2, clip=True),
        _at(shown, rows, tooltip=tip).mark_circle(color=BOTH, size=16, opacity=1, clip=True),
    ]
    last = _at(shown, rows[-1:]).mark_point(shape="circle", size=110, strokeWidth=2.5, color=BOTH, opacity=1, clip=True)
    return [*layers, last]
