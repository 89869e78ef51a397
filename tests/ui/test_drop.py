"""A study file dropped on the Ablation page: opened where it is a study, refused in a sentence where it is none."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest
from support.chromium import MARKS, settled

from gancore.studies import decode_study, load_study
from gancore.studies.files import MAX_BYTES

MINE = (
    load_study("first-fixes")
    .to_toml()
    .replace('name = "first-fixes"', 'name = "mine"')
    .replace("seeds = 4", "seeds = 2")
)


def page() -> None:
    """A page with the drop alone."""
    import streamlit as st

    from gancore.ui import drop, running

    drop.section()
    running.prepare()
    st.text(st.query_params.get("design", ""))


def dropped(monkeypatch: pytest.MonkeyPatch, content: object) -> AppTest:
    """The page after a browser sent that, once."""
    answers = iter([SimpleNamespace(dropped=content)])
    nothing = SimpleNamespace(dropped=None)
    monkeypatch.setattr("gancore.ui.drop._component", lambda: lambda **kwargs: next(answers, nothing))
    return AppTest.from_function(page, default_timeout=30).run()


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_study_is_opened_with_its_seeds(monkeypatch: pytest.MonkeyPatch, start: str) -> None:
    app = dropped(monkeypatch, {"name": "mine.toml", "size": len(MINE), "text": start + MINE})
    assert not app.exception and not app.error
    assert decode_study(app.text[0].value).name == "mine"
    assert app.session_state["study"] == "own" and app.session_state["seeds"] == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"name": "<b>.png", "size": 4, "text": "....", "more": 1}, "file: '<b>.png' is not allowed; drop a study's"),
        (
            {"name": "x.toml", "size": MAX_BYTES + 1, "text": ""},
            "x.toml: it has 65,537 bytes; a study has at most 64 KB",
        ),
        ({"name": "x.toml", "size": 1, "text": "#" * (MAX_BYTES + 1)}, "x.toml: a study has at most 64 KB"),
        ({"name": "x.toml", "size": 8, "text": "name = ["}, "x.toml: it is not valid TOML"),
        ({"name": "x.toml"}, "what the browser sent is not a file"),
        ("hello", "what the browser sent is not a file"),
        (["x"], "what the browser sent is not a file"),
    ],
)
def test_what_is_no_study_is_refused_and_nothing_opens(monkeypatch: pytest.MonkeyPatch, content, said: str) -> None:
    app = dropped(monkeypatch, content)
    assert not app.exception
    assert said in re.sub(r"\\(.)", r"\1", app.error[0].value)
    assert app.text[0].value == "" and "study" not in app.session_state


class TestInTheBrowser:
    pytestmark = MARKS

    def test_a_file_dropped_anywhere_opens_its_study(self, chromium, server: str) -> None:
        tab = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
        tab.goto(f"{server}/ablation?study=circle-vs-parabola")
        tab.wait_for_selector("canvas.gc-scatter", timeout=60_000)
        drag = """([kind, text]) => {
          const data = new DataTransfer();
          data.items.add(new File([text], "mine.toml"));
          document.querySelector("h1").dispatchEvent(
            new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
        tab.evaluate(drag, ["dragover", MINE])
        assert tab.locator(".gc-drop").is_visible()
        tab.evaluate(drag, ["drop", MINE])
        assert not tab.locator(".gc-drop").is_visible()
        tab.wait_for_url(re.compile("study=own"), timeout=30_000)
        tab.wait_for_function("document.querySelectorAll('canvas.gc-scatter').length === 5", timeout=30_000)
        settled(tab)
        notes = tab.locator('[data-testid="stAlert"]').all_inner_texts()
        # The comparison says that two variants differ in several settings; nothing is refused.
        assert "design=" in tab.url and [note.split("\n")[0] for note in notes] == ["call_split"]
