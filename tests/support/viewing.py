"""What tests of the comparison view share: a page with nothing but the view."""

from __future__ import annotations

from typing import Any

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
