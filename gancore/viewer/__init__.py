"""The comparison view: variants side by side, moved through training by one slider, without a server's help.

The same script draws it on the Ablation page and in a report's HTML file.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from gancore.viewer.bundling import bundle
from gancore.viewer.kept import left_out
from gancore.viewer.payload import EACH, TOGETHER, study_payload

__all__ = ["EACH", "TOGETHER", "left_out", "module", "painter", "painter_style", "script", "study_payload", "style"]


@lru_cache(maxsize=1)
def script() -> str:
    """A classic script that defines ``gancoreViewer.mount(element, payload, options)``."""
    return f'"use strict";\nwindow.gancoreViewer = (() => {{\n{bundle("mount")}\nreturn {{ mount }};\n}})();\n'


@lru_cache(maxsize=1)
def module() -> str:
    """A JavaScript module for Streamlit: its default export draws a component's ``data.payload``."""
    return bundle("page")


def style() -> str:
    """The style sheet of both."""
    return _text("style.css")


@lru_cache(maxsize=1)
def painter() -> str:
    """A JavaScript module for Streamlit: a canvas on which people paint points, which ``drawn`` gives."""
    return bundle("paint")


def painter_style() -> str:
    """The painter's style sheet."""
    return _text("paint.css")


def _text(name: str) -> str:
    return (resources.files("gancore.viewer") / name).read_text(encoding="utf-8")
