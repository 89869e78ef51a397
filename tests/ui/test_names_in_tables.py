"""Names in tables are not cut off at 1280 pixels, seen in what the browser writes on their canvases."""

from __future__ import annotations

from support.chromium import in_browser, seen

from gancore.studies import load_study
from gancore.studies.drafts import draft_of
from gancore.ui.builder.tables import named

WRITTEN = """
window.written = {};
const kind = CanvasRenderingContext2D.prototype, { fillText, rect, clip, save, restore } = kind;
kind.rect = function (...box) { this.box = box; return rect.apply(this, box); };
kind.save = function () { (this.kept ??= []).push(this.within); return save.apply(this); };
kind.restore = function () { this.within = (this.kept ?? []).pop(); return restore.apply(this); };
kind.clip = function (...all) { this.within = this.box; return clip.apply(this, all); };
kind.fillText = function (text, x, y) {
    const [left, , width] = this.within ?? [0, 0, 1e6];
    written[text] = this.textAlign === 'start' ? left + width - x - this.measureText(text).width : 0;
    return fillText.apply(this, arguments);
};
"""
"""Remembers each text and the pixels left of its cell behind it; below 0 its end is cut off."""


@in_browser
def test_names_are_whole_in_the_table_of_variants_and_in_the_builder(chromium, server: str) -> None:
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.add_init_script(WRITTEN)
    page.goto(f"{server}/ablation?study=four-fixes&seeds=2")
    draft = draft_of(load_study("four-fixes"))
    names = [
        *(name for row in draft.factors for name in (row.name, named(row.path))),
        "95% interval",
        "real data | collapsed",
    ]
    shown = "(names) => names.every((name) => name in written)"
    page.wait_for_function(shown, arg=["95% interval", "Success"], timeout=120_000)
    seen(page.get_by_role("button", name="Build a study")).click()
    page.wait_for_function(shown, arg=names, timeout=120_000)
    written: dict[str, float] = page.evaluate("written")
    cut = {text: round(left) for text, left in written.items() if left < -1}
    assert not cut, "pixels that are missing"
    assert not [text for text in written if text.endswith("…") or text.endswith(", 95%")]
    page.context.close()
