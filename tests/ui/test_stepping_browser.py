"""Step by step in a real Chromium: by keyboard alone, on a phone, a clicked point, and again after a reload."""

from __future__ import annotations

from support.chromium import MARKS, seen, settled

pytestmark = MARKS
LINK = "training?generator.hidden=8&discriminator.hidden=8&latent.dim=4&batch_size=16&stepping=beginning"
POINTS = (
    "[...document.querySelectorAll('.st-key-stepping_stage svg path')]"
    ".map((one) => one.getAttribute('transform') + one.getAttribute('d')).join()"
)
ASKED = "new URL(location.href).searchParams.get('{}')"


def opened(chromium, server: str, width: int, **look: str):
    page = chromium.new_context(viewport={"width": width, "height": 900}, **look).new_page()
    page.goto(f"{server}/{LINK}")
    page.wait_for_selector(".st-key-stepping_stage svg path", timeout=90_000)
    settled(page)
    return page


def drawn_anew(page, before: str) -> str:
    page.wait_for_function(f"(before) => {POINTS} !== before", arg=before)
    settled(page)
    return page.evaluate(POINTS)


def test_by_keyboard_and_the_same_after_a_reload(chromium, server: str) -> None:
    page = opened(chromium, server, 1280)
    before = page.evaluate(POINTS)
    button = seen(page.locator(".st-key-stepping_b button"))
    button.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Both"
    outline = (
        "(() => { const look = getComputedStyle(document.activeElement); return look.boxShadow + look.outline; })()"
    )
    focused, plain = page.evaluate(outline), page.evaluate(outline.replace("activeElement", "body"))
    assert focused != plain, "where the keyboard is can be seen"
    page.keyboard.press("Enter")
    page.wait_for_function(f"{ASKED.format('moves')} === 'b'")
    after = drawn_anew(page, before)
    page.reload()
    page.wait_for_selector(".st-key-stepping_stage svg path", timeout=90_000)
    settled(page)
    page.wait_for_function(f"(after) => {POINTS} === after", arg=after)
    seen(page.locator(".st-key-stepping_undo button")).press("Enter")
    page.wait_for_function(f"(before) => {POINTS} === before", arg=before)


def test_a_point_that_is_clicked_is_followed(chromium, server: str) -> None:
    page = opened(chromium, server, 1280)
    seen(page.locator(".st-key-stepping_t button")).click()
    page.wait_for_function(f"{ASKED.format('moves')} === 't'")
    settled(page)
    box = seen(page.locator(".st-key-stepping_stage svg")).bounding_box()
    page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"])
    page.wait_for_function(f"{ASKED.format('follow')} !== null")
    settled(page)
    number = page.evaluate(ASKED.format("follow"))
    seen(page.get_by_text(f"Point {number} has gone")).wait_for()


def test_slow_motion_on_a_phone_in_the_dark_without_motion(chromium, server: str) -> None:
    page = opened(chromium, server, 390, color_scheme="dark", reduced_motion="reduce")
    seen(page.locator(".st-key-stepping_slow button")).press("Enter")
    seen(page.get_by_text("part 1 of 9: Real points")).wait_for()
    seen(page.locator(".st-key-stepping_part_on button")).press("Enter")
    seen(page.get_by_text("part 2 of 9: D judges them")).wait_for()
    settled(page)
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0, "nothing stands beyond the screen's side"
