"""The comparison view in a real browser: what it draws, and what a reader can do with it."""

from __future__ import annotations

import base64
import tomllib

import numpy as np
import pytest
from PIL import Image
from support import viewed
from support.chromium import ROOT, in_browser
from support.colours import contrast, luminance
from support.viewed import points_of
from support.viewing import mounted

from gancore.analysis import runs_of
from gancore.figures import FAKE, REAL
from gancore.studies import load_study
from gancore.viewer import script, study_payload, style
from gancore.words import number

store = viewed.store


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
        wanted = points_of(base64.b64encode(raw).decode(), [0, 0, 1, 1]).ravel()[:40]
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
