"""Pictures of the Dirac GAN: charts of what was seen, and files of them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import altair as alt

from gancore.dirac import Seen, field, measured, title
from gancore.figures.dirac import Cell, lattice, pairs_grid, portrait, reach_of
from gancore.figures.placing import printed
from gancore.report.rendering import png, printed_svg


def portrait_chart(one: Seen, slider: bool = True, side: int = 320) -> alt.VConcatChart:
    """The plane, the line of data and the distances of one trajectory; see ``figures.dirac.portrait``."""
    places = lattice(reach_of(one.path))
    words = f"Phase portrait of the Dirac GAN, {title(one)}. {measured(one)}"
    return portrait(one.path, (places, field(one.asked.config, places)), side=side, words=words, slider=slider)


def pairs_chart(found: Sequence[Seen], side: int = 84) -> alt.LayerChart:
    """Every pair's trajectory; see ``figures.dirac.pairs_grid``."""
    cells = [Cell(*kinds_of(one), one.verdict, one.path) for one in found]
    said = "; ".join(f"{cell.loss} with {cell.penalty} {cell.verdict}" for cell in cells)
    return pairs_grid(cells, side=side, words=f"Trajectories of the Dirac GAN. {said}.")


def kinds_of(one: Seen) -> tuple[str, str]:
    """The loss's and the penalty's kind."""
    settings = one.asked.plain()
    return settings["loss"]["kind"], settings["penalty"]["kind"]


def write_chart(chart: Any, path: Path, head: str, below: str) -> None:
    """A chart as a file, by its ending: ``.svg`` and ``.png`` to print, ``.html`` to open without a network."""
    ending = path.suffix.lower()
    if ending == ".html":
        path.write_text(_page(chart, head, below), encoding="utf-8")
        return
    spec = printed(chart, head, below).to_dict()
    if ending == ".svg":
        path.write_text(printed_svg(spec, head), encoding="utf-8")
    else:
        path.write_bytes(png(spec))


STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; }
.vega-embed { display: flex !important; flex-direction: column; overflow-x: auto; }
.vega-bindings { order: -1; padding: 0.4rem 0; }
.vega-bind label, .vega-bind { display: flex; gap: 0.6rem; align-items: center; }
.vega-bind input { width: min(18rem, 60vw); }
"""


def _page(chart: Any, head: str, below: str) -> str:
    """One page with Vega in it, whose text follows the reader's light or dark."""
    ink = {"labelColor": "currentColor", "titleColor": "currentColor"}
    config = chart.config.to_dict(validate=False)
    spec = chart.copy(deep=False)
    spec.config = alt.Config(**{**config, "axis": config["axis"] | ink, "text": {"color": "currentColor"}})
    options = {"renderer": "svg", "actions": False}
    made = spec.to_html(inline=True, embed_options=options, fullhtml=False)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(head)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><h1>{escape(head)}</h1><p>{escape(below)}</p>\n{made}\n</body></html>\n"
    )
