"""A report's pictures, read back by Pillow, an XML parser and a PDF reader."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import altair as alt
import numpy as np
import pytest
from hostile import hostile

from gancore.analysis import curves
from gancore.config import ConfigError
from gancore.figures import FAKE, verdicts
from gancore.figures.colours import colours_of, dashes_of
from gancore.figures.grid import REAL_PALE, Panel, curve_grid, grid
from gancore.figures.placing import Places, broken, one_line, printed, wrapped
from gancore.report import FIGURES, FORMATS, Report, write_report
from gancore.report.pictures import note_of, places_of, spec_of
from gancore.store import Store
from gancore.studies import Study, load_study, parse_study
from gancore.words import percent

NAMES = ["<script>alert(1)</script>", "=1+1 | 50% & a_b", "\"quoted\" 'too' 😀", "not {there} yet"]
HOSTILE = hostile(NAMES, question="Do = names | survive?", never='"batch_size" = 77', claim="Names <i>help</i> | =1+1")
SHOWN = {"effects": NAMES[1:3], "verdicts": [*NAMES[:2], "Names <i>help</i> | =1+1"]}
"""What a part shows of the names, where not all of them."""
HALF = """
name = "half"
title = "Half"
question = "Which?"
seeds = 2
design = "half"
base.dataset.kind = "circle"
factors.update = {path = "update.kind", levels = ["separate", "combined"]}
factors.batch = {path = "batch_size", levels = [32, 256]}
factors.generator = {path = "generator.hidden", levels = [[64, 128], [16, 32]]}
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return Store.open(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def hostile(store) -> Report:
    study = parse_study(HOSTILE)
    return Report(store, study, study.seeds)


def report_of(store: Store, name: str, part: str = "grid") -> Report:
    study = load_study(name)
    return Report(store, study, study.seeds, part=part)


def written(report: Report, path: Path, part: str) -> Path:
    write_report(replace(report, part=part), path, FORMATS[path.suffix[1:]])
    return path


def squeezed(text: str) -> str:
    """Text without spaces, since pictures break lines."""
    return "".join(text.split())


def luminance(colour: str) -> float:
    """How bright a colour is in greyscale, 0 to 1 (Rec. 709, linear)."""
    red, green, blue = ((int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("part", FIGURES)
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


@pytest.mark.parametrize("part", FIGURES)
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


@pytest.mark.parametrize("part", FIGURES)
def test_svg_is_one_image_with_a_title_and_a_description(hostile, tmp_path, part):
    tree = ElementTree.fromstring(written(hostile, tmp_path / "a.svg", part).read_text("utf-8"))
    assert tree.get("role") == "img"
    title, described = list(tree)[:2]
    assert [title.tag.rsplit("}")[-1], described.tag.rsplit("}")[-1]] == ["title", "desc"]
    assert title.text == f'<b>Names</b> & "quotes" | 😀: {part}'
    assert part == "curves" or NAMES[1] in (described.text or "")
    assert len(described.text or "") > 60


@pytest.mark.parametrize("part", FIGURES)
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
    for part in FIGURES:
        assert written(report, tmp_path / f"{part}.pdf", part).stat().st_size < 1_000_000
        assert written(report, tmp_path / f"{part}.svg", part).stat().st_size < 3_000_000


def test_a_factorial_is_a_table_of_levels_and_other_studies_follow_each_other(store):
    places = places_of(load_study("four-fixes"))
    assert (len(places.rows), len(places.columns), len(set(places.at.values()))) == (4, 4, 16)
    assert places.rows[places.at["combined-update"][0]] == "combined update, batch 32"
    assert places.columns[places.at["combined-update"][1]] == "generator 64-128, radius 1"
    plain = places_of(load_study("first-fixes"))
    assert not any(plain.rows + plain.columns)
    assert list(plain.at.values()) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
    several = places_of(load_study("four-distributions"))
    assert {len(several.rows), len(several.columns)} == {4}
    assert "Two moons" in several.rows


def test_wide_tables_are_turned_so_that_the_page_holds_them():
    levels = ", ".join(str(2**n) for n in range(3, 13))
    study = parse_study(
        'name = "wide"\ntitle = "Wide"\nquestion = "?"\nfactors.update = {path = "update.kind", '
        f'levels = ["separate", "combined"]}}\nfactors.batch = {{path = "batch_size", levels = [{levels}]}}\n'
    )
    places = places_of(study)
    assert (len(places.rows), len(places.columns)) == (10, 2)
    assert places.rows[places.at[study.variants[0].name][0]] == "batch 8"


def test_crowded_tables_name_every_row_and_column_whole():
    rows = tuple(f"separate updates, batch 32, generator {n}" for n in range(8))
    places = Places(rows, tuple(f"learning rate (generator) 0.0{n}" for n in range(8)), {"a": (7, 7)})
    spec = grid([Panel("a", "its title", "", np.zeros((1, 2)), None)], places).to_dict()
    (head,) = heads(spec)
    assert head["row"][2:].replace("\n", " ") == rows[7]
    assert head["column"][2:].replace("\n", " ") == places.columns[7]
    assert "its title" not in str(head)


def heads(spec: dict) -> list[dict]:
    return [row for rows in spec["datasets"].values() for row in rows if row.get("kind") == "head"]


def dots(spec: dict, kind: str) -> list[dict]:
    return [row for rows in spec["datasets"].values() for row in rows if row.get("kind") == kind]


def test_cells_outside_a_fraction_stay_blank_and_missing_runs_have_a_labelled_frame(store):
    study = parse_study(HALF)
    spec = spec_of(Report(store, study, 2), vector=True)
    assert len(places_of(study).rows) * len(places_of(study).columns) == 8
    assert len(heads(spec)) == 4
    trained = sum(any(run is not None for run in runs) for runs in Report(store, study, 2).runs.values())
    assert sum(row["empty"] == "not trained" for row in heads(spec)) == 4 - trained


def test_panels_say_which_seed_and_how_good_and_what_is_missing(hostile):
    spec = spec_of(hostile, vector=True)
    run = hostile.picked["baseline"]
    head = next(row for row in heads(spec) if "script" in str(row))
    words = " ".join(head[name] for name in sorted(head, reverse=True) if name.startswith("line"))
    assert (
        f"seed {run.config.seed}: {percent(run.metrics['near'])} near, {percent(run.metrics['coverage'])} covered"
        in words
    )
    missing = next(row for row in heads(spec) if row["empty"])
    assert "not {there} yet" in str(missing)
    assert not [row for row in dots(spec, "real") if (row["row"], row["column"]) == (missing["row"], missing["column"])]
    assert "4 of 16 runs are not trained" in squeezed_title(spec)


@pytest.mark.parametrize(
    ("pick", "words"),
    [("median", "The median of 4 seeds of each"), ("worst", "The worst of 4"), ("2", "Seed 2 of each")],
)
def test_a_grid_says_whose_points_it_shows(hostile, pick, words):
    report = replace(hostile, pick=pick)
    assert squeezed_title(spec_of(report, vector=True)).startswith(words)


def test_a_share_just_below_one_is_not_rounded_up(hostile):
    run = hostile.picked["baseline"]
    assert note_of(run, 0.996, 0.004).endswith(": >99% near, <1% covered")


def squeezed_title(spec: dict) -> str:
    return " ".join(spec["title"]["subtitle"])


def test_all_panels_have_the_same_square_axes_and_few_points_in_vectors(store):
    report = report_of(store, "four-fixes")
    spec = spec_of(report, vector=True)
    inner = spec["spec"]
    assert inner["width"] == inner["height"]
    domains = [layer["encoding"][axis]["scale"]["domain"] for layer in inner["layer"][1:3] for axis in "xy"]
    assert all(domain == domains[0] for domain in domains)
    assert "resolve" not in spec
    real, fake = dots(spec, "real"), dots(spec, "generated")
    assert len(real) + len(fake) <= 9000
    half = domains[0][1]
    assert max(abs(row[axis]) for row in real + fake for axis in "xy") <= half
    assert len(dots(spec_of(report, vector=False), "real")) > len(real)


def test_real_and_generated_differ_in_greyscale_and_in_shape(hostile):
    assert luminance(REAL_PALE) - luminance(FAKE) > 0.2
    layer = spec_of(hostile, vector=True)["spec"]["layer"][1]
    assert layer["encoding"]["shape"]["scale"]["range"] == ["circle", "diamond"]


def test_many_rows_need_no_change_of_altairs_settings(store):
    before = (alt.data_transformers.active, dict(alt.data_transformers.options))
    spec = spec_of(report_of(store, "four-fixes"), vector=False)
    assert sum(map(len, spec["datasets"].values())) > 5000
    assert (alt.data_transformers.active, dict(alt.data_transformers.options)) == before


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
    assert "In colour the median of 10 seeds" in " ".join(spec["title"]["subtitle"])


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


def words_of(spec: dict, kind: str) -> list[str]:
    return [row["text"] for rows in spec["datasets"].values() for row in rows if row.get("kind") == kind]


def intervals(spec: dict) -> list[dict]:
    return [row for rows in spec["datasets"].values() for row in rows if "estimate" in row and "end" not in row]


def test_verdicts_are_those_of_the_analysis_with_the_interval_that_decides_set_off(store):
    report = report_of(store, "four-fixes", "verdicts")
    spec = spec_of(report, vector=True)
    known = report.analysis.claims
    assert words_of(spec, "verdict") == [claim.verdict for claim in known]
    assert words_of(spec, "beside").count("added alone") == words_of(spec, "beside").count("on average") == 4
    deciding = [row for row in intervals(spec) if row["decides"]]
    assert {row["estimate"] for row in deciding} == {claim.deciding.estimate for claim in known}
    others = [row for row in intervals(spec) if not row["decides"]]
    assert min(row["thick"] for row in deciding) > max(row["thick"] for row in others)
    said = " ".join(words_of(spec, "claim"))
    assert all(claim.text in said for claim in known)
    assert "10 seeds, learned 0 of 80 → 21 of 80" in words_of(spec, "note")
    assert "change of w1_excess (lower is better)" in str(spec)
    assert words_of(spec, "left")[0] == "← as claimed"


def test_verdicts_differ_in_their_words_and_shapes_and_not_in_colour_alone():
    assert len({*verdicts.SHAPES}) == len({*verdicts.COLOURS.values()}) == len(verdicts.COLOURS) == 3
    for verdict, colour in verdicts.DEEP.items():
        light, dark = luminance(verdicts.SHADES[verdict]), luminance(colour)
        assert (light + 0.05) / (dark + 0.05) > 4.5


def test_verdicts_of_several_datasets_have_a_line_each_and_the_verdict_over_all(store):
    report = report_of(store, "four-distributions", "verdicts")
    spec = spec_of(report, vector=True)
    overall = [claim.verdict for claim in report.analysis.claims if claim.dataset == "overall"]
    assert words_of(spec, "verdict") == overall and len(overall) == 3
    for name in ("Parabola", "Circle", "Two moons", "Swiss roll", "All datasets together"):
        assert words_of(spec, "beside").count(name) == 3
    assert sum(row["decides"] for row in intervals(spec)) == 3


def test_claims_of_another_metric_or_direction_have_an_axis_of_their_own(store):
    claims = [("w1_excess", "lower"), ("coverage", "higher"), ("coverage", "lower")]
    text = HALF.replace('"half"\n', '"whole"\n', 1).replace('design = "half"\n', "") + "".join(
        f'[[claim]]\ntext = "{metric} is {way}"\nfactor = "batch"\nlevel = 256\nmetric = "{metric}"\n'
        f'direction = "{way}"\n'
        for metric, way in claims
    )
    spec = spec_of(Report(store, parse_study(text), 2, part="verdicts"), vector=True)
    assert len(spec["vconcat"]) == 3 and len({chart["width"] for chart in spec["vconcat"]}) == 1
    assert "change of coverage (higher is better)" in str(spec["vconcat"][1])
    assert sorted(words_of(spec, "left")) == ["← against it", "← as claimed"]  # rows that are the same are kept once
    assert words_of(spec, "claim") == ["1. w1_excess is lower", "2. coverage is higher", "3. coverage is lower"]


def test_a_claim_without_runs_says_so_and_a_study_without_claims_is_refused(store):
    claim = '[[claim]]\ntext = "t"\nfrom = "baseline"\nto = "never"\n'
    study = parse_study(HOSTILE + claim)
    spec = spec_of(Report(store, study, 4, part="verdicts"), vector=True)
    assert words_of(spec, "inside") == ["no seed has every run that this needs"]
    with pytest.raises(ConfigError, match="'verdicts' cannot be drawn; first-fixes states no claim to judge, so add a"):
        spec_of(report_of(store, "first-fixes", "verdicts"), vector=True)


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
    spec = grid([Panel("a", "a", "", real, fake)], wrapped(["a"])).to_dict()
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
