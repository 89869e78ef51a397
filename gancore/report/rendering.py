"""Charts as SVG, PNG and PDF, whatever characters a study's text has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from gancore.config import ConfigError
from gancore.figures.placing import one_line
from gancore.words import short

if TYPE_CHECKING:
    import altair as alt

INK = "#767b85"
"""Text in charts; in a page it takes the colour of the text around it, so that it reads on light and dark."""
PPI = 300
"""Dots an inch of a PNG."""
POINTS_AN_INCH = 72
"""A specification's unit, of which a printed picture's width and the pages of a PDF are made."""
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML does not have; one of them in a text would end the converter and this process with it."""


def printed_svg(spec: Mapping[str, Any], title: str) -> str:
    """A Vega-Lite specification as an SVG file of the size in inches that its PNG and PDF have.

    The converter writes sizes without a unit, which browsers, Inkscape, Word and LaTeX take for 1/96 of an inch,
    where the PDF of the same specification has 1/72.
    """

    def inches(size: re.Match[str]) -> str:
        return f'{size[1]}="{short(float(size[2]) / POINTS_AN_INCH, 6)}in"'

    made = svg(spec, title)
    root = re.match("<svg[^>]*>", made)
    assert root is not None
    return re.sub(r'\b(width|height)="([\d.]+)(?:px)?"', inches, root[0]) + made[root.end() :]


def svg(spec: Mapping[str, Any], title: str) -> str:
    """A Vega-Lite specification as one SVG image with a title and, from the specification, a description.

    The converter leaves the description out of what it writes.
    """
    import vl_convert

    made = vl_convert.vegalite_to_svg(_with_text(spec, _drawable))
    said = f"<title>{_text(title)}</title><desc>{_text(str(spec.get('description', '')))}</desc>"
    return re.sub(r"^<svg\b([^>]*)>", lambda root: f'<svg{root[1]} role="img">{said}', made, count=1)


def svg_in_page(chart: alt.Chart | alt.LayerChart, name: str, title: str) -> str:
    """A chart to stand in a page: text in the page's colour, ids that no other chart of the page has."""
    spec: dict[str, Any] = chart.to_dict()
    inked = {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12}
    settings = spec.setdefault("config", {})
    for key in ("axis", "legend"):
        settings[key] = settings.get(key, {}) | inked
    made = svg(spec, title).replace(f'"{INK}"', '"currentColor"')
    return re.sub(r'(<clipPath id="|"url\(#)', rf"\g<1>{name}-", made)


def png(spec: Mapping[str, Any]) -> bytes:
    """A Vega-Lite specification as dots."""
    import vl_convert

    return vl_convert.vegalite_to_png(_with_text(spec, _drawable), ppi=PPI)


def pdf(spec: Mapping[str, Any]) -> bytes:
    """A Vega-Lite specification as a page. Raises ConfigError where the machine's fonts do not allow it.

    A font of coloured emoji cannot be part of a PDF: where the text needs one, its pictograms become boxes.
    """
    import vl_convert

    try:
        return vl_convert.vegalite_to_pdf(_with_text(spec, _drawable))
    except ValueError:
        try:
            return vl_convert.vegalite_to_pdf(_with_text(spec, _without_pictograms))
        except ValueError as error:
            reason = str(error).splitlines()[-1]
            raise ConfigError(f"--format: 'pdf' cannot hold this text ({reason}); use png or svg") from None


def _with_text(part: Any, change: Callable[[str], str]) -> Any:
    """A specification with all its text changed."""
    if isinstance(part, str):
        return change(part)
    if isinstance(part, Mapping):
        return {key: _with_text(value, change) for key, value in part.items()}
    return [_with_text(value, change) for value in part] if isinstance(part, list | tuple) else part


def _drawable(text: str) -> str:
    return NOT_XML.sub(" ", text)


def _without_pictograms(text: str) -> str:
    return "".join(
        "□" if c > "\uffff" or unicodedata.category(c) in ("So", "Me") else c
        for c in _drawable(text)
        if c not in "\ufe0f\u200d"  # which join or vary them
    )


def _text(words: str) -> str:
    """Words for an element of XML."""
    return escape(one_line(_drawable(words)))
