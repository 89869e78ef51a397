"""Points of one's own on a page: from a file, pasted, or painted; refused in a sentence where they are none."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.chromium import MARKS, served
from support.tables_of_points import POINTS, csv, saurus

from gancore.store import Store

IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PAGE = Path(__file__).parents[1] / "support" / "own_points_page.py"


def opened() -> AppTest:
    return AppTest.from_file(str(PAGE), default_timeout=60).run()


def said(app: AppTest) -> str:
    assert not app.exception
    return re.sub(r"\\(.)", r"\1", "\n".join(str(one.value) for one in [*app.error, *app.caption]))


class TestUpload:
    def test_nothing_is_asked_for_before_there_is_a_file(self) -> None:
        app = opened()
        assert not said(app) and not app.selectbox and not app.text

    def test_a_file_is_previewed_and_kept_where_it_is_wanted(self, own_store: Path) -> None:
        app = opened()
        app.file_uploader[0].set_value(("saurus.tsv", csv(saurus(), sep="\t"), "text/plain")).run()
        assert "180 points from x and y (tabs between columns, with a header)" in said(app)
        assert [box.label for box in app.selectbox] == ["x", "y", "Rows by"]
        app.selectbox[2].set_value("dataset").run()
        assert app.selectbox[3].options == ["away (60)", "dino (60)", "h lines (60)"]
        app.selectbox[3].set_value("dino").run()
        assert "60 points from x and y where dataset=dino" in said(app)
        assert not Store(own_store).points.all()
        app.button[0].click().run()
        (kept,) = Store(own_store).points.all()
        assert app.text[0].value == f"{kept.sha256} saurus.tsv"
        points = Store(own_store).points.get(kept.sha256)
        assert points is not None and np.array_equal(points, POINTS)
        assert not app.run().text  # it is asked for once

    def test_rows_are_pasted(self) -> None:
        app = opened()
        app.text_area[0].set_value(csv(sep="\t", header=False).decode()).run()
        assert "60 points from column 1 and column 2 (tabs between columns, without a header)" in said(app)

    def test_what_is_no_file_of_points_is_refused(self, own_store: Path) -> None:
        app = opened()
        app.text_area[0].set_value("<b>hello</b>").run()
        assert said(app) == "points: 'clipboard' is HTML or XML; save it as CSV"
        assert not app.button and not own_store.exists()

    def test_other_columns_may_do_where_the_first_are_refused(self) -> None:
        rows = "\n".join(f"1.5,{x},{y}" for x, y in POINTS.tolist())
        app = opened()
        app.text_area[0].set_value(f"a,b,c\n{rows}").run()
        assert "has 1.5 in every row of a; both axes must vary" in said(app)
        app.selectbox[0].set_value("c").run()
        assert "60 points from c and b" in said(app)


class TestDrawing:
    @pytest.fixture
    def drawn(self, monkeypatch: pytest.MonkeyPatch):
        def page(content: object) -> AppTest:
            answers = iter([SimpleNamespace(drawn=content)])
            nothing = SimpleNamespace(drawn=None)
            monkeypatch.setattr("gancore.ui.draw._component", lambda: lambda **kwargs: next(answers, nothing))
            return opened()

        return page

    def test_painted_points_are_kept(self, drawn, own_store: Path) -> None:
        numbers = [int(value) for value in (POINTS / 200 * 10_000).ravel()]
        app = drawn({"points": numbers})
        (kept,) = Store(own_store).points.all()
        assert app.text[0].value == f"{kept.sha256} drawing" and kept.rows == 60

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            ({"points": [1, 2] * 10 + [3, 4]}, "drawing: it has 11 points; draw 20 to 20,000 of them"),
            ({"points": [1, 2] * 20_001}, "drawing: it has 20,001 points; draw 20 to 20,000 of them"),
            ({"points": [1, 2] * 10 + [2, 2] * 10}, "drawing: all its points have one y; draw something wider"),
            ({"points": [1, 2, 3]}, "drawing: what the browser sent is no drawing"),
            ({"points": [0, 10_001] * 20}, "drawing: what the browser sent is no drawing"),
            ({"points": [0.5, True] * 20}, "drawing: what the browser sent is no drawing"),
            ({"points": "1,2"}, "drawing: what the browser sent is no drawing"),
            (["points"], "drawing: what the browser sent is no drawing"),
        ],
    )
    def test_what_is_no_drawing_is_refused(self, drawn, content: object, sentence: str, own_store: Path) -> None:
        assert sentence in said(drawn(content)) and not own_store.exists()


@pytest.mark.usefixtures("own_store")
class TestInTheBrowser:
    pytestmark = MARKS

    def test_points_are_painted_with_mouse_keyboard_and_finger(self, chromium, own_store: Path) -> None:
        with served(PAGE, GANCORE_STORE=str(own_store)) as address:
            tab = chromium.new_context(viewport={"width": 900, "height": 900}, has_touch=True).new_page()
            tab.goto(address)
            tab.wait_for_selector("canvas.gc-paint", timeout=60_000)
            count = tab.locator(".gc-count")
            tab.get_by_role("button", name="Use these points").click()
            assert count.inner_text() == "0 points are too few: draw at least 20, then use them."
            tab.locator("canvas.gc-paint").scroll_into_view_if_needed()
            box = tab.locator("canvas.gc-paint").bounding_box()
            left, top, side = box["x"], box["y"], box["width"]
            tab.mouse.move(left + 0.2 * side, top + 0.2 * side)
            tab.mouse.down()
            for step in range(20):
                tab.mouse.move(left + (0.2 + 0.01 * step) * side, top + 0.2 * side)
                tab.wait_for_timeout(20)
            tab.mouse.up()
            painted = number(count.inner_text())
            assert painted >= 20
            for _ in range(3):
                tab.keyboard.press("Shift+ArrowDown")
            tab.keyboard.down(" ")
            tab.wait_for_timeout(300)
            tab.keyboard.up(" ")
            assert number(count.inner_text()) > painted
            tab.keyboard.press("Backspace")
            assert number(count.inner_text()) == painted
            scrolled = tab.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
            screen = tab.context.new_cdp_session(tab)  # a tab's own touches are taps alone
            for step in range(20):
                at = {"x": left + 0.5 * side, "y": top + (0.5 - 0.01 * step) * side}
                touch = {"type": "touchMove" if step else "touchStart", "touchPoints": [at]}
                screen.send("Input.dispatchTouchEvent", touch)
                tab.wait_for_timeout(20)
            screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
            assert number(count.inner_text()) > painted
            assert tab.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == scrolled
            tab.get_by_role("button", name="Undo the last stroke").tap()
            assert number(count.inner_text()) == painted
            tab.get_by_role("button", name="Clear the drawing").click()
            assert count.inner_text().startswith("Paint")
            tab.get_by_role("button", name="Undo the last stroke").click()
            assert number(count.inner_text()) == painted
            tab.get_by_role("button", name="Use these points").click()
            tab.wait_for_selector("text=drawing", timeout=30_000)
        (kept,) = Store(own_store).points.all()
        points = Store(own_store).points.get(kept.sha256)
        assert kept.rows == painted and points is not None
        # On the left, above the middle, and wider than high: where and how the brush went.
        assert points[:, 0].mean() < 0 < points[:, 1].mean() and points[:, 0].std() > points[:, 1].std()


def number(words: str) -> int:
    found = re.match(r"[\d,]+", words)
    assert found, words
    return int(found[0].replace(",", ""))
