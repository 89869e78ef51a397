"""Curves that can be told apart: one picked out with the rest in grey, and several charts where there are many."""

from __future__ import annotations

import pytest
from support.chromium import in_browser
from support.viewing import mounted

from gancore.store import Store
from gancore.studies import load_study
from gancore.viewer import study_payload

COLOURED = """() => {
  const { base } = view.charts[0], { data } = base.getContext('2d').getImageData(0, 0, base.width, base.height);
  const near = (hex) => {
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const apart = Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b);
      if (data[i + 3] > 200 && apart < 12) count++;
    }
    return count;
  };
  return Object.fromEntries(view.series.map(({ colour }) => [colour, near(colour)]));
}"""
"""Pixels of the first chart in each colour of the variants."""
PLACE = """(() => {
  const chart = view.charts[0], one = chart.drawn[3];
  return [chart.scale.x(one.x[24]), chart.scale.y(one.middle[24])];
})()"""
"""Where the fourth curve of the first chart is, halfway through training."""


@pytest.fixture(scope="module")
def payload(tmp_path_factory):
    """Sixteen variants in a table of four rows."""
    store = Store.open(tmp_path_factory.mktemp("highlight"))
    return study_payload(store, load_study("four-fixes", store), 3)


@pytest.fixture
def shared(chromium, payload):
    """The view with all curves in one chart a side."""
    page = mounted(chromium, payload, {"curves": "shared"}, has_touch=True)
    yield page, payload["curves"]["series"]
    page.context.close()


def alone(page, series) -> bool:
    """Whether a variant's colour is the only one in the first chart, beside grey."""
    counts = page.evaluate(COLOURED)
    muted = page.evaluate("view.payload.colours.muted")
    others = sum(count for colour, count in counts.items() if colour not in (series["colour"], muted))
    return counts[series["colour"]] > 50 and others == 0


@in_browser
def test_a_legend_entry_picks_out_its_curve_for_pointer_and_keyboard(shared):
    page, series = shared
    orange = series[1]
    assert not alone(page, orange)
    chip = page.locator(".gc-chip").nth(1)
    chip.hover()
    assert alone(page, orange)
    page.mouse.move(0, 0)
    assert not alone(page, orange)
    page.locator(".gc-chip").first.focus()
    page.keyboard.press("Tab")
    assert alone(page, orange)
    assert "gc-lit" in page.locator(f"[data-variant='{orange['key']}'].gc-panel").get_attribute("class")
    page.keyboard.press("Enter")  # hides it, and what is hidden greys nothing
    assert not alone(page, orange) and page.evaluate("view.charts[0].lit() === undefined")


@in_browser
def test_a_panel_and_a_curve_pick_each_other_out(shared):
    page, series = shared
    page.locator(".gc-scatter").nth(2).hover()
    assert alone(page, series[2])
    page.locator(".gc-over").first.scroll_into_view_if_needed()
    box = page.locator(".gc-over").first.bounding_box()
    x, y = page.evaluate(PLACE)
    page.mouse.move(box["x"] + x, box["y"] + y)
    assert alone(page, series[3])
    assert page.inner_text(".gc-tip").split("\n")[0] == series[3]["label"]
    assert page.locator(".gc-panel.gc-lit").get_attribute("data-variant") == series[3]["key"]


@in_browser
def test_the_keyboard_picks_a_curve_out_keeps_it_and_lets_it_go(shared):
    page, series = shared
    page.evaluate("view.charts[0].base.focus()")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert alone(page, series[1])
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert alone(page, series[1]), "kept"
    assert page.evaluate("view.changed().highlight") == series[1]["key"]
    page.evaluate("view.charts[0].base.focus()")
    page.keyboard.press("Escape")
    assert not alone(page, series[1])
    assert page.evaluate("view.changed().highlight") is None


@in_browser
def test_a_tap_keeps_a_curve_and_a_second_one_lets_it_go(shared):
    page, series = shared
    page.locator(".gc-over").first.scroll_into_view_if_needed()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box = page.locator(".gc-over").first.bounding_box()
    x, y = page.evaluate(PLACE)
    page.touchscreen.tap(box["x"] + x, box["y"] + y)
    assert page.evaluate("view.state.highlight") == series[3]["key"]
    assert alone(page, series[3])
    assert page.locator(".gc-tip").is_visible()
    page.touchscreen.tap(box["x"] + x, box["y"] + y)
    assert page.evaluate("view.state.highlight") is None
    assert page.evaluate("view.state.range") is None
    page.locator(".gc-hint").first.tap()
    assert page.locator(".gc-tip").is_hidden(), "until the next tap"


@in_browser
def test_a_highlight_is_chosen_by_name_and_carried(shared, chromium, payload):
    page, series = shared
    page.select_option("text=Highlight >> select", series[4]["key"])
    assert alone(page, series[4])
    assert f"{series[4]['label']} highlighted" in page.evaluate("view.paper.textContent")
    page.select_option("text=Highlight >> select", "")
    assert not alone(page, series[4])
    other = mounted(chromium, payload, {"curves": "shared", "highlight": series[4]["key"]})
    assert alone(other, series[4])
    assert other.locator("text=Highlight >> select").input_value() == series[4]["key"]
    other.context.close()
    wrong = mounted(chromium, payload, {"highlight": "nobody"})
    assert wrong.evaluate("view.changed().highlight") is None
    wrong.context.close()


@in_browser
def test_many_variants_get_one_chart_per_row_and_few_share_one(chromium, payload, tmp_path):
    page = mounted(chromium, payload)
    titles = page.locator(".gc-sides > div:first-child .gc-chart .gc-title").all_inner_texts()
    assert titles == payload["table"]["rows"]
    assert page.evaluate("view.sides.left.map((chart) => chart.drawn.length)") == [4, 4, 4, 4]
    assert page.evaluate("new Set(view.sides.left.map((chart) => chart.scale.x1)).size") == 1
    axes = page.evaluate("view.sides.left.map((chart) => JSON.stringify(chart.domains))")
    assert len(set(axes)) == 1, "small multiples share their axes"
    page.evaluate("view.light(view.series[15].key)")
    assert page.evaluate("view.charts.every((chart) => chart.lit().series.key === view.series[15].key)")
    page.select_option("text=Charts >> select", "own")
    assert page.evaluate("view.sides.left.length") == 16
    page.select_option("text=Charts >> select", "shared")
    assert page.evaluate("view.sides.left.length") == 1
    page.context.close()
    store = Store.open(tmp_path)
    few = mounted(chromium, study_payload(store, load_study("first-fixes", store), 1))
    assert few.evaluate("view.sides.left.length") == 1
    few.context.close()
