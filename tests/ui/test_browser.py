"""The app in a real Chromium, over an empty store."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from support.chromium import MARKS, app, seen, settled
from support.endless import ENDLESS

pytestmark = MARKS


@pytest.fixture
def cold_server(own_store: Path) -> Iterator[str]:
    """A server that was started a moment ago, over this test's own store."""
    with app(own_store) as address:
        yield address


def opened(chromium, address: str, script: str = ""):
    """A new session's page, with the errors that its console shows."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    errors: list[str] = []

    def said(message) -> None:
        # Streamlit looks for itself in every folder of the address, and finds itself in the last.
        if message.type == "error" and "/_stcore/" not in message.location["url"]:
            errors.append(message.text)

    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", said)
    if script:
        page.add_init_script(script)
    page.goto(address)
    return page, errors


POINTS = (
    "(() => { const view = document.querySelector('.gc-root').gancoreView;"
    " return view.panels.map((panel) => [...panel.points(view.step())].slice(0, 20)); })()"
)


def points(page) -> list[list[float]]:
    """The first coordinates that every panel draws."""
    return page.evaluate(POINTS)


def red(page) -> list[int]:
    """Red pixels of every panel."""
    return page.evaluate(
        "[...document.querySelectorAll('canvas.gc-scatter')].map(c => {"
        " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
        " for (let i = 0; i < d.length; i += 4) if (d[i] > 180 && d[i + 1] < 110 && d[i + 3] > 100) n++; return n; })"
    )


def unfold(page) -> None:
    """Open the choices of a page that a link opened."""
    seen(page.locator(".st-key-choices summary")).click()
    page.wait_for_timeout(500)  # while it unfolds, a list that opens closes again


def test_a_link_opens_the_same_view_on_a_cold_server(chromium, cold_server):
    page, errors = opened(
        chromium, f"{cold_server}/ablation?study=first-fixes&seed=worst&step=4000&left=near&layers=field"
    )
    page.wait_for_selector("canvas.gc-scatter", timeout=60_000)
    settled(page)
    text = page.inner_text("body")
    for words in ("baseline", "combined update", "batch 256", "generator 16-32", "Step 4,000"):
        assert words in text, words
    assert sum(count > 50 for count in red(page)) == 5, "red points in five panels"
    assert page.evaluate("document.querySelector('.gc-root').gancoreView.state.left") == "near"
    assert page.locator(".gc-check input").first.is_checked()

    before = points(page)
    page.locator(".gc-slider").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    after = points(page)
    assert len(before) == len(after) == 5 and all(old != new for old, new in zip(before, after, strict=True))
    page.wait_for_function("new URL(location.href).searchParams.get('step') === '6000'")
    assert page.locator("[data-test-script-state='running']").count() == 0, "the slider asks nothing of the server"

    unfold(page)
    assert "20 of 20" in page.inner_text("body")
    seen(page.locator(".st-key-seed [role='combobox'], .st-key-seed input")).click()
    seen(page.get_by_role("option", name="best")).click()
    page.wait_for_function("new URL(location.href).searchParams.get('seed') === 'best'")
    settled(page)
    page.wait_for_function("document.querySelector('.gc-step').innerText === 'Step 6,000'")
    # Other seeds have other points, at the same step. The address changes before the server has answered.
    page.wait_for_function(
        f"(before) => JSON.stringify({POINTS}) !== JSON.stringify(before)", arg=after, timeout=60_000
    )
    settled(page)
    assert not errors
    address = page.url
    again, errors = opened(chromium, address)
    again.wait_for_selector("canvas.gc-scatter", timeout=60_000)
    settled(again)
    assert points(again) == points(page)
    assert again.inner_text(".gc-step") == "Step 6,000"
    assert not errors
    page.goto(f"{cold_server}/")
    page.wait_for_selector("canvas", timeout=60_000)
    settled(page)
    assert "parabola" in page.inner_text("h1")


def test_back_returns_to_the_comparison_before_and_to_its_study(chromium, server):
    page, errors = opened(chromium, f"{server}/ablation")  # the study that an address without one opens on
    seen(page.locator(".st-key-swap button")).wait_for(timeout=60_000)
    settled(page)
    shown = "[...document.querySelectorAll('.st-key-study input, .st-key-first input, .st-key-second input')]"
    shown += ".map((box) => box.value)"
    before = page.evaluate(shown)
    assert before[0] == "four-fixes" and before[1] == "baseline"
    seen(page.locator(".st-key-swap button")).click()
    page.wait_for_function(f"{shown}[2] === 'baseline'")
    settled(page)
    assert asked(page)["second"] == "baseline" and page.evaluate(shown)[1] == before[2]
    page.go_back()
    page.wait_for_function(f"{shown}[1] === 'baseline'")
    settled(page)
    assert page.evaluate(shown) == before
    assert not {"first", "second"} & asked(page).keys()
    assert not errors


def state(page) -> dict:
    """What the view shows."""
    return page.evaluate("document.querySelector('.gc-root').gancoreView.state")


def asked(page) -> dict[str, str]:
    """The parameters of the address."""
    return page.evaluate("Object.fromEntries(new URL(location.href).searchParams)")


SHIFTS = """
window.shifted = 0;
const add = (one) => { if (!one.hadRecentInput) window.shifted += one.value; };
new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({type: "layout-shift", buffered: true});
"""


def test_nothing_jumps_when_the_view_arrives(chromium, cold_server):
    page, errors = opened(chromium, f"{cold_server}/ablation?study=first-fixes", SHIFTS)
    page.wait_for_selector("canvas.gc-scatter", timeout=60_000)
    settled(page)
    page.wait_for_timeout(500)
    assert page.evaluate("shifted") < 0.1
    room, view = (page.locator(name).bounding_box()["height"] for name in (".st-key-viewer_room", ".gc-root"))
    assert view <= room < view + 10, "and no room is left once it is there"
    assert not errors


def test_the_view_and_the_address_agree_after_a_visit_to_another_page_and_to_another_study(chromium, server):
    page, errors = opened(chromium, f"{server}/ablation?study=first-fixes&step=4000&left=near")
    page.wait_for_selector("canvas.gc-scatter", timeout=60_000)
    settled(page)
    assert page.inner_text(".gc-step") == "Step 4,000"
    seen(page.get_by_role("link", name="Data")).click()
    seen(page.get_by_role("heading", name="Data")).wait_for(timeout=30_000)
    settled(page)
    seen(page.get_by_role("link", name="Ablation")).click()
    page.wait_for_selector("canvas.gc-scatter", timeout=60_000)
    settled(page)
    assert not {"step", "left"} & asked(page).keys()
    assert page.inner_text(".gc-step") == "Step 10,000"
    assert state(page)["left"] == "d_acc"

    page.goto(f"{server}/ablation?study=first-fixes&off=combined&left=near")
    page.wait_for_selector("canvas.gc-scatter", timeout=60_000)
    settled(page)
    assert state(page)["off"] == ["combined"]
    unfold(page)
    seen(page.locator(".st-key-study [role='combobox'], .st-key-study input")).click()
    seen(page.get_by_role("option", name="circle-vs-parabola")).click()
    page.wait_for_function("!new URL(location.href).searchParams.has('off')", timeout=30_000)
    settled(page)
    assert state(page)["off"] == []
    assert asked(page) == {"study": "circle-vs-parabola", "left": "near"}
    assert not errors


def test_what_the_view_refuses_leaves_the_address(chromium, server):
    page, errors = opened(chromium, f"{server}/ablation?study=first-fixes&layers=field,x&left=<b>&step=4100&x=samples")
    page.wait_for_selector("canvas.gc-scatter", timeout=60_000)
    settled(page)
    alerts = " ".join(page.locator('[data-testid="stAlert"]').all_inner_texts())
    for words in ("layers: 'field,x' is not allowed", "left: '<b>' is not allowed", "step 4,000 is shown instead"):
        assert words in alerts
    assert asked(page) == {"study": "first-fixes", "step": "4000", "x": "samples"}
    assert not errors


def test_a_panel_opens_its_run_and_a_report_opens_without_a_network(chromium, server, tmp_path):
    page, errors = opened(chromium, f"{server}/ablation?study=first-fixes")
    page.wait_for_selector("canvas.gc-scatter", timeout=60_000)
    settled(page)
    page.locator("button.gc-panel").nth(1).click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for(timeout=30_000)
    assert "combined update" in dialog.inner_text()
    page.wait_for_function("/[0-9a-f]{12}/.test(new URL(location.href).searchParams.get('run') || '')")
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached", timeout=30_000)
    page.wait_for_function("!new URL(location.href).searchParams.get('run')")

    seen(page.get_by_role("button", name=re.compile("Export"))).click()
    seen(page.locator(".st-key-export_make button")).click()
    button = seen(page.locator(".st-key-export_download button"))
    button.wait_for(timeout=120_000)
    with page.expect_download(timeout=60_000) as downloading:
        button.click()
    path = tmp_path / "report.html"
    downloading.value.save_as(path)
    assert not errors

    context = chromium.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    report = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    report.on("request", lambda request: asked.append(request.url))
    report.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    report.on("pageerror", lambda error: said.append(str(error)))
    report.goto(path.as_uri())
    report.wait_for_selector("canvas.gc-scatter")
    before = points(report)
    report.locator(".gc-slider").focus()
    for _ in range(6):
        report.keyboard.press("ArrowLeft")
    assert all(old != new for old, new in zip(before, points(report), strict=True))
    assert asked == [path.as_uri()]
    assert not said
    context.close()


def test_an_embedded_view_is_the_grid_and_the_curves_alone(chromium, server):
    page, errors = opened(chromium, f"{server}/ablation?study=first-fixes&seed=best&embed=true")
    page.wait_for_selector("canvas.gc-scatter", timeout=60_000)
    settled(page)
    text = page.inner_text("body")
    assert "Step 10,000" in text and "Generator loss" in text
    assert page.locator("h1").count() == 0 and "What it means" not in text
    assert page.locator('[data-testid="stSelectbox"]').count() == 0
    assert not errors


@pytest.mark.parametrize("query", ["study=../../etc", "seeds=1e9", "step=-1&seed=<script>alert(1)</script>"])
def test_hostile_links_say_what_is_wrong_and_show_something(chromium, server, query):
    page, errors = opened(chromium, f"{server}/ablation?{query}")
    page.on("dialog", lambda dialog: pytest.fail("a script from the address ran"))
    page.wait_for_selector("canvas.gc-scatter", timeout=60_000)
    settled(page)
    alerts = " ".join(page.locator('[data-testid="stAlert"]').all_inner_texts())
    for part in query.split("&"):
        assert part.split("=")[0] in alerts, alerts
    assert not errors


def test_a_training_survives_a_closed_tab_and_is_cancelled_in_a_new_session(chromium, cold_server, own_store):
    settings = {path: ",".join(map(str, v)) if isinstance(v, list) else v for path, v in ENDLESS.items()}
    page, _ = opened(chromium, f"{cold_server}/training?{urlencode(settings)}")
    page.wait_for_selector("canvas", timeout=60_000)
    settled(page)
    seen(page.get_by_role("button", name=re.compile("^.*Train 4 runs"))).click()
    seen(page.get_by_role("button", name="Cancel")).wait_for(timeout=30_000)
    page.wait_for_function("/steps\\/s/.test(document.body.innerText)", timeout=120_000)
    page.context.close()

    page, errors = opened(chromium, f"{cold_server}/training")
    seen(page.get_by_role("button", name="Cancel")).wait_for(timeout=60_000)
    seen(page.get_by_role("button", name="Pause")).click()
    seen(page.get_by_role("button", name="Resume")).click(timeout=30_000)
    seen(page.get_by_role("button", name="Pause")).wait_for(timeout=30_000)
    seen(page.get_by_role("button", name="Cancel")).click()
    page.wait_for_function("/cancelled/.test(document.body.innerText)", timeout=30_000)
    settled(page)
    from gancore.jobs import pool

    deadline = time.monotonic() + 30
    while any(status.get("run_ids") for status in pool.workers(own_store)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(status.get("run_ids") for status in pool.workers(own_store))
    assert not errors
