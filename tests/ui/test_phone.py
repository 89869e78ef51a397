"""A shared link on a phone: the panels come first, and the table has every name whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.chromium import MARKS, served

pytestmark = MARKS
LINK = "ablation?study=four-fixes"
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


@pytest.fixture
def server(own_store: Path) -> Iterator[str]:
    with served("streamlit_app.py", GANCORE_STORE=str(own_store)) as address:
        yield address


def opened(chromium, address: str, width: int, height: int):
    page = chromium.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(address)
    page.wait_for_selector("canvas.gc-scatter", timeout=90_000)
    page.wait_for_selector(IDLE, timeout=90_000)
    return page


@pytest.mark.parametrize(("width", "height", "most"), [(390, 844, 500), (1280, 900, 450)])
def test_the_first_panel_of_a_shared_link_is_on_the_first_screen(
    chromium, server: str, width: int, height: int, most: int
) -> None:
    page = opened(chromium, f"{server}/{LINK}", width, height)
    tops = "[...document.querySelectorAll('canvas.gc-scatter')].map((one) => one.getBoundingClientRect().top)"
    assert min(page.evaluate(tops)) <= most
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0, "nothing stands beyond the screen's side"


def test_the_choices_are_one_click_away_and_stay_open(chromium, server: str) -> None:
    page = opened(chromium, f"{server}/{LINK}", 390, 844)
    seed = page.locator(".st-key-seed [role='combobox'], .st-key-seed input").first
    assert not seed.is_visible()
    page.locator(".st-key-choices summary").click()
    seed.wait_for(state="visible")
    page.wait_for_timeout(500)  # while it unfolds, a list that opens closes again
    seed.click()
    page.get_by_role("option", name="best").click()
    page.wait_for_function("new URL(location.href).searchParams.get('seed') === 'best'")
    page.wait_for_selector(IDLE, timeout=90_000)
    # A button with a help text is there twice, once for screens that are touched; one of both is shown.
    page.wait_for_selector(".st-key-more_seeds button:visible", timeout=90_000)
    assert seed.is_visible()


def test_the_choices_stand_open_where_no_link_has_made_them(chromium, server: str) -> None:
    page = opened(chromium, f"{server}/ablation", 1280, 900)
    assert page.locator(".st-key-seed input").is_visible() and page.locator(".st-key-claim").is_visible()
