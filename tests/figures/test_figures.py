"""Charts: what is drawn, on which axes, and what they say about themselves."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from support.colours import contrast

from gancore import figures
from gancore.figures.colours import MUTED, OKABE_ITO
from gancore.figures.curves import TITLES
from gancore.figures.effects import DEEPEST, LEVEL_SHAPES, LEVELS, broken, padded, row_step
from gancore.figures.tables import variant_rows

RNG = np.random.default_rng(0)
CIRCLE = np.stack([np.cos(RNG.uniform(0, 7, 10_000)), np.sin(RNG.uniform(0, 7, 10_000))], axis=1).astype(np.float32)
FAKES = (0.5 * RNG.standard_normal((2000, 2))).astype(np.float32)


def history(rows: int = 5) -> pd.DataFrame:
    frame = pd.DataFrame({"step": np.arange(1, rows + 1) * 200})
    for i, name in enumerate(TITLES):
        frame[name] = np.linspace(90, 55, rows) if "acc" in name else np.linspace(0.4, 0.7, rows) + 0.01 * i
    return frame


def data_of(spec: dict) -> list[dict]:
    return [row for rows in spec["datasets"].values() for row in rows]


def test_scatter_thins_to_2000_points_and_says_so() -> None:
    spec = figures.scatter(CIRCLE, FAKES).to_dict()
    rows = data_of(spec)
    assert len(rows) == 2000
    assert sum(row["points"] == "fake" for row in rows) == 500
    assert spec["title"]["text"][0] == "1,500 of 10,000 real, 500 of 2,000 generated, at random"
    alone = figures.scatter(CIRCLE).to_dict()
    assert alone["title"]["text"] == ["2,000 of 10,000 real points, at random"]
    few = figures.scatter(CIRCLE, FAKES[:100], title="seed 0").to_dict()
    assert few["title"]["subtitle"][0] == "1,500 of 10,000 real, all 100 generated, at random"


def test_scatter_says_nothing_about_thinning_when_all_points_are_drawn() -> None:
    spec = figures.scatter(CIRCLE[:300], 0.1 * FAKES[:100]).to_dict()
    assert len(data_of(spec)) == 400
    assert "title" not in spec


def test_thinning_is_the_same_every_time_and_keeps_order() -> None:
    once, again = figures.thinned(CIRCLE, 100), figures.thinned(CIRCLE.copy(), 100)
    assert np.array_equal(once, again)
    assert len(np.unique(once, axis=0)) == 100
    assert figures.thinned(CIRCLE[:50], 100) is not None and len(figures.thinned(CIRCLE[:50], 100)) == 50


def test_fakes_are_drawn_after_reals() -> None:
    kinds = [row["points"] for row in data_of(figures.scatter(CIRCLE[:5], FAKES[:5]).to_dict())]
    assert kinds == ["real"] * 5 + ["fake"] * 5


def test_scatter_is_square_with_the_same_fixed_domain_on_both_axes() -> None:
    near = figures.scatter(CIRCLE, FAKES).to_dict()
    far = figures.scatter(CIRCLE, 100 * FAKES).to_dict()
    for spec in (near, far):
        domains = [spec["encoding"][axis]["scale"]["domain"] for axis in "xy"]
        assert domains == [[-1.25, 1.25], [-1.25, 1.25]] or np.allclose(domains, [[-1.25, 1.25]] * 2, atol=1e-3)
        assert spec["width"] == spec["height"]
        assert spec["autosize"]["type"] == "pad"  # "fit" would shrink the two sides differently
    assert "fakes outside" in far["title"]["text"][-1]


def test_scatter_leaves_out_points_that_are_not_finite() -> None:
    fakes = 0.1 * FAKES[:10]
    fakes[3] = np.nan
    fakes[4] = np.inf
    spec = figures.scatter(CIRCLE[:10], fakes).to_dict()
    assert len(data_of(spec)) == 18
    assert spec["title"]["text"] == ["2 of 10 fakes outside"]
    json.dumps(spec, allow_nan=False)


def test_accuracy_is_in_percent_against_a_line_at_50() -> None:
    spec = figures.accuracy(history(), steps=10_000).to_dict()
    rule, lines = spec["layer"]
    assert rule["mark"]["type"] == "rule" and {"value": 50.0} in data_of(spec)
    low, high = lines["encoding"]["y"]["scale"]["domain"]
    assert -10 < low < 0 and 100 < high < 110  # the frame cuts no line at 0% or 100%
    assert lines["encoding"]["y"]["axis"]["values"] == [0, 50, 100]
    assert "%" in lines["encoding"]["y"]["axis"]["title"]
    assert lines["encoding"]["x"]["scale"]["domain"] == [0, 10_000]
    assert lines["encoding"]["color"]["scale"]["domain"] == ["real", "fake", "both"]
    assert {row["series"] for row in data_of(spec) if "series" in row} == {"real", "fake", "both"}


def test_losses_show_both_networks() -> None:
    spec = figures.losses(history()).to_dict()
    assert {row["series"] for row in data_of(spec)} == {"D real", "D fake", "D both", "generator", "gradient penalty"}


def test_curves_say_first_what_they_are() -> None:
    described = figures.accuracy(history(), title="Circle").to_dict()["description"]
    assert described.startswith("Discriminator accuracy, Circle: at step 1,000: real ")
    assert figures.losses(history()).to_dict()["description"].startswith("Losses: at step 1,000: D real ")


@pytest.mark.parametrize("draw", [figures.accuracy, figures.losses])
def test_curves_of_a_run_without_rows_yet(draw) -> None:
    assert "no rows yet" in draw(history()[:0]).to_dict()["description"]


def many(variants: list[str], seeds: int = 3) -> pd.DataFrame:
    frames = [history().assign(variant=name, seed=seed) for name in variants for seed in range(seeds)]
    frame = pd.concat(frames, ignore_index=True)
    frame["d_acc"] += 5.0 * frame["seed"]
    return frame


def test_variants_show_the_median_and_the_range_over_seeds() -> None:
    spec = figures.variants(many(["a", "b"]), "d_acc", ["a", "b"]).to_dict()
    rows = [row for row in data_of(spec) if row.get("variant") == "a" and row["step"] == 200]
    assert rows == [{"variant": "a", "step": 200, "middle": 95.0, "low": 90.0, "high": 100.0, "seeds": 3}]
    assert "a 60.0, b 60.0" in spec["description"]


def test_a_variant_keeps_its_colour_when_others_are_missing() -> None:
    order = ["a", "b", "c"]
    everything = figures.variants(many(order), "g_loss", order).to_dict()
    some = figures.variants(many(["c"]), "g_loss", order).to_dict()

    def colour(spec: dict, name: str) -> str:
        scale = spec["layer"][0]["encoding"]["color"]["scale"]
        return scale["range"][scale["domain"].index(name)]

    assert colour(everything, "c") == colour(some, "c") == figures.colours_of(order)["c"]


def test_more_variants_than_colours_differ_in_their_dashes() -> None:
    order = [f"v{i}" for i in range(10)]
    spec = figures.variants(many(order, 1), "d_acc", order).to_dict()
    dashes = next(
        layer["encoding"]["strokeDash"]["scale"] for layer in spec["layer"] if "strokeDash" in layer["encoding"]
    )
    assert dashes["range"][0] != dashes["range"][8]


def test_every_chart_describes_itself_on_a_transparent_canvas() -> None:
    charts = [
        figures.scatter(CIRCLE, FAKES, title="baseline"),
        figures.accuracy(history()),
        figures.losses(history()),
        figures.variants(many(["a"]), "d_acc", ["a"]),
    ]
    for chart in charts:
        spec = chart.to_dict()
        assert len(spec["description"]) > 30
        assert spec["config"]["background"] == "transparent"
        assert spec["usermeta"]["embedOptions"]["renderer"] == "canvas"


class Entry:
    label, better, definition = "Distance", "lower", "How far."


REFERENCES = {"d": {"mean": -1e-9, "low": -0.1, "high": 0.2}}


def test_metric_rows_put_values_beside_references_and_keep_gaps_empty() -> None:
    frame = figures.metric_rows({"d": None}, REFERENCES, {"d": Entry, "unknown": Entry})
    assert frame.to_dict("records") == [
        {"metric": "Distance", "value": "–", "reference": "0.000 (−0.100\u00a0to\u00a00.200)", "better": "lower"}
    ]
    assert figures.metric_rows({"d": -0.0004}, {}, {"d": Entry})["value"].tolist() == ["−0.000400"]
    assert figures.metric_rows({"d": -0.5}, {}, {"d": Entry})["value"].tolist() == ["−0.500"]


def test_metric_rows_have_a_collapsed_values_where_it_is_asked_for() -> None:
    frame = figures.metric_rows({"d": 0.5}, REFERENCES, {"d": Entry}, {"d": 1.25})
    assert list(frame) == ["metric", "value", "reference", "collapsed", "better"]
    assert frame["collapsed"].tolist() == ["1.25"]
    assert figures.metric_rows({"d": 0.5}, REFERENCES, {"d": Entry}, {})["collapsed"].tolist() == ["–"]
    assert "collapsed" not in figures.metric_rows({"d": 0.5}, REFERENCES, {"d": Entry})


def test_references_rows_are_words() -> None:
    frame = figures.reference_rows(REFERENCES, {"d": Entry})
    assert frame.to_dict("records") == [
        {
            "Metric": "Distance",
            "Real data would score": "0.000 (−0.100\u00a0to\u00a00.200)",
            "A collapsed generator would score": "–",
            "Definition": "How far. Lower is better.",
        }
    ]


def test_variant_rows_count_what_learned() -> None:
    success = {"seeds": 3, "n": 3, "diverged": 1, "missing": 0, "learned": 2, "success": 2 / 3, "seconds": 1.0}
    table = pd.DataFrame([{"variant": "a", "label": "A"} | success | {"success_low": 0.2, "success_high": 0.9}])
    middles = {"d": pd.DataFrame([{"variant": "a", "iqm": 0.5, "low": 0.4, "high": 0.6}])}
    row = variant_rows(table, middles, {"a": {"d": (-1e-9, 1.25)}}, {}, [0]).iloc[0]
    assert (row["variant"], row["success"][:5], row["d"]) == ("A", " 67% ", 0.5)
    assert row["d_bounds"] == "0.000 | 1.25"


def test_effects_show_intervals_and_say_which_way_they_point() -> None:
    frame = pd.DataFrame(
        {
            "effect": ["batch <b>", "update"],
            "estimate": [-0.2, 0.1],
            "low": [-0.3, -0.1],
            "high": [-0.1, 0.3],
            "p_holm": [0.01, 0.4],
        }
    )
    chart = figures.effects(frame, "w1_excess", "lower").to_dict()
    assert chart["description"].startswith("Effects on w1_excess: batch <b> −0.200 (−0.300 to −0.100), helps; update")
    assert "undecided" in chart["description"]
    assert "harms" in figures.effects(frame, "coverage", "higher").to_dict()["description"]
    rows = next(rows for rows in chart["datasets"].values() if len(rows) == 2)
    assert [row["verdict"] for row in rows] == ["helps", "undecided"]


LONG = "batch 32, as many samples as batch 256 (80,000 steps) × radius 0.5"


def test_long_names_stand_in_lines_and_leave_a_phone_room_for_the_plot() -> None:
    lines = broken(LONG)
    assert lines[-1] == "× radius 0.5" and " ".join(lines) == LONG
    assert max(map(len, lines)) <= 30
    assert broken("already\nbroken") == ["already", "broken"]
    assert row_step([LONG, "short"]) > row_step(["short"]) == 34
    frame = pd.DataFrame({"effect": [LONG], "estimate": [0.1], "low": [0.0], "high": [0.2], "p_holm": [1.0]})
    names, plot = left_and_plot(figures.effects(frame, "w1_excess", "lower"), 360)
    assert names < 180 and plot >= 180
    rates = pd.DataFrame({"variant": [LONG], "dataset": ["Circle"], "n": [10], "success": [0.7]})
    names, plot = left_and_plot(figures.success_map(rates.assign(success_low=0.4, success_high=0.9)), 360)
    assert names < 180 and plot >= 180


def left_and_plot(chart, width: int) -> tuple[float, float]:
    """The pixels left of a chart's plot, and those of the plot, where the chart has a width to fit in."""
    import vl_convert

    spec = chart.properties(width=width, autosize={"type": "fit", "contains": "padding"}).to_dict()
    graph = vl_convert.vegalite_to_scenegraph(spec)
    return graph["origin"][0], graph["scenegraph"]["items"][0]["width"]


def test_no_mark_lies_on_the_frame() -> None:
    assert padded([0.0, 1.0]) == pytest.approx([-0.05, 1.05])
    assert padded([0.0, float("nan"), -2.0]) == pytest.approx([-2.1, 0.1])
    low, high = padded([])
    assert low < 0 < high


def test_a_narrow_success_map_says_less_in_a_cell() -> None:
    rates = pd.DataFrame(
        {"variant": [LONG] * 4, "dataset": ["a", "b", "c", "d"], "n": [10] * 4, "success": [0.0, 0.3, 0.7, 1.0]}
    ).assign(success_low=0.1, success_high=0.9)
    chart = figures.success_map(rates)
    assert {"0/10", "10/10"} <= said_by(chart, 362) and "10% to 90%" not in said_by(chart, 362)
    assert {"0 of 10", "10% to 90%"} <= said_by(chart, 800)


def said_by(chart, width: int) -> set[str]:
    """The words in a chart of this width."""
    import vl_convert

    spec = chart.properties(width=width, autosize={"type": "fit", "contains": "padding"}).to_dict()
    return set(re.findall(r">([^<>]+)</(?:text|tspan)>", vl_convert.vegalite_to_svg(spec)))


def test_a_share_is_readable_on_a_light_page_and_on_a_dark_one() -> None:
    blue = (0x00, 0x72, 0xB2)
    for page, ink in (((255, 255, 255), (0x1D, 0x21, 0x29)), ((0x14, 0x17, 0x1C), (0xE6, 0xE8, 0xEC))):
        for opacity in (0.0, DEEPEST):
            tile = [opacity * b + (1 - opacity) * p for b, p in zip(blue, page, strict=True)]
            assert contrast(tile, ink) >= 4.5


def test_two_factors_together_are_means_of_cells_and_success_keeps_its_interval() -> None:
    cells = pd.DataFrame(
        {"a": ["1", "1", "2", "2"], "b": ["x", "y", "x", "y"], "c": ["p"] * 4, "iqm": [0.1, 0.2, 0.3, 0.9]}
    )
    chart = figures.interaction(cells, "a", "b", "W").to_dict()
    assert chart["description"] == "W by a and b: 1, x 0.100; 1, y 0.200; 2, x 0.300; 2, y 0.900"
    scale = chart["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == ["x", "y"] and not set(scale["range"]) & {*OKABE_ITO, MUTED}  # which are variants'
    assert len({*chart["layer"][1]["encoding"]["shape"]["scale"]["range"]}) == 2
    assert len({*map(str, chart["layer"][0]["encoding"]["strokeDash"]["scale"]["range"])}) == 2
    rates = pd.DataFrame(
        {"variant": ["v", "v"], "dataset": ["circle", "moons"], "n": [10, 0], "success": [0.7, float("nan")]}
    ).assign(success_low=[0.4, float("nan")], success_high=[0.9, float("nan")])
    chart = figures.success_map(rates).to_dict()
    assert "v on circle 7 of 10; v on moons –" in chart["description"]
    assert "40% to 90%" in str(chart["datasets"])


def test_many_levels_differ_in_colour_dash_or_shape() -> None:
    names = [f"level {i}" for i in range(9)]
    cells = pd.DataFrame({"a": ["1"] * 9, "b": names, "iqm": 0.1})
    lines, points = figures.interaction(cells, "a", "b", "W").to_dict()["layer"]
    looks = zip(
        lines["encoding"]["color"]["scale"]["range"], points["encoding"]["shape"]["scale"]["range"], strict=True
    )
    assert len({*looks}) == 9 and len(LEVELS) == 4 and len(LEVEL_SHAPES) == 5


def test_figures_import_neither_streamlit_nor_tensorflow() -> None:
    code = "import gancore.figures, sys; assert not {'streamlit', 'tensorflow', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_interaction_does_not_read_as_what_two_changes_do_together() -> None:
    rows = [{"effect": "batch 256 together with radius 0.5", "estimate": -0.1, "low": -0.2, "high": 0.0, "p_holm": 0.1}]
    said = json.dumps(figures.effects(pd.DataFrame(rows), "w1", "lower").to_dict(), ensure_ascii=False)
    assert "batch 256 × radius 0.5" in said and "together" not in said
