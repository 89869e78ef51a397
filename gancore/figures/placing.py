"""Where panels stand on a printed page, what is written above and beside them, and how they repeat."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import altair as alt

WIDTH = 504
"""Points (1/72 inch) across: 7 inches, the width of a printed page's text."""
GAP, LINE = 9, 8.5
"""Points between panels, and from line to line of what stands above them."""
SMALL, LARGE = 7, 8
"""Font sizes in points."""
INK, GREY, FAINT = "#1f2937", "#5b6470", "#b6bcc6"


@dataclass(frozen=True)
class Places:
    """A table of panels."""

    rows: tuple[str, ...]
    """Words at the left of each row; all empty where the panels simply follow each other."""
    columns: tuple[str, ...]
    """Words above each column, or empty ones."""
    at: Mapping[str, tuple[int, int]]
    """Variant name → row and column."""

    @property
    def crowded(self) -> bool:
        """Whether panels are so small that only the words beside rows and columns name them."""
        return len(self.columns) > 6 and any(self.columns)


class Heads(NamedTuple):
    """What stands above every panel."""

    lines: dict[str, dict[str, str]]
    """Variant name → line0, line1, … from the panel up, as many for each."""
    notes: int
    """How many of the lines are notes; titles stand above them."""
    titles: int


def wrapped(names: Sequence[str]) -> Places:
    """Places for panels that follow each other, about as many down as across."""
    count = max(1, len(names))
    across = count if count <= 3 else math.ceil(math.sqrt(count))
    at = {name: divmod(i, across) for i, name in enumerate(names)}
    return Places(("",) * math.ceil(count / across), ("",) * across, at)


def one_line(text: str) -> str:
    """Text without line breaks and control characters, which neither a picture nor a table can hold.

    Nor can it hold half of a pair, or what is no character in XML.
    """
    left_out = ("Cc", "Cs")
    return " ".join(
        "".join(" " if unicodedata.category(c) in left_out or c in "\ufffe\uffff" else c for c in text).split()
    )


def broken(text: str, width: float, size: float = LARGE, most: int = 3) -> list[str]:
    """Text in at most so many lines of about this width, the last one cut where there is more."""
    across = max(4, int(width / (0.49 * size)))
    return textwrap.wrap(one_line(text), across, max_lines=most, placeholder=" …")


def side_of(places: Places) -> int:
    """The width of a panel, so that all columns and what stands beside them fit the page."""
    beside = 26 + ((5 if places.crowded else 3) * LINE if any(places.rows) else 0)
    across = len(places.columns)
    return math.floor(min(200, (WIDTH - beside - GAP * (across - 1)) / across))


def where(places: Places, name: str, height: float) -> dict[str, str]:
    """A panel's row and column as facets are sorted by: two digits, and behind them the words."""
    row, column = places.at[name]
    down = broken(places.rows[row], height + GAP, LARGE, 4 if places.crowded else 2)
    along = broken(places.columns[column], side_of(places) + GAP, LARGE, 6)
    return {"row": f"{row:02d}" + "\n".join(down), "column": f"{column:02d}" + "\n".join(along)}


def heads(places: Places, said: Mapping[str, tuple[str, str]]) -> Heads:
    """Lines for every panel from its title and its note."""
    side = side_of(places)
    wide = {
        name: (broken("" if places.crowded else title, side + 4, SMALL), broken(note, side + 4, SMALL))
        for name, (title, note) in said.items()
    }
    titles, notes = (max((len(pair[i]) for pair in wide.values()), default=0) for i in (0, 1))
    lines = {}
    for name, (title, note) in wide.items():
        stacked = [*[""] * (notes - len(note)), *reversed(note), *reversed(title), *[""] * (titles - len(title))]
        lines[name] = {f"line{i}": text for i, text in enumerate(stacked)}
    return Heads(lines, notes, titles)


def head_layers(above: Heads, side: float) -> list[alt.Chart]:
    """The lines above a panel: a layer each, since text with several lines always hangs from its first."""
    return [
        head_text(f"line{i}", GREY if i < above.notes else INK, align="left", limit=side + GAP - 2).encode(
            x=alt.value(0), y=alt.value(-6 - LINE * i)
        )
        for i in range(above.notes + above.titles)
    ]


def head_text(field: str, colour: str, **mark: Any) -> alt.Chart:
    """A field of the rows of kind ``head`` as small text."""
    return (
        alt.Chart()
        .transform_filter("datum.kind == 'head'")
        .mark_text(fontSize=SMALL, color=colour, aria=False, **mark)
        .encode(text=f"{field}:N")
    )


def faceted(
    layers: Sequence[alt.Chart], records: list[dict[str, Any]], places: Places, width: float, height: float
) -> alt.FacetChart:
    """The layers once a place. The rows are inline, so that no process-wide limit of Altair's applies to them."""

    def header(shown: Sequence[str], **place: Any) -> alt.Header:
        words = "split(slice(datum.label, 2), '\\n')"
        common = {"title": None, "labelFontSize": LARGE, "labelColor": INK, "labelLineHeight": LARGE + 2}
        return alt.Header(labels=any(shown), labelExpr=words, labelPadding=5, **common, **place)

    # A frame of one's own: a place without a panel has none.
    frame = (
        alt.Chart()
        .transform_filter("datum.kind == 'head'")
        .mark_rect(filled=False, stroke=FAINT, strokeWidth=0.6, aria=False)
        .encode(x=alt.value(0), x2=alt.value(width), y=alt.value(0), y2=alt.value(height))
    )
    return (
        alt.layer(frame, *layers)
        .properties(width=width, height=height)
        .facet(
            data=alt.InlineData(records),
            row=alt.Row("row:N", header=header(places.rows, labelAngle=-90, labelOrient="left")),
            column=alt.Column("column:N", header=header(places.columns)),
            spacing={"row": GAP, "column": GAP},
        )
    )


def printed(chart: Any, title: str = "", subtitle: str = "") -> Any:
    """A chart on white, with fonts for a picture 7 inches wide."""
    if title:
        chart = chart.properties(title=heading(title, subtitle))
    return (
        chart.configure(background="white", padding=4)
        .configure_view(stroke=None)
        .configure_axis(
            domain=False,
            gridColor="#e3e6eb",
            gridWidth=0.6,
            labelColor=GREY,
            labelFontSize=SMALL - 0.5,
            labelPadding=2,
            tickColor=FAINT,
            tickSize=2.5,
            tickWidth=0.6,
            titleColor=INK,
            titleFontSize=LARGE,
            titleFontWeight="normal",
        )
        .configure_legend(labelColor=INK, labelFontSize=LARGE)
    )


def heading(title: str, subtitle: str = "", size: float = LARGE + 2) -> alt.TitleParams:
    """A title that breaks where the page ends."""
    return alt.TitleParams(
        broken(title, 0.9 * WIDTH, size, 3),
        subtitle=broken(subtitle, WIDTH, SMALL + 0.5, 5),
        fontSize=size,
        subtitleFontSize=SMALL + 0.5,
        subtitleColor=GREY,
        subtitleLineHeight=LARGE + 2,
        color=INK,
        anchor="start",
        frame="bounds",
        offset=6,
    )
