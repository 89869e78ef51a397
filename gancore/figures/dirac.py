"""The Dirac GAN's plane: the field, a trajectory whose step a slider takes, and every pair at a glance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from gancore.figures.colours import BOTH, FAKE, MUTED, OKABE_ITO, QUIET, REAL, STEPS, finished
from gancore.figures.ticks import PLAIN, even_ticks
from gancore.words import TICKS

TONES = {
    "converges": OKABE_ITO[2],
    "circles": OKABE_ITO[4],
    "diverges": OKABE_ITO[1],
    "settles elsewhere": OKABE_ITO[3],
    "undecided": MUTED,
}
"""Verdict → colour; wherever it is used the word stands beside it."""
EQUILIBRIUM = OKABE_ITO[2]
ARROWS = 13
"""Arrows along each side of the plane."""
LINES = 1500
"""Points of a line, at most; a thousandth of a side is less than a dot."""
POWERS = "datum.value < 0.001 ? format(datum.value, '.0e') : format(datum.value, '~g')"
"""Vega expression for the labels of an axis of distances."""
LEAST = 1e-9
"""The shortest distance that is drawn."""


def reach_of(path: np.ndarray) -> float:
    """Half of the plane's side: what holds a trajectory [n, 2], or, of one that leaves, six times its start."""
    held = np.abs(path[np.isfinite(path).all(axis=1)])
    return float(1.12 * max(min(held.max(), max(6 * held[0].max(), 3.0)), 0.1))


def lattice(reach: float) -> np.ndarray:
    """Where arrows stand in the plane: [n, 2]."""
    along = np.linspace(-reach, reach, 2 * ARROWS + 1)[1::2]
    return np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)


def portrait(
    path: np.ndarray, arrows: tuple[np.ndarray, np.ndarray], *, side: int = 320, words: str = "", slider: bool = True
) -> alt.VConcatChart:
    """The plane of θ and ψ with the field and a trajectory; below it the line of data on the same axis, and distances.

    ``path`` [n + 1, 2]; ``arrows``: places [m, 2] and the field there [m, 2]. ``slider``: whether a slider takes the
    step that is shown; without it that is the last one. ``words``: alternative text.
    """
    rows, reach = _rows(path), reach_of(path)
    last = rows[-1]["step"]
    bound = alt.binding_range(min=0, max=last, step=1, name="Step ") if slider else alt.Undefined
    at = alt.param(name="at", value=last, bind=bound)
    parts = [_plane(rows, arrows, reach, side), _line(rows, reach, side), _distances(rows, last, side)]
    chart = alt.vconcat(*parts, spacing=6, description=words).add_params(at)
    return chart.properties(usermeta={"embedOptions": {"renderer": "svg", "actions": False}}, config=QUIET)


def _rows(path: np.ndarray) -> list[dict[str, Any]]:
    kept = path[np.isfinite(path).all(axis=1)]
    steps = np.unique(np.linspace(0, len(kept) - 1, min(len(kept), LINES)).round().astype(int))
    return [
        {"step": int(i), "theta": float(kept[i, 0]), "psi": float(kept[i, 1]), "r": float(np.hypot(*kept[i]))}
        for i in steps
    ]


def _axis(name: str, title: str, reach: float, **more: Any) -> Any:
    scale = alt.Scale(domain=[-reach, reach], nice=False, zero=False)
    axis = alt.Axis(title=title, values=even_ticks(-reach, reach), labelExpr=PLAIN, grid=False, domain=False, **more)
    return {"shorthand": f"{name}:Q", "scale": scale, "axis": axis}


def _data(rows: Sequence[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(list(rows)))


def _now(chart: alt.Chart, rows: Sequence[dict[str, Any]]) -> alt.Chart:
    """The row of the step that is shown; where steps are thinned, the last one before it."""
    wide = max((b["step"] - a["step"] for a, b in zip(rows, rows[1:], strict=False)), default=1)
    return (
        chart.transform_filter(f"datum.step <= at && datum.step > at - {wide}")
        .transform_window(latest="rank()", sort=[alt.SortField("step", order="descending")])
        .transform_filter("datum.latest == 1")
    )


def _plane(
    rows: Sequence[dict[str, Any]], arrows: tuple[np.ndarray, np.ndarray], reach: float, side: int
) -> alt.LayerChart:
    x = alt.X(**_axis("theta", "θ, the generated point", reach))
    y = alt.Y(**_axis("psi", "ψ, the discriminator's slope", reach))
    crosses = [
        _data([{"zero": 0.0}]).mark_rule(color=MUTED, opacity=0.35).encode(**{axis: alt.datum(0.0)}) for axis in "xy"
    ]
    field = (
        _data(_arrows(arrows))
        .mark_point(shape="arrow", filled=True, color=MUTED, size=side * 0.55, strokeWidth=0)
        .encode(x=x, y=y, angle=alt.Angle("angle:Q", scale=None), opacity=alt.Opacity("strength:Q", scale=None))
    )
    way = _data(rows).encode(x=x, y=y, order=alt.Order("step:Q"))
    tip = [
        alt.Tooltip("step:Q"),
        alt.Tooltip("theta:Q", title="θ", format=TICKS),
        alt.Tooltip("psi:Q", title="ψ", format=TICKS),
        alt.Tooltip("r:Q", title="distance", format=TICKS),
    ]
    done = way.transform_filter("datum.step <= at")
    start = _data(rows[:1]).encode(x=x, y=y, tooltip=tip)
    origin = _data([{"theta": 0.0, "psi": 0.0}]).encode(x=x, y=y)
    return alt.layer(  # type: ignore[return-value]
        *crosses,
        field,
        way.mark_line(color=BOTH, strokeWidth=1, opacity=0.3, clip=True),
        done.mark_line(color=BOTH, strokeWidth=2, clip=True),
        done.mark_circle(color=BOTH, size=11, opacity=0.9, clip=True).encode(tooltip=tip),
        origin.mark_point(shape="cross", filled=True, size=110, color=EQUILIBRIUM, opacity=1),
        start.mark_point(shape="circle", filled=False, size=90, strokeWidth=2, color=BOTH, opacity=1),
        start.mark_text(text="start", align="left", dx=9, dy=-6, fontSize=11, clip=True),
        _now(way, rows).mark_circle(color=FAKE, size=110, opacity=1, clip=True).encode(tooltip=tip),
    ).properties(width=side, height=side)


def _arrows(arrows: tuple[np.ndarray, np.ndarray]) -> list[dict[str, float]]:
    """Every arrow of one length; the fainter the weaker the field."""
    places, moves = arrows
    sizes = np.hypot(moves[:, 0], moves[:, 1])
    known = np.isfinite(sizes) & (sizes > 0)
    strongest = sizes[known].max() if known.any() else 1.0
    return [
        {
            "theta": float(place[0]),
            "psi": float(place[1]),
            "angle": float(90 - np.degrees(np.arctan2(move[1], move[0]))),
            "strength": float(0.25 + 0.65 * np.sqrt(size / strongest)),
        }
        for place, move, size in zip(places[known], moves[known], sizes[known], strict=True)
    ]


def _line(rows: Sequence[dict[str, Any]], reach: float, side: int) -> alt.LayerChart:
    """The line of data: the real point, the generated one under its place in the plane, and what D says along it."""
    along = _axis("theta", "x", reach, labels=False, ticks=False)
    x = alt.X(**along)
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    y = alt.Axis(title="D(x) = ψ·x", values=[0], labels=False, ticks=False, grid=True, domain=False)
    wide = [
        row | {"left": -reach, "right": reach, "low": -reach * row["psi"], "high": reach * row["psi"]} for row in rows
    ]
    slope = _now(_data(wide), rows).mark_rule(color=BOTH, strokeWidth=2, clip=True)
    real = _data([{"theta": 0.0, "name": "real"}])
    fake = _now(_data(rows), rows)
    name = _now(_data([_named(row, reach) for row in rows]), rows)
    at_zero = {"x": x, "y": alt.YDatum(0.0, scale=scale, axis=y)}
    return alt.layer(  # type: ignore[return-value]
        slope.encode(
            x=alt.X(**along | {"shorthand": "left:Q"}),
            x2="right:Q",
            y=alt.Y("low:Q", scale=scale, axis=y),
            y2="high:Q",
        ),
        real.mark_circle(color=REAL, size=150, opacity=1).encode(**at_zero),
        real.mark_text(text="real", dy=-13, fontSize=11, fontWeight="bold", clip=True).encode(**at_zero),
        fake.mark_circle(color=FAKE, size=90, opacity=1, clip=True).encode(**at_zero),
        name.mark_text(dy=15, fontSize=11, fontWeight="bold").encode(text="name:N", **at_zero),
    ).properties(width=side, height=70)


def _named(row: dict[str, Any], reach: float) -> dict[str, Any]:
    """Where the generated point's name stands, within the frame; of one that has left, where it went."""
    theta = row["theta"]
    name = "generated ▸" if theta > reach else "◂ generated" if theta < -reach else "generated"
    return row | {"theta": float(np.clip(theta, -0.8 * reach, 0.8 * reach)), "name": name}


def _distances(rows: Sequence[dict[str, Any]], last: int, side: int) -> alt.LayerChart:
    """How far from the equilibrium, on a scale of powers: a line down converges, a level one circles."""
    shown = [row | {"r": max(row["r"], LEAST)} for row in rows]
    low, high = min(row["r"] for row in shown), max(row["r"] for row in shown)
    domain = [min(low, high / 10) / 1.3, high * 1.3]
    x = alt.X(
        "step:Q",
        scale=alt.Scale(domain=[0, max(1, last)], nice=False),
        axis=alt.Axis(title="step", grid=False, domain=False, labelExpr=STEPS, tickCount=5, labelFlush=True),
    )
    y = alt.Y(
        "r:Q",
        scale=alt.Scale(type="log", domain=domain, nice=False),
        axis=alt.Axis(title="distance", labelExpr=POWERS, values=_powers(*domain), domain=False),
    )
    line = _data(shown).encode(x=x, y=y)
    return alt.layer(  # type: ignore[return-value]
        line.mark_line(color=BOTH, strokeWidth=1, opacity=0.3),
        line.transform_filter("datum.step <= at").mark_line(color=BOTH, strokeWidth=2),
        _now(line, shown).mark_circle(color=FAKE, size=80, opacity=1),
    ).properties(width=side, height=90)


def _powers(low: float, high: float) -> list[float]:
    """Ticks of a scale of powers of ten: at most five of them, or 1, 2 and 5 times some where there is hardly one."""
    tens = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    held = [power for power in tens if low <= 10.0**power <= high]
    if len(held) < 2:
        return [m * 10.0**power for power in tens for m in (1, 2, 5) if low <= m * 10.0**power <= high]
    return [10.0**power for power in held[:: math.ceil(len(held) / 5)]]


@dataclass(frozen=True)
class Cell:
    """One pair among all."""

    loss: str
    penalty: str
    verdict: str
    path: np.ndarray
    """[n, 2]"""


def pairs_grid(cells: Sequence[Cell], *, side: int = 84, words: str = "") -> alt.LayerChart:
    """Every loss (rows) with every penalty (columns): its trajectory in a frame of its own, and the verdict below.

    A cross is the equilibrium, a ring the start.
    """
    losses, penalties = (list(dict.fromkeys(getattr(cell, name) for cell in cells)) for name in ("loss", "penalty"))
    gap, foot, left, top = 12, 14, 118, 22
    wide, high = side + gap, side + foot + gap
    lines, marks, texts, frames = [], [], [], []
    for cell in cells:
        x0 = left + penalties.index(cell.penalty) * wide
        y0 = top + losses.index(cell.loss) * high
        reach, kept = reach_of(cell.path), cell.path[np.isfinite(cell.path).all(axis=1)]
        kept = kept[np.unique(np.linspace(0, len(kept) - 1, min(len(kept), 250)).round().astype(int))]
        placed = np.clip(kept / reach, -1, 1) * [1, -1] * side / 2 + [x0 + side / 2, y0 + side / 2]
        name = f"{cell.loss}/{cell.penalty}"
        lines += [
            {"x": round(float(x), 1), "y": round(float(y), 1), "order": i, "pair": name, "verdict": cell.verdict}
            for i, (x, y) in enumerate(placed)
        ]
        frames.append({"x": x0, "x2": x0 + side, "y": y0, "y2": y0 + side})
        marks.append({"x": x0 + side / 2, "y": y0 + side / 2, "what": "cross", "verdict": cell.verdict})
        marks.append({"x": float(placed[0][0]), "y": float(placed[0][1]), "what": "circle", "verdict": cell.verdict})
        texts.append({"x": x0 + side / 2, "y": y0 + side + 8, "text": cell.verdict, "align": "center"})
    heads = [{"x": left + i * wide + side / 2, "y": 8, "text": name} for i, name in enumerate(penalties)]
    names = [{"x": left - 8, "y": top + i * high + side / 2, "text": name} for i, name in enumerate(losses)]
    width, height = left + len(penalties) * wide, top + len(losses) * high
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, width], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], nice=False, reverse=True), axis=None)
    tone = alt.Color("verdict:N", scale=alt.Scale(domain=list(TONES), range=list(TONES.values())), legend=None)
    shape = alt.Shape("what:N", scale=None)

    def written(rows: Sequence[dict[str, Any]], size: float, **mark: Any) -> alt.Chart:
        return (
            _data(rows).mark_text(fontSize=size, color=MUTED, baseline="middle", **mark).encode(x=x, y=y, text="text:N")
        )

    chart = alt.layer(
        _data(frames).mark_rect(filled=False, stroke=MUTED, strokeOpacity=0.4).encode(x=x, x2="x2:Q", y=y, y2="y2:Q"),
        _data(lines).mark_line(strokeWidth=1.3).encode(x=x, y=y, order="order:Q", detail="pair:N", color=tone),
        _data(marks).mark_point(filled=False, size=26, opacity=1).encode(x=x, y=y, shape=shape, color=tone),
        written(texts, 10.5),
        written(heads, 11.5, fontWeight="bold"),
        written(names, 11.5, fontWeight="bold", align="right"),
    ).properties(width=width, height=height, description=words, view=alt.ViewConfig(stroke=None))
    return finished(chart)  # type: ignore[return-value]
