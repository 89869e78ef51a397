"""Layers under the points: drawn where they belong, explained, and readable in colour and in grey."""

from __future__ import annotations

import numpy as np
import pytest
from support.chromium import in_browser
from support.colours import contrast, luminance, luminances
from support.viewing import mounted

from gancore.figures import FAKE, REAL
from gancore.store import Store
from gancore.studies import load_study
from gancore.viewer import study_payload
from gancore.viewer.choices import LAYERS
from gancore.viewer.tones import TONES, Tones


@pytest.fixture(scope="module")
def payload(tmp_path_factory):
    """The smallest shipped study's view."""
    store = Store.open(tmp_path_factory.mktemp("layers"))
    return study_payload(store, load_study("first-fixes", store), 2)


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)


def grounds(tones: Tones) -> np.ndarray:
    """Every colour that can lie under a point, [n, 3]: the field at any output, and any density over it."""
    part = np.linspace(0, 1, 65)[:, None]
    ground, density = rgb(tones["ground"]), rgb(tones["density"])
    ends = (rgb(tones["real_field"]), rgb(tones["fake_field"]))
    field = np.concatenate([ground + part * (end - ground) for end in ends])
    return np.concatenate([field + share * (density - field) for share in np.linspace(0, 1, 33)])


@pytest.mark.parametrize("scheme", list(TONES))
@pytest.mark.parametrize("kind", ["real", "fake"])
def test_points_have_three_to_one_on_every_colour_of_field_and_density(scheme, kind):
    tones = TONES[scheme]
    below, point = luminances(grounds(tones)), luminance(tones[kind])
    ratios = (np.maximum(below, point) + 0.05) / (np.minimum(below, point) + 0.05)
    assert ratios.min() >= 3


@pytest.mark.parametrize("scheme", list(TONES))
def test_real_and_generated_points_are_as_far_apart_on_a_field_as_without(scheme):
    tones = TONES[scheme]
    assert contrast(tones["real"], tones["fake"]) >= min(1.9, contrast(REAL, FAKE))
    assert luminance(tones["real_field"]) > luminance(tones["fake_field"]), "the sign reads in grey as well"


def seen(page, scheme: str, panel: int = 0) -> np.ndarray:
    """The pixels of a panel over the scheme's ground, [n, 3]."""
    values = page.evaluate(
        "(panel) => { const { canvas } = view.panels[panel], size = canvas.width;"
        " return [...canvas.getContext('2d').getImageData(0, 0, size, size).data]; }",
        panel,
    )
    pixels = np.array(values, float).reshape(-1, 4)
    share = pixels[:, 3:] / 255
    return np.rint(pixels[:, :3] * share + rgb(TONES[scheme]["ground"]) * (1 - share))


@in_browser
@pytest.mark.parametrize("scheme", list(TONES))
def test_points_are_drawn_in_the_tones_of_their_ground(chromium, payload, scheme):
    page = mounted(chromium, payload, {"layers": ["field", "density"]}, color_scheme=scheme)
    ink = {"light": "#1d2129", "dark": "#e6e8ec"}[scheme]
    page.add_style_tag(content=f"body {{color: {ink}; background: {TONES[scheme]['ground']};}}")
    page.evaluate("view.redraw()")
    pixels = seen(page, scheme)
    for kind in ("real", "fake"):
        assert (pixels == rgb(TONES[scheme][kind])).all(axis=1).sum() > 30, kind
    assert not (pixels == rgb(FAKE)).all(axis=1).any()
    assert page.locator(".gc-key .gc-dot").nth(1).evaluate("dot => getComputedStyle(dot).backgroundColor") == (
        "rgb({:.0f}, {:.0f}, {:.0f})".format(*rgb(TONES[scheme]["fake"]))
    )
    page.evaluate("view.change({layers: []})")
    pixels = seen(page, scheme)
    assert (pixels == rgb(FAKE)).all(axis=1).sum() > 30
    page.context.close()


def counting(page) -> None:
    """Counts, from here on, which layers of networks are drawn, by what only they do."""
    page.evaluate(
        "() => { window.images = 0; window.lines = 0; const kind = CanvasRenderingContext2D.prototype;"
        " const { putImageData, stroke } = kind;"
        " kind.putImageData = function (...all) { images++; return putImageData.apply(this, all); };"
        " kind.stroke = function (...all) { lines++; return stroke.apply(this, all); }; }"
    )


@in_browser
@pytest.mark.parametrize("layer", [name for name, layer in LAYERS.items() if layer["final"]])
def test_layers_of_the_final_networks_are_drawn_at_the_last_step_alone(chromium, payload, layer):
    page = mounted(chromium, payload, {"layers": [layer]})
    page.evaluate("view.section = null")  # curves are strokes as well
    drawn = (
        "(step) => { images = lines = 0; view.seek(view.steps.indexOf(step)); view.redraw(); return images + lines; }"
    )
    counting(page)
    last = page.evaluate("view.steps.at(-1)")
    assert page.evaluate(drawn, 6000) == 0
    assert page.inner_text(".gc-note span") == (
        f"This layer shows the networks at the end of training, step {last:,}, since only these are kept; "
        "drag the slider to the end to see it."
    )
    page.emulate_media(media="print")
    assert not page.locator(".gc-about dt").is_visible(), "on paper only what is drawn is explained"
    page.emulate_media(media="screen")
    assert layer not in page.evaluate("view.drawn()") and "; with" not in page.evaluate("view.paper.textContent")
    page.get_by_role("button", name="Go to the last step").click()
    assert page.evaluate("view.step()") == last
    assert page.evaluate("images + lines") > 0
    assert page.inner_text(".gc-note span") == f"This layer shows the networks at the end of training, step {last:,}."
    assert not page.get_by_role("button", name="Go to the last step").is_visible()
    assert f"with {LAYERS[layer]['label'].lower()}" in page.evaluate("view.paper.textContent")
    page.context.close()


@in_browser
def test_the_density_follows_the_slider_and_needs_no_sentence(chromium, payload):
    page = mounted(chromium, payload, {"layers": ["density"], "step": 6000})
    assert page.locator(".gc-note").is_hidden()
    shot = "view.panels[0].canvas.toDataURL()"
    with_density = page.evaluate(shot)
    page.evaluate("view.change({layers: []})")
    assert page.evaluate(shot) != with_density
    page.context.close()


@in_browser
def test_panels_whose_training_ends_earlier_show_their_networks_from_there_on(chromium, payload):
    short, *others = payload["picks"][0]["shown"]
    cut = len(short["steps"]) // 2
    shown = short | {"steps": short["steps"][:cut], "layers": short["layers"] | {"step": short["steps"][cut - 1]}}
    mixed = payload | {"picks": [{"name": "median", "shown": [shown, *others]}]}
    page = mounted(chromium, mixed, {"layers": ["field"], "step": short["steps"][cut]})
    assert page.evaluate("view.panels.map((panel) => panel.networks(view.step()) !== null)") == [
        True,
        *[False] * len(others),
    ]
    assert f"to see it in {len(others)} more panels." in page.inner_text(".gc-note span")
    tone = rgb(TONES["light"]["fake"])
    assert all((seen(page, "light", i) == tone).all(axis=1).sum() > 30 for i in range(2)), "one legend is for all"
    page.context.close()


@in_browser
def test_what_a_layer_shows_is_read_without_a_pointer(chromium, payload):
    page = mounted(chromium, payload)
    about = page.locator(".gc-about")
    assert about.inner_text() == ""
    page.get_by_role("button", name="What the layers show").focus()
    page.keyboard.press("Enter")
    text = about.inner_text()
    assert all(layer["help"] in text for layer in LAYERS.values())
    assert page.get_by_role("button", name="What the layers show").get_attribute("aria-expanded") == "true"
    page.keyboard.press("Enter")
    page.get_by_label("Discriminator").check()
    assert LAYERS["field"]["help"] in about.inner_text() and LAYERS["arrows"]["help"] not in about.inner_text()
    assert page.locator(".gc-scale").is_visible()
    assert page.get_by_label("Gradient").get_attribute("aria-description") == LAYERS["arrows"]["help"]
    page.context.close()


@in_browser
def test_on_a_phone_panels_come_first_and_choices_unfold_in_their_place(chromium, payload):
    page = mounted(chromium, payload, width=390, has_touch=True)
    top = page.locator(".gc-scatter").first.bounding_box()["y"]
    assert top <= 130, "the slider, the key, and then panels"
    assert not page.get_by_label("Discriminator").is_visible()
    page.locator(".gc-bar summary").tap()
    page.get_by_label("Discriminator").check()
    assert page.locator(".gc-about").is_visible() and LAYERS["field"]["help"] in page.inner_text(".gc-about")
    order = page.evaluate(
        "[...document.querySelectorAll('.gc-slider, .gc-bar summary, .gc-check input, .gc-panel, .gc-curves summary,"
        " .gc-lines')].map((element) => element.getBoundingClientRect().top)"
    )
    assert order == sorted(order), "what Tab reaches first stands above"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1000, "height": 800})
    page.wait_for_function("[...document.querySelectorAll('.gc-fold')].every((fold) => fold.open)")
    page.context.close()
