"""A shared link on a phone: the panels come first, and the table has every name whole."""

from __future__ import annotations

import pytest
from support.chromium import MARKS, seen, settled

pytestmark = MARKS
LINK = "ablation?study=four-fixes"


def opened(chromium, address: str, width: int, height: int):
    page = chromium.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(address)
    page.wait_for_selector("canvas.gc-scatter", timeout=90_000)
    settled(page)
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
    seen(page.locator(".st-key-choices summary")).click()
    seed.wait_for(state="visible")
    page.wait_for_timeout(500)  # while it unfolds, a list that opens closes again
    seed.click()
    seen(page.get_by_role("option", name="best")).click()
    page.wait_for_function("new URL(location.href).searchParams.get('seed') === 'best'")
    settled(page)
    seen(page.locator(".st-key-more_seeds button")).wait_for(timeout=90_000)
    assert seed.is_visible()


def test_the_choices_stand_open_where_no_link_has_made_them(chromium, server: str) -> None:
    page = opened(chromium, f"{server}/ablation", 1280, 900)
    seen(page.locator(".st-key-seed input")).wait_for(timeout=30_000)
    seen(page.locator(".st-key-claim")).wait_for(timeout=30_000)
