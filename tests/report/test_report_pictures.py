"""A report's pictures, read back by Pillow, an XML parser and a PDF reader."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support import pictures
from support.pictures import NAMES, dots, report_of

from gancore.analysis import curves
from gancore.config import ConfigError
from gancore.figures.colours import colours_of, dashes_of
from gancore.figures.grid import Panel, curve_grid, grid
from gancore.figures.placing import broken, one_line, printed, wrapped
from gancore.figures.reals import Reals
from gancore.report import FIGURES, FORMATS, Report, figures_for, write_report
from gancore.report.pictures import spec_of
from gancore.studies import Study, load_study, parse_study

store = pictures.store
hostile = pictures.hostile


PARTS = [part for part in FIGURES if part != "surface"]
"""What suits a study that varies no numbers."""
SHOWN = {"effects": NAMES[1:3], "verdicts": [*NAMES[:2], "Names <i>help</i> | =1+1"]}
"""What a part shows of the names, where not all of them."""


def written(report: Report, path: Path, part: str) -> Path:
    write_report(replace(report, part=part), path, FORMATS[path.suffix[1:]])
    return path


def squeezed(text: str) -> str:
    """Text without spaces, since pictures break lines."""
    return "".join(text.split())


@pytest.mark.parametrize("part", PARTS)
def test_png_is_seven_inches_at_300_dpi_on_white(hostile, tmp_path, part):
    from PIL import Image

    image = Image.open(written(hostile, tmp_path / "a.png", part))
    assert image.info["dpi"] == pytest.approx((300, 300), abs=1)
    assert 5.5 <= image.width / 300 <= 7.2
    pixels = np.asarray(image.convert("RGB")).astype(int)
    assert (pixels[[0, 0, -1, -1], [0, -1, 0, -1]] == 255).all()
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    if part == "grid":
        assert (red > blue + 80).sum() > 5000
    if part in ("grid", "curves"):
        assert (blue > red + 60).sum() > 5000
    assert (red + green + blue < 500).sum() > 1000  # words


@pytest.mark.parametrize("part", PARTS)
def test_svg_holds_every_name_as_text_and_nothing_that_runs(hostile, tmp_path, part):
    text = written(hostile, tmp_path / "a.svg", part).read_text("utf-8")
    tree = ElementTree.fromstring(text)
    tags = {element.tag.rsplit("}")[-1] for element in tree.iter()}
    assert {"script", "foreignObject", "image"}.isdisjoint(tags)
    assert not [name for element in tree.iter() for name in element.attrib if name.lower().startswith("on")]
    said = squeezed("".join(tree.itertext()))
    assert squeezed('<b>Names</b> & "quotes" | 😀') in said
    for name in SHOWN.get(part, NAMES):
        assert squeezed(name) in said
    assert len(text) < 1_500_000


@pytest.mark.parametrize("part", PARTS)
def test_svg_is_one_image_with_a_title_and_a_description(hostile, tmp_path, part):
    tree = ElementTree.fromstring(written(hostile, tmp_path / "a.svg", part).read_text("utf-8"))
    assert tree.get("role") == "img"
    title, described = list(tree)[:2]
    assert [title.tag.rsplit("}")[-1], described.tag.rsplit("}")[-1]] == ["title", "desc"]
    assert title.text == f'<b>Names</b> & "quotes" | 😀: {part}'
    assert part == "curves" or NAMES[1] in (described.text or "")
    assert len(described.text or "") > 60


@pytest.mark.parametrize("part", PARTS)
def test_pdf_is_one_page_with_text_that_can_be_searched(hostile, tmp_path, part):
    from pypdf import PdfReader

    path = written(hostile, tmp_path / "a.pdf", part)
    (page,) = PdfReader(path).pages
    assert 5.5 * 72 <= float(page.mediabox.width) <= 7.2 * 72
    said = squeezed(page.extract_text())
    for name in SHOWN.get(part, NAMES):
        assert squeezed(name.replace("😀", "")) in said  # a pictogram is text only where a font has it as a shape
    assert path.stat().st_size < 3_000_000


@pytest.mark.slow
def test_sixteen_variants_stay_small(store, tmp_path):
    report = report_of(store, "four-fixes")
    for part in figures_for(report.study):
        assert written(report, tmp_path / f"{part}.pdf", part).stat().st_size < 1_000_000
        assert written(report, tmp_path / f"{part}.svg", part).stat().st_size < 3_000_000


def test_curves_show_the_median_and_range_of_each_variant_over_the_others(store):
    study = load_study("first-fixes")
    frame = curves(store, study, 4)
    names = [variant.name for variant in study.variants]
    chart = curve_grid(frame, "d_acc", wrapped(names), dict.fromkeys(names, "x"), dict.fromkeys(names, 10_000))
    spec = printed(chart).to_dict()
    rows = [row for row in dots(spec, "run") if row["of"] == "batch-256"]
    last = rows[-1]
    values = frame.loc[(frame["variant"] == "batch-256") & (frame["step"] == last["step"]), "d_acc"]
    assert (last["middle"], last["low"], last["high"]) == pytest.approx(
        (values.median(), values.min(), values.max()), rel=1e-4
    )
    assert (
        len({row["of"] for rows in spec["datasets"].values() for row in rows if "of" in row and "kind" not in row}) == 5
    )
    assert "by training step" in " ".join(spec["title"]["text"])


def test_curves_have_the_colours_and_dashes_that_variants_have_everywhere(store):
    report = report_of(store, "four-fixes", "curves")
    spec = spec_of(report, vector=True)
    names = [variant.name for variant in report.study.variants]
    layers = [layer["encoding"] for chart in spec["vconcat"] for layer in chart["spec"]["layer"]]
    for part, wanted in (("color", colours_of(names)), ("strokeDash", dashes_of(names))):
        scales = [layer[part]["scale"] for layer in layers if part in layer]
        assert len(scales) >= 2
        assert all(dict(zip(scale["domain"], scale["range"], strict=True)) == wanted for scale in scales)
    assert "In colour the median of 40 seeds" in " ".join(spec["title"]["subtitle"])


def test_curves_of_different_lengths_share_an_axis_of_shares(store):
    spec = spec_of(report_of(store, "four-fixes-controls", "curves"), vector=True)
    ends = {row["of"]: row["step"] for row in dots(spec, "run")}
    assert set(ends.values()) == {100.0}
    assert "share of the training steps" in str(spec["vconcat"][0]["title"])


def test_effects_have_a_chart_a_dataset(store):
    report = report_of(store, "four-distributions", "effects")
    spec = spec_of(report, vector=True)
    titles = [chart["title"]["text"] for chart in spec["vconcat"]]
    assert titles == ["Parabola", "Circle", "Two moons", "Swiss roll", "All datasets together"]
    row = next(row for row in report.analysis.effects if row.dataset == "moons")
    shown = [r for rows in spec["datasets"].values() for r in rows if r.get("estimate") == row.estimate]
    assert shown[0]["effect"].replace("\n", " ") == row.label


def test_effects_of_one_variant_are_refused(store):
    text = 'name = "one"\ntitle = "One"\nquestion = "?"\nseeds = 4\nbase.dataset.kind = "circle"\n'
    report = Report(store, parse_study(text), 4, part="effects")
    with pytest.raises(ConfigError, match="'effects' cannot be drawn; one has no runs of two variants"):
        spec_of(report, vector=False)


def test_text_that_no_file_can_hold_is_left_out_and_emoji_do_not_stop_a_pdf(store, tmp_path):
    from pypdf import PdfReader

    study = study_of(["a\ufffeb", "pictograms ✅ 🎯 1️⃣", "half"])
    report = Report(store, replace(study, title="No\uffff character \x01, and 🎈"), 4)
    for part in ("grid", "effects"):
        tree = ElementTree.fromstring(written(report, tmp_path / "a.svg", part).read_text("utf-8"))
        assert "No character , and 🎈" in "".join(tree.itertext())
        (page,) = PdfReader(written(report, tmp_path / "a.pdf", part)).pages
        assert "pictograms" in page.extract_text()
    assert one_line("a\ufffeb\x00c\ud800") == "a b c"


def test_an_unknown_part_is_refused_with_those_there_are(hostile):
    with pytest.raises(ConfigError, match="'pie' is not part of a picture; use one of grid, curves, effects, verdicts"):
        spec_of(replace(hostile, part="pie"), vector=False)


def test_points_far_out_or_not_finite_do_not_move_the_axes():
    real = np.array([[1.0, 0.0], [-1.0, 0.5]])
    fake = np.array([[np.nan, 0], [np.inf, 0], [1e9, 0], [0.25, 0.125]])
    spec = grid([Panel("a", "a", "", Reals(real, real), fake)], wrapped(["a"])).to_dict()
    assert [(row["x"], row["y"]) for row in dots(spec, "generated")] == [(0.25, 0.125)]


def test_text_is_one_line_without_control_characters_and_breaks_where_the_page_ends():
    assert one_line("a\tb\r\n c\x00d") == "a b c d"
    lines = broken("word " * 100, 100, 8, 3)
    assert len(lines) == 3 and lines[-1].endswith("…")


def study_of(labels: list[str]) -> Study:
    lines = ['name = "long"', 'title = "Long"', 'question = "?"', "seeds = 4", 'base.dataset.kind = "circle"']
    changes = ["", '"update.kind" = "combined"', '"batch_size" = 256']
    for i, label in enumerate(labels):
        lines += ["[[variant]]", f'name = "v{i}"', f"label = '{label}'", f"set = {{{changes[i]}}}"]
    return parse_study("\n".join(lines))


def test_effects_with_long_labels_that_start_alike_stay_apart(store):
    study = study_of(["a", "long " * 20 + "one", "long " * 20 + "two"])
    spec = spec_of(Report(store, study, 4, part="effects"), vector=True)
    rows = next(rows for rows in spec["datasets"].values() if "estimate" in rows[0])
    assert len({row["effect"] for row in rows}) == 2
