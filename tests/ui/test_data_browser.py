"""The Data page in a real browser: search, choose, change a parameter, and the link that carries it."""

from __future__ import annotations

import re

from support.chromium import MARKS, seen, settled

pytestmark = MARKS


def opened(chromium, address: str, width: int = 1280, scheme: str = "light"):
    page = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    page.goto(address)
    page.wait_for_selector(".gallery .card", state="attached", timeout=90_000)
    page.wait_for_selector("canvas", timeout=90_000)
    return page


def chosen(page, label: str) -> None:
    """Waits until the page shows that distribution."""
    page.wait_for_selector(f'.card[aria-current="true"]:has-text("{label}")', timeout=60_000)
    page.wait_for_function(f"document.querySelector('h2')?.innerText === '{label}'", timeout=60_000)


def test_search_choose_and_change_are_in_the_link_and_undone_by_back(chromium, server: str) -> None:
    page = opened(chromium, f"{server}/data?dataset.noise=0.1")
    page.evaluate("window.same = true")
    search = seen(page.get_by_label("Search distributions"))
    search.fill("gaussians ring")
    assert [" ".join(text.split()) for text in page.locator(".card:visible").all_inner_texts()] == ["Ring of Gaussians"]
    assert "find=gaussians" in page.url
    search.press("Enter")
    chosen(page, "Ring of Gaussians")
    assert "dataset.kind=ring" in page.url and "dataset.noise" not in page.url and "find=gaussians" in page.url
    count = seen(page.get_by_role("textbox", name="Count"))
    count.fill("5")
    count.press("Enter")
    page.wait_for_url(re.compile(r"dataset\.count=5"))
    page.wait_for_selector('a[href*="training"][href*="dataset.kind=ring"][href*="dataset.count=5"]', timeout=60_000)
    address = page.url

    search.fill("")
    page.locator('.card[data-key="moons"]').click()
    chosen(page, "Two moons")
    assert "dataset.count" not in page.url and "find" not in page.url
    assert page.evaluate("window.same"), "another page was loaded"
    page.go_back()
    chosen(page, "Ring of Gaussians")
    assert seen(page.get_by_role("textbox", name="Count")).input_value() == "5"
    assert page.locator('[data-testid="stAlert"]').count() == 0

    again = opened(chromium, address)
    chosen(again, "Ring of Gaussians")
    assert seen(again.get_by_role("textbox", name="Count")).input_value() == "5"
    assert again.get_by_label("Search distributions").input_value() == "gaussians ring"


def test_the_training_page_gets_what_was_chosen(chromium, server: str) -> None:
    page = opened(chromium, f"{server}/data?dataset.kind=ring&dataset.count=5&dataset.noise=0.1")
    chosen(page, "Ring of Gaussians")
    seen(page.get_by_role("link", name="Train a GAN on this distribution")).click()
    page.wait_for_selector('h1:has-text("Training")', timeout=90_000)
    seen(page.locator('button:has-text("Train 4 runs")')).wait_for(timeout=90_000)
    settled(page)
    shown = ["dataset.kind=ring", "dataset.count=5", "dataset.noise=0.1"]
    assert sorted(page.url.split("?")[1].split("&")) == sorted(shown)
    assert page.locator('input[aria-label="Dataset"]').input_value() == "ring"
    # That the nearest finished run has other settings is all that there may be to say.
    assert [text for text in page.locator('[data-testid="stAlert"]').all_inner_texts() if "nearest" not in text] == []


def test_the_gallery_is_reached_by_keys_and_fits_a_phone(chromium, server: str) -> None:
    page = opened(chromium, f"{server}/data", width=390, scheme="dark")
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth - {main}.clientWidth") <= 0, "nothing stands beyond the screen's side"
    page.get_by_label("Search distributions").focus()
    page.keyboard.press("Tab")  # the marked card is the one that Tab reaches
    focused = (
        "document.activeElement.shadowRoot ? document.activeElement.shadowRoot.activeElement : document.activeElement"
    )
    name = f"({focused}).dataset.key"
    assert page.evaluate(name) == "circle"
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "End", "Home"):
        before = page.evaluate(name)
        page.keyboard.press(key)
        assert page.evaluate(name) != before, key
    first = page.evaluate(name)
    page.keyboard.press("Enter")
    page.wait_for_selector(f'.card[data-key="{first}"][aria-current="true"]', timeout=60_000)
    page.wait_for_url(re.compile(rf"dataset\.kind={first}"))


def test_numbers_of_the_references_stand_beside_each_other_or_below_on_a_phone(chromium, server: str) -> None:
    page = opened(chromium, f"{server}/data?dataset.kind=disc", width=390)
    page.wait_for_selector(".st-key-reference tbody tr", timeout=90_000)
    overlaps = page.evaluate(
        """() => [...document.querySelectorAll(".st-key-reference tbody tr")].filter((row) => {
          const boxes = [...row.cells].map((cell) => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            return range.getBoundingClientRect();
          });
          return boxes.some((a, i) => boxes.slice(i + 1).some((b) =>
            a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1));
        }).map((row) => row.innerText)"""
    )
    assert overlaps == []
