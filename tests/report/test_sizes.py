"""A printed picture has one size, whatever kind of file it is."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import altair as alt
import pypdf
import pytest
from PIL import Image

from gancore.figures.placing import WIDTH
from gancore.report import Report, write_report
from gancore.report.base import FORMATS
from gancore.report.rendering import svg_in_page
from gancore.store import Store
from gancore.studies import load_study

INCHES = {
    "svg": lambda path: _svg_size(path.read_text("utf-8")),
    "pdf": lambda path: tuple(float(side) / 72 for side in pypdf.PdfReader(path).pages[0].mediabox[2:]),
    "png": lambda path: _png_size(path),
}


def _svg_size(text: str) -> tuple[float, float]:
    """A file's size as a browser, Inkscape and Word take it: a length without a unit is 1/96 of an inch."""
    root = ElementTree.fromstring(text)
    found = []
    for name in ("width", "height"):
        number, unit = re.fullmatch(r"([\d.]+)([a-z]*)", root.attrib[name]).groups()  # type: ignore[union-attr]
        found.append(float(number) * {"in": 1, "pt": 1 / 72, "mm": 1 / 25.4, "px": 1 / 96, "": 1 / 96}[unit])
    return found[0], found[1]


def _png_size(path: Path) -> tuple[float, float]:
    with Image.open(path) as image:
        return image.size[0] / image.info["dpi"][0], image.size[1] / image.info["dpi"][1]


@pytest.mark.parametrize("part", ["grid", "verdicts"])
def test_svg_pdf_and_png_are_of_one_size_seven_inches_wide(tmp_path: Path, part: str) -> None:
    store = Store.open(tmp_path / "store")
    report = Report(store, load_study("circle-vs-parabola" if part == "grid" else "four-fixes"), 4, part=part)
    sizes = {}
    for kind, read in INCHES.items():
        path = tmp_path / f"picture.{kind}"
        write_report(report, path, FORMATS[kind])
        sizes[kind] = read(path)
    assert sizes["svg"] == pytest.approx(sizes["pdf"], abs=0.02)
    assert sizes["png"] == pytest.approx(sizes["pdf"], abs=0.02)
    assert part == "grid" or sizes["svg"][0] == pytest.approx(WIDTH / 72, abs=0.02)


def test_the_picture_that_the_readme_shows_has_its_size_in_inches() -> None:
    shipped = Path(__file__).parents[2] / "gancore/gallery/four-fixes-verdicts.svg"
    assert _svg_size(shipped.read_text("utf-8"))[0] == pytest.approx(7, abs=0.02)


def test_a_chart_in_a_page_keeps_the_pixels_of_the_page() -> None:
    chart = alt.Chart(alt.InlineData([{"x": 1}])).mark_point().encode(x="x:Q").properties(width=200, height=100)
    root = ElementTree.fromstring(svg_in_page(chart, "one", "One"))
    assert re.fullmatch(r"[\d.]+", root.attrib["width"])
