"""What tests of the comparison view share: a page with nothing but the view, and contrasts of colours."""

from __future__ import annotations

from typing import Any

import numpy as np

from gancore.viewer import script, style


def mounted(chromium: Any, payload: Any, state: dict | None = None, width: int = 1000, **context: Any) -> Any:
    """A page with nothing but the view of a payload, which is ``view`` there."""
    page = chromium.new_context(viewport={"width": width, "height": 800}, **context).new_page()
    page.set_content(f"<!doctype html><style>{style()}</style><div id=view></div><script>{script()}</script>")
    page.evaluate(
        "([given, state]) => { window.view = gancoreViewer.mount(document.getElementById('view'), given, {state}); }",
        [payload, state or {}],
    )
    return page


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, as WCAG defines it."""
    return float(luminances(np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])))


def luminances(colours: np.ndarray) -> np.ndarray:
    """Relative luminance of red, green and blue from 0 to 255, [..., 3]."""
    parts = np.asarray(colours, float) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours ``#rrggbb``, as WCAG defines it."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)
