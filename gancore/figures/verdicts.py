"""What became of every claim, for print: its verdict, its text, and its intervals around zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt

from gancore.figures.effects import HARMS, HELPS, OPEN
from gancore.figures.placing import FAINT, GREY, INK, LARGE, SMALL, WIDTH, broken
from gancore.figures.ticks import PLAIN

COLOURS = {"supported": HELPS, "refuted": HARMS, "undecided": OPEN}
SHADES = {"supported": "#e2f3ec", "refuted": "#fbe9e1", "undecided": "#eceff3"}
"""Behind a verdict's word."""
DEEP = {"supported": "#0a6b4c", "refuted": "#a03c00", "undecided": INK}
"""The word itself, which the paler colours would leave hard to read."""
SHAPES = ("circle", "diamond", "cross")
"""As in the picture of the effects, so that a verdict is known without its colour."""
NOTE = 8
"""Lines of a note at most."""
LINE, ROW = 10.5, 13
"""Points from line to line of text, and from interval to interval."""
BETWEEN = 17
"""Points between claims."""
VERDICT, CLAIM, NUMBER = 68, 172, 32
"""Widths of the columns beside the intervals: the verdict, the claim, and each change in figures."""


@dataclass(frozen=True)
class Interval:
    """One view of a claim."""

    words: str
    """What it is a view of: added alone, on average, a dataset."""
    estimate: float
    low: float | None
    high: float | None
    """None where too few seeds leave no interval."""
    verdict: str
    change: str
    """The estimate in words."""
    decides: bool = False
    """Whether the claim's verdict is this one."""


@dataclass(frozen=True)
class Judged:
    """A claim and what the runs say of it."""

    text: str
    verdict: str
    notes: tuple[str, ...]
    """Lines below the text."""
    intervals: tuple[Interval, ...]


@dataclass
class Drawn:
    """What stands where, y in points from the top."""

    texts: list[dict[str, Any]] = field(default_factory=list)
    pills: list[dict[str, Any]] = field(default_factory=list)
    """Behind the verdicts' words."""
    marks: list[dict[str, Any]] = field(default_factory=list)
    """Shapes: those of verdicts, and of estimates with the ends of their intervals."""
    borders: list[dict[str, Any]] = field(default_factory=list)
    """Between claims."""
    height: float = 0.0

    def write(self, kind: str, y: float, text: str, colour: str = INK, bold: bool = False) -> None:
        """Put a line of text in the column of its kind."""
        weight = "bold" if bold else "normal"
        self.texts.append({"kind": kind, "y": y, "text": text, "colour": colour, "weight": weight})


def verdicts(claims: Sequence[Judged], axis: str, beside: float, sides: tuple[str, str]) -> alt.LayerChart:
    """Claims below each other on one axis, to be finished by ``printed``: the verdict, the text, the intervals.

    ``axis``: its title. ``beside``: points for the words beside intervals (see ``beside_of``), so that several such
    charts stand in line. ``sides``: what a change to the left and one to the right of zero means.
    """
    width = WIDTH - 10 - VERDICT - CLAIM - beside - NUMBER
    drawn = _drawn(claims, beside)
    edge = -(VERDICT + CLAIM + beside)
    place = alt.Scale(domain=[0, drawn.height], reverse=True, nice=False, zero=False)
    y = alt.Y("y:Q", scale=place, axis=None)
    colour = alt.Color("colour:N", scale=None, legend=None)
    borders = _rows(drawn.borders).mark_rule(color=FAINT, strokeWidth=0.5, aria=False)
    pills = _rows(drawn.pills).mark_rect(cornerRadius=7, aria=False)
    shapes = _rows([mark for mark in drawn.marks if "estimate" not in mark]).mark_point(filled=True, opacity=1)
    layers: list[alt.Chart] = [
        borders.encode(y=y, x=alt.value(edge), x2=alt.value(width + NUMBER)),
        *_intervals([mark for mark in drawn.marks if "estimate" in mark], axis, y),
        pills.encode(x=alt.value(edge), x2=alt.value(edge + VERDICT - 6), y=y, y2="y2:Q", color=colour),
        shapes.encode(x=alt.value(edge + 8), y=y, color=colour, shape=SHAPE, size=SIZE),
    ]
    columns: dict[str, tuple[float, float, dict[str, Any]]] = {
        "verdict": (edge + 15, LARGE, {"align": "left", "limit": VERDICT - 22}),
        "claim": (edge + VERDICT, LARGE + 0.4, {"align": "left", "limit": CLAIM}),
        "note": (edge + VERDICT, SMALL, {"align": "left", "limit": CLAIM}),
        "beside": (-6, SMALL, {"align": "right", "limit": beside}),
        "change": (width + NUMBER, SMALL, {"align": "right", "limit": NUMBER}),
        "inside": (6, SMALL, {"align": "left", "limit": width}),
        "left": (0, SMALL, {"align": "left"}),
        "right": (width, SMALL, {"align": "right"}),
    }
    for kind, text in zip(("left", "right"), sides, strict=True):
        drawn.write(kind, -8, text, GREY)
    for kind, (at, size, mark) in columns.items():
        for weight in ("normal", "bold"):  # a mark has one weight
            rows = [row for row in drawn.texts if (row["kind"], row["weight"]) == (kind, weight)]
            text = _rows(rows).mark_text(fontSize=size, fontWeight=weight, baseline="middle", aria=False, **mark)
            layers += [text.encode(x=alt.value(at), y=y, text="text:N", color=colour)] if rows else []
    return alt.layer(*layers).properties(width=width, height=drawn.height)  # type: ignore[return-value]


SHAPE = alt.Shape("verdict:N", scale=alt.Scale(domain=list(COLOURS), range=list(SHAPES)), legend=None)
SIZE = alt.Size("size:Q", scale=None, legend=None)


def _drawn(claims: Sequence[Judged], beside: float) -> Drawn:
    """Every claim's lines and intervals, one claim below the other."""
    drawn, top = Drawn(), 0.0
    for number, claim in enumerate(claims):
        if number:
            drawn.borders.append({"y": top - BETWEEN / 2})
        middle = top + ROW / 2
        drawn.pills.append({"y": middle - 7, "y2": middle + 7, "colour": SHADES[claim.verdict]})
        drawn.marks.append(_mark(middle, claim.verdict, 50.0))
        drawn.write("verdict", middle, claim.verdict, DEEP[claim.verdict], bold=True)
        y = middle
        for line in broken(claim.text, CLAIM + 4, LARGE + 0.4, 6):
            drawn.write("claim", y, line)
            y += LINE
        for line in [line for note in claim.notes for line in broken(note, CLAIM - 6, SMALL, NOTE)]:
            drawn.write("note", y, line, GREY)
            y += LINE - 1.5
        for i, one in enumerate(claim.intervals):
            at, ink = middle + ROW * i, INK if one.decides else GREY
            drawn.write("beside", at, broken(one.words, beside, SMALL, 1)[0], ink, one.decides)
            drawn.write("change", at, one.change, ink, one.decides)
            size, thick = (36.0, 3.8) if one.decides else (18.0, 1.3)
            ends = {"estimate": one.estimate, "low": one.low, "high": one.high, "decides": one.decides}
            drawn.marks.append(_mark(at, one.verdict, size) | ends | {"thick": thick})
        if not claim.intervals:
            drawn.write("inside", middle, "no seed has every run that this needs", GREY)
        drawn.height = max(y - LINE / 2, top + ROW * len(claim.intervals))
        top = drawn.height + BETWEEN
    return drawn


def _intervals(marks: Sequence[dict[str, Any]], axis: str, y: alt.Y) -> list[alt.Chart]:
    """A line at zero, and each estimate on its interval."""
    scale = alt.Scale(domain=_domain(marks), nice=False, zero=False)
    ticks = alt.Axis(title=axis, tickCount=5, grid=True, labelExpr=PLAIN, titlePadding=5)
    colour = alt.Color("colour:N", scale=None, legend=None)

    def x(name: str) -> alt.X:
        return alt.X(f"{name}:Q", scale=scale, axis=ticks)

    spread = [mark for mark in marks if mark["low"] is not None]
    # Where the interval that decides is short its mark hides it, but not its ends.
    caps = [mark | {"end": mark[end]} for mark in spread if mark["decides"] for end in ("low", "high")]
    thick = alt.StrokeWidth("thick:Q", scale=None, legend=None)
    lines = _rows(spread).mark_rule(opacity=0.5, aria=False)
    cap = _rows(caps).mark_tick(orient="vertical", size=9, thickness=1.2, opacity=1, aria=False)
    points = _rows(marks).mark_point(filled=True, opacity=1, aria=False)
    return [
        _rows([{"zero": 0.0}]).mark_rule(color=GREY, strokeWidth=0.9, aria=False).encode(x=x("zero")),
        lines.encode(x=x("low"), x2="high:Q", y=y, color=colour, strokeWidth=thick),
        cap.encode(x=x("end"), y=y, color=colour),
        points.encode(x=x("estimate"), y=y, color=colour, shape=SHAPE, size=SIZE),
    ]


def _rows(rows: Sequence[dict[str, Any]]) -> alt.Chart:
    """A chart of inline rows, which no process-wide limit of Altair's applies to."""
    return alt.Chart(alt.InlineData(list(rows)))


def beside_of(claims: Sequence[Judged]) -> float:
    """Points for the words beside intervals, so that the longest fit within bounds."""
    longest = max((len(one.words) for claim in claims for one in claim.intervals), default=0)
    return min(124.0, 0.52 * SMALL * longest + 10)


def _mark(y: float, verdict: str, size: float) -> dict[str, Any]:
    return {"y": y, "verdict": verdict, "colour": COLOURS[verdict], "size": size}


def _domain(marks: Sequence[dict[str, Any]]) -> list[float]:
    """An axis that holds every interval, and on either side of zero something, since both sides mean something."""
    ends = [mark[end] for mark in marks for end in ("estimate", "low", "high") if mark.get(end) is not None]
    reach = max(map(abs, ends), default=1.0) or 1.0
    low, high = min([*ends, -0.25 * reach]), max([*ends, 0.25 * reach])
    return [low - 0.04 * (high - low), high + 0.04 * (high - low)]
