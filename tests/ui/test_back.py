"""The browser's Back from one page to another: one step, and what was chosen there is in its address and its form."""

from __future__ import annotations

import re

from support.chromium import MARKS

pytestmark = MARKS


def test_back_from_training_to_data_finds_the_parameters(chromium, server: str) -> None:
    """And forward the Training page."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{server}/data?dataset.kind=ring&dataset.count=5")
    train = page.get_by_role("link", name="Train a GAN on this distribution")
    train.wait_for(timeout=90_000)
    count = page.get_by_role("textbox", name="Count")
    count.fill("6")
    count.press("Enter")
    page.wait_for_selector('a[href*="training"][href*="dataset.count=6"]', timeout=60_000)
    train.click()
    page.wait_for_selector('h1:has-text("Training")', timeout=90_000)
    asked = re.compile(r"/training\?(dataset\.(kind=ring|count=6)&?){2}$")
    page.wait_for_selector('button:has-text("Train 4 runs")', timeout=90_000)
    page.wait_for_url(asked)
    assert page.locator('input[aria-label="Dataset"]').input_value() == "ring"

    page.go_back()
    page.wait_for_function("document.querySelector('h2')?.innerText === 'Ring of Gaussians'", timeout=60_000)
    page.wait_for_url(re.compile(r"/data\?(dataset\.(kind=ring|count=6)&?){2}$"))
    assert count.input_value() == "6"
    assert page.locator('[data-testid="stAlert"]').count() == 0

    page.go_forward()
    page.wait_for_selector('h1:has-text("Training")', timeout=90_000)
    page.wait_for_selector('button:has-text("Train 4 runs")', timeout=90_000)
    page.wait_for_url(asked)
    assert page.locator('input[aria-label="Dataset"]').input_value() == "ring"
