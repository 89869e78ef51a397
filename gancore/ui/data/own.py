"""Points of one's own: from a file, from the clipboard, or painted; what was given is shown as the distribution."""

from __future__ import annotations

import streamlit as st

from gancore.store import Store
from gancore.ui import draw, upload
from gancore.ui.form import show_later
from gancore.ui.url import Check, one_of

KEY = "own"
FILE, CANVAS = "File or clipboard", "Draw"
PARAMETERS: dict[str, Check] = {KEY: one_of(["true", "false"])}
"""URL parameter → check: whether the box is open."""


def section(store: Store) -> None:
    """An expander with the ways to give points; nothing in it is worked out while it is closed."""
    box = st.expander(
        "Use your own points", icon=":material/upload_file:", key=KEY, on_change="rerun", bind="query-params"
    )
    if not box.open:
        return
    with box:
        way = st.segmented_control(
            "How to give them", [FILE, CANVAS], default=FILE, required=True, key="own_way", label_visibility="collapsed"
        )
        kept = draw.section(store) if way == CANVAS else upload.section(store)
        if kept is not None:
            show_later({"dataset.kind": "points", "dataset.sha256": kept.sha256})
