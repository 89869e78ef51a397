"""The comparison view: what it is fed, and what it draws from that in a real browser."""

from __future__ import annotations

import base64
import json
import tomllib

import numpy as np
import pytest
from chromium import ROOT, in_browser
from PIL import Image
from streamlit.testing.v1 import AppTest
from support.viewing import contrast, luminance, mounted

from gancore.analysis import pick_seed, runs_of
from gancore.config import ConfigError
from gancore.figures import FAKE, REAL
from gancore.store import Store
from gancore.studies import load_study, parse_study
from gancore.studies.arrange import arrange
from gancore.viewer import EACH, TOGETHER, script, study_payload, style
from gancore.viewer.packing import LARGEST, MISSING, REACH, packed_numbers, packed_points
from gancore.viewer.payload import BUDGET, FEWEST
from gancore.words import number

LIMIT = 1_500_000
"""Bytes of the view's first load."""


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    """The shipped studies alone."""
    return Store.open(tmp_path_factory.mktemp("viewer"))


def unpacked(text: str, kind) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), kind)


def points_of(text: str, half: float) -> np.ndarray:
    codes = unpacked(text, "<u2").astype(float)
    values = codes / LARGEST * 2 * REACH * half - REACH * half
    return np.where(codes == MISSING, np.nan, values).reshape(-1, 2)


def test_points_keep_their_place_and_what_is_not_a_number_stays_so():
    points = np.array([[0.0, 1.0], [-1.25, np.nan], [9.0, -9.0]])
    found = points_of(packed_points(points, 1.25), 1.25)
    np.testing.assert_allclose(found[0], points[0], atol=1e-4)
    assert np.isnan(found[1, 1])
    np.testing.assert_allclose(found[2], [2.5, -2.5], atol=1e-9)


def numbers_of(column: dict) -> np.ndarray:
    codes = unpacked(column["codes"], "<u2").astype(float)
    bent = column["low"] + codes / LARGEST * (column["high"] - column["low"])
    return np.where(codes == MISSING, np.nan, column["middle"] + column["unit"] * np.sinh(bent))


@pytest.mark.parametrize(
    "values",
    [
        [1.5, np.nan, np.inf],
        [np.nan, np.nan],
        [0.25, 0.25, 0.25],
        [1000.0, 1000.5, 1001.0],
        [0.0, *np.linspace(-3, 7, 200), *[5.0] * 300],
        [*np.linspace(0.4, 0.9, 100), 5e6],
        [*np.linspace(0.4, 0.9, 100), -2e9, 9e9],
    ],
)
def test_numbers_keep_their_values_within_a_ten_thousandth_of_their_range(values):
    given = np.array(values)
    found = numbers_of(packed_numbers(given))
    sound = np.isfinite(given)
    assert np.isnan(found[~sound]).all()
    np.testing.assert_allclose(
        found[sound], given[sound], rtol=2e-6, atol=1e-4 * np.ptp(given[sound]) if sound.any() else 0
    )


def test_an_explosion_takes_no_detail_from_the_rest():
    usual = np.random.default_rng(0).normal(0.7, 0.1, 500)
    found = numbers_of(packed_numbers(np.append(usual, 1e4)))
    np.testing.assert_allclose(found[:-1], usual, atol=1e-2)
    assert found[-1] == pytest.approx(1e4, rel=1e-4)


def test_a_panel_holds_the_chosen_seed_s_points_and_scores(store):
    study = load_study("first-fixes", store)
    payload = study_payload(store, study, 4, ["median", "worst"])
    for pick in payload["picks"]:
        for panel, shown in zip(payload["panels"], pick["shown"], strict=True):
            run = pick_seed(runs_of(store, study, 4)[panel["key"]], pick["name"])
            assert shown["seed"] == run.config.seed
            assert shown["steps"] == run.snapshot_steps
            cloud = points_of(shown["points"], payload["half"]).reshape(len(shown["steps"]), shown["count"], 2)
            np.testing.assert_allclose(cloud[3], run.snapshots[3][: shown["count"]], atol=1e-4)
            np.testing.assert_allclose(cloud[-1], run.final[: shown["count"]], atol=1e-4)
            assert shown["values"]["near"][-1] == pytest.approx(run.metrics["near"], abs=1e-4)


def test_curves_hold_every_run_s_rows(store):
    study = load_study("first-fixes", store)
    payload = study_payload(store, study, 4)
    (series,) = [one for one in payload["curves"]["series"] if one["key"] == study.variants[1].name]
    runs = runs_of(store, study, 4)[series["key"]]
    assert series["seeds"] == [0, 1, 2, 3]
    table = numbers_of(series["history"]["columns"]["d_acc"]).reshape(4, -1)
    for row, run in zip(table, runs, strict=True):
        np.testing.assert_allclose(row, run.history["d_acc"], atol=1e-4 * np.ptp(table))
    assert payload["curves"]["rows"] == [50, 50]
    assert unpacked(series["history"]["steps"], "<u4").tolist() == runs[0].history["step"].tolist()
    near = numbers_of(series["scores"]["columns"]["near"]).reshape(4, -1)
    np.testing.assert_allclose(near[2], runs[2].checkpoints["near"], atol=1e-4)


@pytest.mark.parametrize("pick", ["median", "best", "3", TOGETHER, EACH])
@pytest.mark.parametrize("name", ["four-fixes", "four-distributions"])
def test_the_first_load_stays_small_whatever_is_shown(store, name, pick):
    study = load_study(name, store)
    payload = study_payload(store, study, 10, [pick])
    assert len(json.dumps(payload)) + len(script()) + len(style()) <= LIMIT
    assert len(payload["panels"]) == len(study.variants) * (10 if pick == EACH else 1)


@pytest.fixture
def repeated(monkeypatch):
    """Studies of more seeds than are stored: the stored runs come round again."""

    def more(store, study, seeds):
        found = runs_of(store, study, 10)
        return {name: [runs[seed % len(runs)] for seed in range(seeds)] for name, runs in found.items()}

    monkeypatch.setattr("gancore.viewer.payload.runs_of", more)


@pytest.mark.parametrize("pick", ["median", TOGETHER, EACH])
@pytest.mark.parametrize("seeds", [10, 20, 30, 64])
@pytest.mark.parametrize("name", ["first-fixes", "four-fixes", "four-distributions"])
def test_the_first_load_stays_small_with_many_seeds(store, repeated, name, seeds, pick):
    study = load_study(name, store)
    payload = study_payload(store, study, seeds, [pick])
    assert len(json.dumps(payload)) + len(script()) + len(style()) <= LIMIT
    shown = payload["picks"][0]["shown"]
    assert sum(len(one["steps"]) * one["count"] for one in shown) <= 2 * BUDGET
    last = runs_of(store, study, 1)[study.variants[0].name][0].snapshot_steps[-1]
    for one in shown:
        assert len(one["steps"]) >= 4 and one["count"] >= FEWEST
        assert one["steps"][0] == 0 and one["steps"][-1] == last


def test_too_many_curves_are_thinned_evenly_and_say_so(store, repeated):
    study = load_study("four-fixes", store)
    curves = study_payload(store, study, 64)["curves"]
    kept, rows = curves["rows"]
    assert rows == 50 and 10 < kept < 25
    steps = unpacked(curves["series"][0]["history"]["steps"], "<u4")
    assert len(steps) == kept
    known = runs_of(store, study, 1)[study.variants[0].name][0].history
    assert (steps[0], steps[-1]) == (known["step"].iloc[0], known["step"].iloc[-1])
    assert np.diff(steps).max() <= 1.5 * np.diff(steps).mean()
    found = numbers_of(curves["series"][0]["history"]["columns"]["g_loss"]).reshape(64, kept)[0]
    wanted = known.set_index("step")["g_loss"].loc[steps]
    np.testing.assert_allclose(found, wanted, atol=1e-4 * np.ptp(known["g_loss"]))
    assert study_payload(store, study, 20)["curves"]["rows"] == [50, 50]


def test_all_seeds_share_a_panel(store):
    study = load_study("first-fixes", store)
    payload = study_payload(store, study, 4, [TOGETHER])
    shown = payload["picks"][0]["shown"][0]
    assert shown["seeds"] == [0, 1, 2, 3]
    assert shown["count"] == 4 * shown["share"]
    cloud = points_of(shown["points"], payload["half"]).reshape(len(shown["steps"]), 4, shown["share"], 2)
    runs = runs_of(store, study, 4)[study.variants[0].name]
    for seed, run in enumerate(runs):
        np.testing.assert_allclose(cloud[-1, seed], run.final[: shown["share"]], atol=1e-4)


def test_a_rerun_sends_nothing_anew_whatever_the_browser_has_put_into_the_address():
    app = AppTest.from_file(str(ROOT / "pages" / "ablation.py"), default_timeout=120)
    app.query_params |= {"study": "first-fixes", "step": "4000", "left": "near"}

    def sent() -> str:
        (view,) = (one for one in app.run().get("bidi_component") if "viewer" in one.proto.component_name)
        return view.proto.json

    first = sent()
    assert json.loads(first)["state"] == {"step": 4000, "left": "near"}
    app.query_params["step"] = "6000"
    assert sent() == first


def test_what_is_not_trained_is_an_empty_panel(store):
    text = load_study("first-fixes", store).with_overrides(steps=123).to_toml()
    study = parse_study(text)
    payload = study_payload(store, study, 2)
    assert payload["picks"][0]["shown"] == [None] * len(study.variants)
    assert payload["curves"]["series"] == []


def test_a_factorial_becomes_a_table_of_its_levels(store):
    study = load_study("four-fixes", store)
    table = arrange(study, study.variants)
    assert table is not None
    assert len(table.rows) == len(table.columns) == 4
    assert len(set(table.places.values())) == 16
    assert table.places["baseline"] == (0, 0)
    assert table.row_factors == ("update", "batch")
    other = arrange(study, study.variants, ["radius"])
    assert other is not None
    assert other.rows == ("radius 1", "radius 0.5")
    assert len(other.columns) == 8
    assert arrange(study, study.variants[:1]) is None, "one cell is no table"
    with pytest.raises(ConfigError, match="rows: 'x' is not a factor; use update, batch"):
        arrange(study, study.variants, ["x"])


def test_several_datasets_are_the_rows(store):
    study = load_study("four-distributions", store)
    table = arrange(study, study.variants)
    assert table is not None
    assert table.rows == ("Parabola", "Circle", "Two moons", "Swiss roll")
    assert len(table.columns) == len(study.variants) // 4
    assert arrange(study, study.variants[:-1]) is None, "an arm is missing on one dataset"


@pytest.fixture
def drawn(chromium, store):
    """A page with the view of a study, and the payload that it was given."""
    payload = study_payload(store, load_study("first-fixes", store), 4, ["median", "worst"])
    page = chromium.new_context(viewport={"width": 1000, "height": 800}).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(f"<!doctype html><style>{style()}</style><div id=view></div><script>{script()}</script>")
    page.evaluate(
        "(payload) => { window.told = []; window.picked = [];"
        " window.view = gancoreViewer.mount(document.getElementById('view'), payload,"
        " {onChange: (state) => told.push(state), onPick: (run) => picked.push(run)}); }",
        payload,
    )
    yield page, payload
    page.context.close()
    assert not errors


@in_browser
def test_one_slider_moves_every_panel_and_every_marker(drawn):
    page, payload = drawn

    def seen():
        return page.evaluate("view.panels.map((panel) => [...panel.points(view.step())].slice(0, 40))")

    def pixels():
        return page.evaluate("[...document.querySelectorAll('canvas.gc-scatter')].map((c) => c.toDataURL())")

    last, last_pixels = seen(), pixels()
    page.locator(".gc-slider").focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    shown = payload["picks"][0]["shown"]
    step = shown[0]["steps"][-11]
    assert page.inner_text(".gc-step") == f"Step {step:,}"
    now = seen()
    for panel, before, after in zip(shown, last, now, strict=True):
        assert before != after
        size = 4 * panel["count"]
        at = panel["steps"].index(step)
        raw = base64.b64decode(panel["points"])[at * size : (at + 1) * size]
        wanted = points_of(base64.b64encode(raw).decode(), payload["half"]).ravel()[:40]
        np.testing.assert_allclose(after, wanted, atol=1e-4)
    assert all(a != b for a, b in zip(last_pixels, pixels(), strict=True))
    assert {box.get_attribute("data-step") for box in page.locator("canvas.gc-over").all()} == {str(step)}
    page.wait_for_function("told.length > 0 && told[told.length - 1].step !== null")
    assert page.evaluate("told[told.length - 1].step") == step


@in_browser
def test_bands_are_quartiles_and_smoothing_is_a_centred_mean(drawn, store):
    page, payload = drawn
    study = load_study("first-fixes", store)
    runs = runs_of(store, study, 4)[study.variants[0].name]
    table = np.stack([run.history["d_acc"] for run in runs])
    found = page.evaluate(
        "(() => { const one = view.sides.left[0].lines('d_acc')[0]; return [one.low, one.middle, one.high]; })()"
    )
    np.testing.assert_allclose(found, np.quantile(table, [0.25, 0.5, 0.75], axis=0), atol=1e-4 * np.ptp(table))
    import pandas as pd

    page.select_option("text=Smoothed over >> select", "5")
    smooth = pd.DataFrame(table.T).rolling(5, center=True, min_periods=1).mean().to_numpy().T
    found = page.evaluate("view.sides.left[0].lines('d_acc')[0].rows.map((row) => [...row])")
    np.testing.assert_allclose(found, smooth, atol=1e-4 * np.ptp(table))
    page.select_option("text=Along >> select", "samples")
    x = page.evaluate("view.sides.left[0].lines('d_acc')[0].x")
    config = study.variants[0].config
    np.testing.assert_allclose(x, runs[0].history["step"] * config.batch_size * config.update.d_steps)
    assert page.evaluate("view.changed().smooth") == 5
    assert page.evaluate("view.changed().left") is None, "a default is not carried"


@in_browser
def test_a_time_range_is_brushed_a_variant_hidden_and_a_panel_picked(drawn):
    page, payload = drawn
    page.locator("canvas.gc-over").first.scroll_into_view_if_needed()
    box = page.locator("canvas.gc-over").first.bounding_box()
    page.mouse.move(box["x"] + 120, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 90)
    page.mouse.up()
    low, high = page.evaluate("view.state.range")
    assert 0 < low < high < 10_000
    page.get_by_role("button", name="Whole training").click()
    assert page.evaluate("view.state.range") is None
    page.locator(".gc-chip").nth(1).click()
    assert page.evaluate("view.sides.left[0].drawn.length") == len(payload["panels"]) - 1
    page.locator("button.gc-panel").nth(2).click()
    assert page.evaluate("picked") == [
        {"variant": payload["panels"][2]["key"], "seed": payload["picks"][0]["shown"][2]["seed"]}
    ]
    page.select_option("text=Show seed >> select", "worst")
    assert page.evaluate("view.panels.map((panel) => panel.shown.seed)") == [
        shown["seed"] for shown in payload["picks"][1]["shown"]
    ]


@in_browser
def test_one_long_training_does_not_squeeze_the_others(chromium, store):
    payload = study_payload(store, load_study("four-fixes-controls", store), 2)
    page = mounted(chromium, payload)
    axis = "[view.charts[0].scale.x0, view.charts[0].scale.x1]"
    assert page.evaluate(axis) == [0, 10_000]
    page.get_by_role("button", name="Whole training").click()
    assert page.evaluate(axis) == [0, 80_000]
    page.get_by_role("button", name="Usual range").click()
    assert page.evaluate(axis) == [0, 10_000]
    page.context.close()


@in_browser
def test_a_name_is_text_and_nothing_else(chromium, store):
    payload = study_payload(store, load_study("first-fixes", store), 1)
    name = "<img src=x onerror=\"document.title='ran'\">'\" =1+1 🧪"
    payload["panels"][0]["title"] = payload["curves"]["series"][0]["label"] = name
    page = mounted(chromium, payload, width=390)
    assert name in page.locator(".gc-title").first.inner_text()
    assert page.title() != "ran"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing reaches beyond a phone's screen"
    page.context.close()


@in_browser
def test_a_page_printed_from_a_dark_screen_is_dark_on_white_and_says_what_it_shows(chromium, store, tmp_path):
    from pypdf import PdfReader

    payload = study_payload(store, load_study("first-fixes", store), 4)
    page = mounted(chromium, payload, {"step": 6000, "smooth": 5, "left": "near"}, color_scheme="dark")
    page.add_style_tag(content="@media screen {body {background: #14171c; color: #e6e8ec;}}")
    page.evaluate(
        "window.inks = []; window.addEventListener('beforeprint', () => inks.push(view.ink));"
        " window.matchMedia('print').addEventListener('change', (now) => now.matches && inks.push(view.ink))"
    )
    screen = page.evaluate("view.ink")
    path = tmp_path / "printed.pdf"
    page.pdf(path=path)
    inks = page.evaluate("inks")
    assert inks and set(inks) == {"#1c2128"}
    assert page.evaluate("view.ink") == screen, "and the screen is as it was"
    text = " ".join(" ".join(one.extract_text().split()) for one in PdfReader(path).pages)
    for words in ("Step 6,000", "median seed", "Near the support, smoothed over 5 rows", "generated", "batch 256"):
        assert words in text, words
    # The axes are drawn as text, so that they are there at all, and once.
    assert text.count("training step") == 2
    page.context.close()


@in_browser
def test_smoothing_is_said_beside_each_chart_and_leaves_the_curve_below(drawn):
    page, _ = drawn
    chart = page.locator(".gc-lines").first
    assert "smoothed" not in chart.get_attribute("aria-label")
    assert not page.evaluate("view.charts[0].drawn.some((one) => one.raw)")
    page.select_option("text=Smoothed over >> select", "5")
    assert "smoothed over 5 rows" in chart.get_attribute("aria-label")
    assert page.locator(".gc-head-line").first.inner_text().endswith("smoothed over 5 rows")
    raw, smooth = page.evaluate("[view.charts[0].drawn[0].raw, view.charts[0].drawn[0].middle]")
    assert np.std(np.diff(raw)) > np.std(np.diff(smooth))


@in_browser
def test_where_every_seed_is_drawn_the_tip_names_the_nearest_one(drawn):
    page, _ = drawn
    page.select_option("text=Over seeds >> select", "seeds")
    page.locator("canvas.gc-over").first.scroll_into_view_if_needed()
    box = page.locator("canvas.gc-over").first.bounding_box()
    x, y, value = page.evaluate(
        "(() => { const chart = view.charts[0], one = chart.drawn[0];"
        " return [chart.scale.x(one.x[20]), chart.scale.y(one.rows[2][20]), one.rows[2][20]]; })()"
    )
    page.mouse.move(box["x"] + x, box["y"] + y)
    said = page.inner_text(".gc-tip").split("\n")
    assert said[0] == "baseline"
    assert said[1] == "Seed 2"
    assert said[3] == f"Accuracy, both (%): {number(value)}"
    assert "Median" not in " ".join(said) and "Quartiles" not in " ".join(said)


@in_browser
def test_charts_are_read_and_brushed_with_the_keyboard(drawn):
    page, _ = drawn
    chart = page.locator(".gc-lines").first
    assert chart.get_attribute("aria-label")
    page.locator(".gc-sides select").first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === view.charts[0].base"), "a chart is reached with Tab"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"

    steps = page.evaluate("[...view.charts[0].drawn[0].steps]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    said = page.inner_text(".gc-tip").split("\n")
    assert said[:2] == ["baseline", f"Step {steps[1]:,}"]
    assert said[2].startswith("Median")
    assert page.inner_text(".gc-said") == ", ".join(said)
    page.keyboard.press("ArrowDown")
    assert page.inner_text(".gc-tip").split("\n")[:2] == ["combined update", f"Step {steps[1]:,}"]

    page.keyboard.down("Shift")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("view.state.range") is None, "not before Shift is let go"
    page.keyboard.up("Shift")
    assert page.evaluate("view.state.range") == [steps[1], steps[6]]
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("view.state.range") == [steps[1], steps[7]]
    page.keyboard.press("Escape")
    assert page.evaluate("view.state.range") is None
    assert page.locator(".gc-tip").is_hidden()
    page.keyboard.press("End")
    assert f"Step {steps[-1]:,}" in page.inner_text(".gc-tip")
    page.keyboard.press("Tab")
    assert page.locator(".gc-tip").is_hidden()


@in_browser
def test_variants_of_one_colour_have_dots_of_other_shapes(chromium, store):
    payload = study_payload(store, load_study("four-fixes", store), 1)
    page = mounted(chromium, payload)
    dots = page.evaluate(
        "[...document.querySelectorAll('.gc-panel .gc-dot')].map((dot) => [getComputedStyle(dot).backgroundColor,"
        " getComputedStyle(dot).borderRadius, getComputedStyle(dot).transform].join())"
    )
    assert len(set(dots)) == 16
    page.context.close()


def test_real_and_generated_points_differ_in_greyscale_and_read_on_both_backgrounds():
    assert contrast(REAL, FAKE) >= 1.9
    assert luminance(REAL) > luminance(FAKE), "what lies underneath is paler"
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    for scheme in ("light", "dark"):
        assert (theme[scheme]["blueColor"], theme[scheme]["redColor"]) == (REAL, FAKE)
        background = theme[scheme]["backgroundColor"]
        assert min(contrast(colour, background) for colour in (REAL, FAKE)) >= 3
        assert min(contrast(theme[scheme][f"{name}TextColor"], background) for name in ("blue", "red")) >= 4.5


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_panels_keep_their_points_apart_in_greyscale(chromium, store, scheme, tmp_path):
    payload = study_payload(store, load_study("first-fixes", store), 4)
    page = mounted(chromium, payload, color_scheme=scheme)
    ground = {"light": "#ffffff", "dark": "#14171c"}[scheme]
    page.add_style_tag(content=f"body {{background: {ground};}}")
    page.locator("canvas.gc-scatter").first.screenshot(path=tmp_path / "panel.png")
    pixels = np.asarray(Image.open(tmp_path / "panel.png").convert("RGB")).reshape(-1, 3).astype(int)
    blue = pixels[(pixels[:, 2] > 200) & (pixels[:, 0] < 110)]
    red = pixels[(pixels[:, 0] > 170) & (pixels[:, 1] < 60)]
    assert min(len(blue), len(red)) > 30
    middles = ["#" + "".join(f"{round(part):02x}" for part in np.median(some, axis=0)) for some in (blue, red)]
    assert contrast(*middles) >= 1.6
    page.context.close()


@in_browser
def test_a_field_that_is_smaller_than_its_panel_shows_where_it_ends(chromium, store):
    payload = study_payload(store, load_study("four-fixes", store), 1)
    page = mounted(chromium, payload, {"layers": ["field"]})
    page.evaluate(
        "() => { window.boxes = [];"
        " CanvasRenderingContext2D.prototype.strokeRect = function (...box) { boxes.push(box); };"
        " view.change({layers: ['field', 'arrows']}); }"
    )
    boxes = page.evaluate("boxes")
    assert len(boxes) == 8, "the half of the panels with the smaller circle"
    side = page.evaluate("view.panels[0].canvas.clientWidth")
    assert boxes[0] == pytest.approx([side / 4, side / 4, side / 2, side / 2], abs=1)
    page.context.close()
